import Checkpoints
import Learning

@testable import Pipeline

// What happens to the daemon from without: power, disks, operators, retention.
extension History {
  /// What happens to a machine whose daemon is down.
  func suffer() throws {
    if random.chance(50) {
      machines[current].directory.losePower(cluster)
    } else if random.chance(25) {
      machines[current].flipBit(cluster)
    }
    if random.chance(10) {
      cluster.happened(.otherMachine)
      current = 1 - current
    }
    if random.chance(10) {
      cluster.happened(.eraOpened)
      options.configuration.learning.rate = [0.05, 0.11, 0.2][random.below(3)]
      options.configuration.lists.length = 1 + random.below(8)
    }
  }

  // MARK: Retention

  /// Retention deletes old records: those that the promised checkpoint no longer needs, or more.
  func retain(_ processor: Simulated, _ machine: SimulatedMachine) {
    if random.chance(50) {
      guard machine.promisedEpoch > safeEpoch, let positions = try? machine.promisedPositions(), !positions.isEmpty
      else { return }
      for position in positions {
        cluster.truncate(SimulatedCluster.name(position.input.topic, position.input.partition), below: position.next)
      }
      safeEpoch = machine.promisedEpoch
      cluster.happened(.retentionBeforePosition)
    } else if random.chance(60) {
      let input = random.below(app.inputs.count)
      let (topic, next) = (app.inputs[input], processor.nextOffsets[input])
      let name = SimulatedCluster.name(topic.topic, topic.partition)
      guard cluster.partition(name).end > next else { return }
      cluster.truncate(name, below: next + 1 + Int64(random.below(Int(cluster.partition(name).end - next))))
      hasLostRecords = true
      cluster.happened(.retentionPastPosition)
    }
  }

  /// The journal may be deleted below where the older checkpoint was written, and no further.
  func retainJournal(_ machine: SimulatedMachine) throws {
    let older = try machine.olderCheckpoint()
    let journal = cluster.partition("journal-0")
    if random.chance(95) {
      guard let older, older.journalOffset > journal.beginning else { return }
      cluster.truncate("journal-0", below: older.journalOffset)
      safeEpoch = max(safeEpoch, older.epoch)
      journalSafeEpoch = max(journalSafeEpoch, older.epoch)
      cluster.happened(.journalRetention)
    } else {
      let first = max(older?.journalOffset ?? 0, journal.beginning)
      guard journal.end > first else { return }
      let beginning = first + 1 + Int64(random.below(Int(journal.end - first)))
      cluster.truncate("journal-0", below: beginning)
      // The first epoch that a checkpoint can still be of, and the first whose own record is left.
      var (possible, certain): (UInt64?, UInt64?) = (nil, nil)
      var last: UInt64 = 0
      for (offset, content) in try cluster.committedJournal() {
        switch content {
        case .epoch(let entry):
          last = entry.epoch
          guard offset >= beginning else { continue }
          (possible, certain) = (possible ?? last, certain ?? last)
        case .start(let start):
          guard offset >= beginning else { continue }
          possible = possible ?? start.era?.baseEpoch
        }
      }
      safeEpoch = max(safeEpoch, certain ?? last + 1)
      journalSafeEpoch = max(journalSafeEpoch, possible ?? last + 1)
      cluster.happened(.journalRetentionPastCheckpoint)
    }
  }

  // MARK: Versions of the learner

  /// A version that has not folded what the journal holds is started without a checkpoint: it must leave it alone.
  func startAmongEpochsOfAnotherLearner() throws {
    cluster.happened(.otherLearnerVersion)
    let (own, accepts) = (options.learnerVersion, acceptsGap)
    let version = try newestVersion()
    options.learnerVersion = random.chance(50) ? version + 1 : version - 1
    acceptsGap = false
    defer { (options.learnerVersion, acceptsGap) = (own, accepts) }
    let processor = try start(
      SimulatedProcess(cluster: cluster, callsLeft: nil), on: SimulatedMachine(), mayBeOtherVersion: true)
    isOver = false
    // Where all epochs were given up, there is none of another version's.
    guard processor?.statistics.replayedEpochs ?? 0 == 0 else {
      throw Violation(.g1, "a version of the learner goes on where another one was")
    }
  }

