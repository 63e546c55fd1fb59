import Checkpoints
import FeedEvents
import Learning
@testable import Pipeline

/// One seed, one history: a daemon over a simulated world that is killed, unplugged, stalled and refused at random until its
/// input is folded and its lists are out.
final class History {
  typealias Simulated = Processor<
    SimulatedLog, SimulatedJournal, InlineLane<SimulatedOutput>, SimulatedWorkshop, SimulatedDisk
  >

  let seed: UInt64
  let cluster: SimulatedCluster
  var app: SimulatedApp
  var random: Randomness
  var options: Simulated.Options
  var shape: HistoryShape
  /// The newest start found records missing, rightly: the history ends here.
  var isOver = false
  var starts = 0

  var machines = [SimulatedMachine(), SimulatedMachine()]
  var current = 0
  private var zombies: [(processor: Simulated, process: SimulatedProcess)] = []
  var recordsLeft: Int
  /// Some epoch was committed.
  var hasEpochs = false
  /// Retention has deleted what a start from an earlier epoch than this would need.
  var safeEpoch: UInt64 = 0
  /// Retention has left too little of the journal for a start from an earlier epoch than this, or from none.
  var journalSafeEpoch: UInt64 = 0
  /// How often a version of the learner was refused, rightly.
  var refusedVersions = 0
  /// Retention has deleted what was not folded.
  var hasLostRecords = false
  /// Where a gap was accepted, perhaps with nothing but a start record to show for it: other machines' states may be given up.
  private var acceptors: [SimulatedMachine] = []
  /// The operator has read why the last start ended.
  var acceptsGap = false

  init(seed: UInt64, plantedBug: PlantedBug? = nil, shape: HistoryShape? = nil) {
    self.seed = seed
    random = Randomness(seed: seed)
    cluster = SimulatedCluster(random: Randomness(seed: random.next()))
    let partitionCount = random.chance(40) ? 1 : 1 + random.below(3)
    app = SimulatedApp(
      random: Randomness(seed: random.next()), partitionCount: partitionCount, hasCatalog: random.chance(50))
    options = Simulated.Options(
      configuration: .tiny(&random), pacing: .random(&random), clusterID: "simulated", inputs: app.inputs,
      incarnation: 0)
    options.plantedBug = plantedBug
    // Few events fill a window, so that some fall out of it.
    options.window = [2, 8, 32, EventWindow.limitEvents][random.below(4)]
    self.shape = shape ?? .any(&random)
    recordsLeft = self.shape.records
  }

  /// Runs to the end.
  /// - Throws: ``Violation``.
  func run() throws {
    cluster.faultPercent = random.below(6)
    for _ in 0..<shape.starts where !isOver {
      if hasEpochs, random.chance(3) { try startAmongEpochsOfAnotherLearner() }
      if shape.hasUpgrades, random.chance(8) { try upgrade() }
      guard !isOver else { break }
      try live(isSuccessor: false)
      try suffer()
    }
    guard !isOver else { return cluster.writeAllMarkers() }
    try finish()
  }

  // MARK: Lives

  /// One life: from a start to a crash, a stop or a stall.
  private func live(isSuccessor: Bool) throws {
    let machine = machines[current]
    let process = SimulatedProcess(
      cluster: cluster, callsLeft: random.chance(75) ? random.below(shape.calls) : nil,
      diskCallsLeft: random.chance(50) ? random.below(24) : nil)
    if !isSuccessor, random.chance(25) {
      process.callsToStall = random.below(shape.calls)
      process.stall = { [unowned self, unowned process] in self.stall(process) }
    }
    defer { process.stall = {} }
    guard let processor = try start(process, on: machine) else { return }
    var turnsLeft = random.below(shape.turns)
    while turnsLeft > 0, !process.isDead {
      turnsLeft -= 1
      try happen(processor, machine)
      guard try turn(processor, process, machine) else { break }
      if let zombie = zombies.last, random.chance(20) { try wake(zombie) }
    }
    // It freezes, and wakes up when others have gone on. They are on another machine: its disk is its own.
    if !process.isDead, !isSuccessor, random.chance(20) {
      zombies.append((processor, process))
      machines[machines.firstIndex { $0 === machine }!] = SimulatedMachine()
    }
  }

  /// What goes on in the world between two turns.
  func happen(_ processor: Simulated, _ machine: SimulatedMachine) throws {
    if recordsLeft > 0, random.chance(50) {
      let count = min(recordsLeft, random.below(20))
      app.produce(count, to: cluster)
      recordsLeft -= count
    }
    guard cluster.faultPercent > 0 else { return }
    if !cluster.isOut, random.below(1_000) < 8 {
      cluster.outageIsLong = random.chance(40)
      let length = cluster.outageIsLong ? 60_000 + random.below(120_000) : 1_000 + random.below(40_000)
      cluster.outageEnd = cluster.time + Int64(length)
      cluster.happened(cluster.outageIsLong ? .longOutage : .shortOutage)
    }
    if random.below(1_000) < 10 { cluster.shortageEnd = cluster.time + Int64(random.below(20_000)) }
    guard shape.hasRetention else { return }
    if random.below(1_000) < 20 { retain(processor, machine) }
    if random.below(1_000) < 60 { try retainJournal(machine) }
  }