  /// The daemon is stopped, cleanly if all goes well, and the next version is started in its place.
  func upgrade() throws {
    let machine = machines[current]
    let own = options.learnerVersion
    if random.chance(80) {
      let process = SimulatedProcess(
        cluster: cluster, callsLeft: random.chance(20) ? random.below(shape.calls) : nil)
      guard let processor = try start(process, on: machine) else { return }
      guard try run(processor, process, machine) else { return }
      try stop(processor, process, machine)
    }
    guard !isOver else { return }
    options.learnerVersion = own + 1
    let process = SimulatedProcess(cluster: cluster, callsLeft: random.chance(25) ? random.below(40) : nil)
    guard let processor = try start(process, on: machine) else { return }
    _ = try run(processor, process, machine)
  }

  /// Some turns of a life without stalls. Returns whether the process goes on.
  private func run(_ processor: Simulated, _ process: SimulatedProcess, _ machine: SimulatedMachine) throws -> Bool {
    for _ in 0..<random.below(shape.turns) {
      try happen(processor, machine)
      guard try turn(processor, process, machine), !process.isDead else { return false }
    }
    return true
  }

  /// Stops a daemon as SIGTERM does. Whether it came to that is seen by its checkpoint.
  private func stop(_ processor: Simulated, _ process: SimulatedProcess, _ machine: SimulatedMachine) throws {
    for _ in 0..<2_000 {
      guard try turn(processor, process, machine, isStopping: true), !process.isDead else { return }
    }
    throw Violation(.stops, "the stop does not end")
  }

  /// The version of the journal's latest era; 0 before the first.
  func newestVersion() throws -> UInt32 {
    var version: UInt32 = 0
    for case (_, .start(let start)) in try cluster.committedJournal() { version = start.era?.learnerVersion ?? version }
    return version
  }

  /// The last epoch that another version has folded; 0: none.
  func foreignEpoch(for own: UInt32) throws -> UInt64 {
    var (version, last): (UInt32, UInt64) = (0, 0)
    for (_, content) in try cluster.committedJournal() {
      switch content {
      case .start(let start): version = start.era?.learnerVersion ?? version
      case .epoch(let entry): if version != own { last = entry.epoch }
      }
    }
    return last
  }

  /// A version was started: it has folded nothing of another's again, and goes on in an era of its own.
  func checkVersions(
    _ processor: Simulated, _ process: SimulatedProcess, from base: UInt64, was earlier: UInt32
  ) throws {
    let version = process.learnerVersion
    guard processor.currentEra.learnerVersion == version else {
      throw Violation(.g1, "learner version \(version) goes on in an era of another one")
    }
    guard version != Learner.version, version == options.learnerVersion else { return }
    guard try foreignEpoch(for: version) <= base else {
      throw Violation(.g1, "epochs of another learner version were folded again")
    }
    if (1..<version).contains(earlier) { cluster.happened(.learnerUpgraded) }
  }

  /// Whether a version was refused rightly: because a later one has gone on, or epochs of another one are not in any checkpoint.
  /// Then whoever can goes on: another version, another machine, or nobody.
  func isLeftToAnother(_ process: SimulatedProcess, _ promised: UInt64) throws -> Bool {
    let version = process.learnerVersion
    let newest = try newestVersion()
    let foreign = try foreignEpoch(for: version)
    guard newest > version || foreign > promised else { return false }
    refusedVersions += 1
    // While it was starting, somebody else may have found out.
    guard version == options.learnerVersion else { return true }
    if newest != version {
      if newest < version { cluster.happened(.upgradeRefused) }
      options.learnerVersion = newest
    } else if machines[1 - current].promisedEpoch >= foreign {
      current = 1 - current
    } else {
      isOver = true
    }
    return true
  }
}