  /// It is stalled in the middle of a call, often for longer than its transaction may take; often another takes over.
  private func stall(_ process: SimulatedProcess) {
    cluster.happened(.stall)
    let begun = cluster.time
    cluster.time += Int64(random.below(150_000))
    // A call that waits counts what it slept through as waiting, and all that a successor does meanwhile.
    defer {
      if cluster.time - begun >= SimulatedCluster.transactionTimeoutMilliseconds { process.excuses.insert(.stall) }
    }
    cluster.expireTransactions()
    guard random.chance(60), !isOver else { return }
    cluster.happened(.takeover)
    let own = current
    current = 1 - current
    do { try live(isSuccessor: true) } catch {
      process.violation = error as? Violation ?? Violation(.stops, "\(error)")
    }
    if random.chance(50) { current = own }
  }

  /// The last run is left alone, and ends by itself.
  private func finish() throws {
    app.produce(recordsLeft, to: cluster)
    cluster.faultPercent = 0
    (cluster.outageEnd, cluster.shortageEnd) = (0, 0)
    cluster.writeAllMarkers()
    options.finishesAtEnd = true
    let neededEpoch = max(safeEpoch, try foreignEpoch(for: options.learnerVersion))
    if machines[current].promisedEpoch < neededEpoch, machines[1 - current].promisedEpoch >= neededEpoch {
      current = 1 - current
    }
    let process = SimulatedProcess(cluster: cluster, callsLeft: nil)
    // The one version may leave it to the other; refused, the operator may accept.
    var (found, refused): (Simulated?, Int)
    repeat {
      refused = refusedVersions
      found = try start(process, on: machines[current])
    } while found == nil && !isOver && (refusedVersions > refused || acceptsGap)
    guard let processor = found else {
      guard isOver else { throw Violation(.stops, "the undisturbed start failed") }
      return cluster.writeAllMarkers()
    }
    var turns = 0
    var drained: (owed: Int, freezes: Int)?
    while try turn(processor, process, machines[current]) {
      turns += 1
      guard turns < 20_000 else {
        throw Violation(
          .p4,
          """
          the undisturbed run does not end: epoch \(processor.currentEpoch), \(processor.owedCount) owed, \
          \(processor.statistics.freezes) freezes, next \(processor.nextOffsets)
          """)
      }
      let isDrained = zip(app.inputs, processor.nextOffsets).allSatisfy { input, next in
        let partition = cluster.partition(SimulatedCluster.name(input.topic, input.partition))
        return !partition.entries[Int(next)...].contains { cluster.visible($0) != nil }
      }
      if drained == nil, isDrained { drained = (processor.owedCount, processor.statistics.freezes) }
    }
    if let drained, !isOver {
      let freezes = processor.statistics.freezes - drained.freezes
      let chunk = min(options.pacing.freezeUsers, 1_000)
      guard freezes <= (drained.owed + chunk - 1) / chunk + 2 else {
        throw Violation(.p4, "\(freezes) rebuilds for \(drained.owed) owed users, \(chunk) at a time")
      }
    }
    cluster.writeAllMarkers()
  }

  // MARK: Calls

  /// Starts a daemon on a machine of its own.
  func start(_ process: SimulatedProcess) throws -> Simulated? { try start(process, on: machines[current]) }

  func start(
    _ process: SimulatedProcess, on machine: SimulatedMachine, mayBeOtherVersion: Bool = false
  ) throws -> Simulated? {
    starts += 1
    machine.noteStart()
    options.incarnation = random.next()
    process.learnerVersion = options.learnerVersion
    options.accepts = acceptsGap ? [.gap] : []
    if acceptsGap { acceptors.append(machine) }
    acceptsGap = false
    let cluster = cluster
    // As of now: in the middle of this start a successor may live.
    let (promised, journalSafeEpoch) = (machine.promisedEpoch, journalSafeEpoch)
    // Only where another version was ever started: the journal is long.
    let eraVersion = options.learnerVersion == Learner.version ? 0 : try newestVersion()
    let lane = InlineLane(
      Committer(
        output: SimulatedOutput(process: process, transactionalID: "shard-0"), plantedBug: options.plantedBug
      ) {
        cluster.time += 1
        return cluster.time
      })
    let processor: Simulated
    do throws(Stop) {
      processor = try Simulated(
        world: Simulated.World(
          log: SimulatedLog(process: process), journal: SimulatedJournal(process: process), lane: lane,
          workshop: SimulatedWorkshop(process: process),
          disk: SimulatedDisk(directory: machine.directory, process: process)),
        options: options, now: { cluster.time })
    } catch {
      if mayBeOtherVersion, error.reason == .configuration { return nil }
      // What goes while it is being read can still not be had.
      if !options.accepts.isEmpty, error.message.contains("--accept gap"), !error.message.contains("any more") {
        throw Violation(.stops, "refused although it was accepted: \(error)")
      }
      try judge(error, process, machine, promised)
      return nil
    }
    if let violation = process.violation { throw violation }
    if processor.statistics.accepted != nil {
      // The era's base is here; another machine has none, and finds missing what was missing here.
      try machine.noteCheckpoint()
      (hasLostRecords, safeEpoch) = (false, max(safeEpoch, processor.currentEpoch))
    }
    // Nothing but a flipped bit damages a slot, and a completed checkpoint is not gone back behind.
    let statistics = processor.statistics
    guard statistics.damagedSlots.count <= machine.damagedSlots else {
      throw Violation(.checkpoints, "a slot is damaged that nothing has damaged: \(statistics.damagedSlots)")
    }
    let base = processor.currentEpoch - UInt64(statistics.replayedEpochs)
    guard base >= promised else {
      throw Violation(.checkpoints, "a start goes back to epoch \(base), \(promised) had been saved")
    }
    guard base >= journalSafeEpoch else {
      throw Violation(.stops, "a start from epoch \(base) goes on over deleted records of the journal")
    }
    try checkVersions(processor, process, from: base, was: eraVersion)
    return processor
  }

  /// Returns whether the process goes on.
  func turn(_ processor: Simulated, _ process: SimulatedProcess) throws -> Bool {
    try turn(processor, process, machines[current])
  }

  func turn(
    _ processor: Simulated, _ process: SimulatedProcess, _ machine: SimulatedMachine, isStopping: Bool = false
  ) throws -> Bool {
    cluster.time += Int64(random.below(150))
    cluster.settleMarkers()
    let before = processor.statistics.checkpoints
    var goesOn = false
    do throws(Stop) { goesOn = try !processor.turn(now: cluster.time, isStopping: isStopping) } catch {
      try judge(error, process, machine, machine.promisedEpoch)
    }
    if let violation = process.violation { throw violation }
    if processor.statistics.checkpoints > before {
      try machine.noteCheckpoint()
      try machine.checkNames(processor.currentEpoch) { user in
        processor.withRecommender { $0.learner.userRow(SimulatedApp.userID(user).span) != nil }
      }
    }
    if processor.statistics.epochs > 0 { hasEpochs = true }
    return goesOn
  }

  /// A deposed instance wakes up: it finds itself fenced, and leaves everything alone.
  private func wake(_ zombie: (processor: Simulated, process: SimulatedProcess)) throws {
    do throws(Stop) { _ = try zombie.processor.turn(now: cluster.time) } catch {
      zombies.removeLast()
      try judge(error, zombie.process, nil, 0)
    }
    if let violation = zombie.process.violation { throw violation }
  }

  /// Stops that the world's faults explain; anything else is a violation.
  private func judge(
    _ stop: Stop, _ process: SimulatedProcess, _ machine: SimulatedMachine?, _ promised: UInt64
  ) throws {
    if let violation = process.violation { throw violation }
    if process.isDead { return }
    switch stop.reason {
    case .retryLater, .unavailable:
      guard process.excuses.isEmpty else { return }
      if cluster.faults[.shortOutage] > 0 { throw Violation(.f, "an outage stops instead of pausing: \(stop)") }
    case .internalError where stop.message.contains("was aborted"):
      if process.aborts >= Committer<SimulatedOutput>.sameAbortLimit { return }
    case .internalError where stop.message.contains("cannot be written"):
      if !process.excuses.isDisjoint(with: [
        .noSpace, .writeError, .syncError, .renameError, .directorySyncError, .readError,
      ]) {
        return
      }
    case .unusableData where stop.message.contains("state directory cannot be read"):
      if process.excuses.contains(.readError) { return }
    case .unusableData where stop.message.contains("--accept gap"):
      if machine == nil { return }
      let isGivenUp = acceptors.contains { $0 !== machine } && stop.message.contains("was given up")
      if hasLostRecords || promised < safeEpoch || isGivenUp {
        if random.chance(50) { acceptsGap = true } else { isOver = true }
        return
      }
    case .unusableData where stop.message.contains("of the journal were deleted"):
      if machine == nil { return }
      cluster.happened(.truncatedJournalRefused)
      if hasLostRecords || promised < safeEpoch {
        isOver = true
        return
      }
    case .configuration where stop.message.contains("learner version"):
      if try isLeftToAnother(process, promised) { return }
    default: break
    }
    throw Violation(.stops, "stopped by itself with \(stop.reason): \(stop)")
  }
}
