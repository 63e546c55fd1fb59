import Checkpoints
import Learning

/// What a start comes to: the state of the journal's last epoch, whatever a crash left.
struct Recovered: ~Copyable {
  private var recommender: Recommender?
  var era: Era
  var epoch: UInt64
  /// The offset of the last epoch's record, or of the era's where there is no epoch.
  var journalOffset: Int64
  var owed: OwedUsers
  var checkpointEpoch: UInt64?
  var replayedEpochs = 0
  var damagedSlots: [DamagedSlot] = []
  /// The era that had to be accepted.
  var accepted: AcceptedEra?

  init(
    recommender: consuming Recommender, era: Era, epoch: UInt64, journalOffset: Int64, owed: OwedUsers,
    checkpointEpoch: UInt64?
  ) {
    self.recommender = consume recommender
    self.era = era
    self.epoch = epoch
    self.journalOffset = journalOffset
    self.owed = owed
    self.checkpointEpoch = checkpointEpoch
  }

  mutating func withRecommender<Result, Failure: Error>(
    _ body: (inout Recommender) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(&recommender!)
  }

  mutating func takeRecommender() -> Recommender {
    recommender.take()!
  }
}

/// The steps of a start. Deciding is ``RecoveryPlan``'s; here it is done.
enum Recovery {
  static func run<Log, Journal, Lane, Workshop, Storage>(
    world: inout Processor<Log, Journal, Lane, Workshop, Storage>.World,
    options: Processor<Log, Journal, Lane, Workshop, Storage>.Options,
    now: () -> Int64
  ) throws(Stop) -> Recovered {
    if !isPlanted(.noFencing, options.plantedBug) { try world.lane.initialize() }
    // The journal's end cannot be asked for: a deposed leader goes on answering with its old end. Whoever finds his own
    // start record has read everything before it, and whoever came before is fenced.
    let start = try commit(StartRecord(incarnation: options.incarnation), through: &world.lane)
    let (newest, offsets, damaged) = try validCheckpoints(on: &world.disk, planted: options.plantedBug)
    let journal = try read(
      &world.journal, from: offsets.min(), through: start,
      isComplete: !isPlanted(.journalReadWithoutStartRecord, options.plantedBug))
    let plan = try RecoveryPlan(journal: journal, checkpoints: newest.map { [$0] } ?? [])

    var recovered: Recovered
    switch plan.base {
    case .nothing:
      recovered = try begin(world: &world, options: options)
    case .origin(let era, let offset): recovered = try begin(at: era, journalOffset: offset, window: options.window)
    case .checkpoint(let checkpoint, let snapshot):
      guard snapshot.clusterID == options.clusterID else {
        throw Stop(
          .unusableData,
          "the checkpoint is of cluster \(snapshot.clusterID), this is cluster \(options.clusterID)")
      }
      recovered = try load(checkpoint, snapshot, window: options.window)
    }
    recovered.damagedSlots = damaged
    recovered.withRecommender {
      $0.plantedBug = options.plantedBug
      if isPlanted(.duplicateWindowNotCheckpointed, options.plantedBug) { $0.emptyWindows() }
    }

    let positions = recovered.withRecommender { $0.positions }
    guard positions.map(\.input) == options.inputs else {
      throw Stop(
        .unusableData,
        "the inputs changed: folded were \(describe(positions.map(\.input))), now there are \(describe(options.inputs))"
      )
    }
    let lineage = Lineage(plan.steps, fromEra: recovered.era.number, epoch: recovered.epoch)
    let beginnings: [Int64]
    do {
      beginnings = try checkIdentity(of: positions, through: lineage.ends, in: &world.log, now: now)
    } catch {
      throw (error as? Stop) ?? Stop(reading: error as! InputError, inputs: options.inputs)
    }
    let course = Course(
      lineage, of: plan.steps, epoch: recovered.epoch, positions: positions, beginnings: beginnings)
    if let obstacle = course.obstacle, !options.accepts.contains(.gap) { throw obstacle }
    let refolding = try replay(
      course.steps, of: lineage, beginnings: beginnings, into: &recovered, log: &world.log, options: options, now: now)
    try accept(course, refolding, lineage: lineage, recovered: &recovered, world: &world, options: options)
    try openEra(ifChanged: options.configuration, recovered: &recovered, world: &world, options: options)
    return recovered
  }

  // MARK: Journal and slots

  static func commit(_ start: StartRecord, through lane: inout some CommitLane) throws(Stop) -> Int64 {
    let record = OutputRecord(topic: .journal, key: nil, value: JournalContent.start(start).encoded())
    return try lane.commit(EpochTransaction(epoch: 0, records: [record], offsets: [])).journalOffset
  }

  private static func read(
    _ journal: inout some JournalLog, from offset: Int64?, through end: Int64, isComplete: Bool
  ) throws(Stop) -> [(offset: Int64, content: JournalContent)] {
    var records: [JournalRecord]
    do { records = try journal.read(from: offset, through: isComplete ? end : -1) } catch {
      throw Stop(.retryLater, "the journal cannot be read: \(error)")
    }
    if !isComplete { records.removeAll { $0.offset >= end } }
    var contents: [(offset: Int64, content: JournalContent)] = []
    for record in records {
      do { contents.append((record.offset, try JournalContent(decoding: record))) } catch {
        throw Stop(.internalError, error.description)
      }
    }
    return contents
  }

  /// The newest slot that verifies, the journal offsets of all that do, and the names of those that do not: replacement is
  /// atomic, so a slot that does not verify is corruption, never a crash. No two are in memory at once.
  private static func validCheckpoints(
    on disk: inout some Disk, planted: PlantedBug?
  ) throws(Stop) -> (newest: Checkpoint?, journalOffsets: [Int64], damaged: [DamagedSlot]) {
    var newest: Checkpoint?
    var valid: [(name: String, header: CheckpointHeader)] = []
    var damaged: [DamagedSlot] = []
    do {
      // By their headers, the newest last: it is the one to be kept.
      var names = Array(try CheckpointStore.outlines(from: &disk).map(\.name).reversed())
      names = CheckpointStore.slotNames.filter { !names.contains($0) } + names
      for name in names {
        newest = nil
        switch try CheckpointStore.load(
          name, from: &disk, known: Snapshot.knownSections, planted: planted?.inCheckpoints)
        {
        case nil: break
        case .success(let checkpoint):
          valid.append((name, checkpoint.header))
          newest = checkpoint
        case .failure(let error):
          guard !error.isForeign else {
            throw Stop(
              .configuration, "\(name) was written by another version of this program: \(error). It was left as it is.")
          }
          damaged.append(DamagedSlot(name: name, error: error))
        }
      }
      if let best = valid.max(by: { $0.header.isOlder(than: $1.header) }), newest?.header != best.header {
        newest = nil
        let again = try CheckpointStore.load(
          best.name, from: &disk, known: Snapshot.knownSections, planted: planted?.inCheckpoints)
        guard case .success(let checkpoint) = again else {
          throw Stop(.unusableData, "\(best.name) changed while it was read")
        }
        newest = checkpoint
      }
    } catch {
      throw (error as? Stop) ?? Stop(.unusableData, "the state directory cannot be read: \(error)")
    }
    return (newest, valid.map(\.header.journalOffset), damaged)
  }

  // MARK: Bases

  /// The first start of all: the logs' present beginnings are the origin, journaled.
  private static func begin<Log, Journal, Lane, Workshop, Storage>(
    world: inout Processor<Log, Journal, Lane, Workshop, Storage>.World,
    options: Processor<Log, Journal, Lane, Workshop, Storage>.Options
  ) throws(Stop) -> Recovered {
    let beginnings: [Int64]
    do { beginnings = try world.log.beginnings(of: options.inputs) } catch {
      throw Stop(reading: error, inputs: options.inputs)
    }
    let positions = zip(options.inputs, beginnings).map { InputPosition(input: $0, next: $1) }
    let recommender = Recommender(
      configuration: options.configuration, positions: positions, window: options.window)
    let era = Era(
      number: 1, learnerVersion: Learner.version, baseEpoch: 0, baseDigest: recommender.digest,
      configuration: options.configuration.canonicalText,
      positions: positions.map { Era.EraPosition(input: $0.input, next: $0.next) })
    let offset = try commit(StartRecord(incarnation: options.incarnation, era: era), through: &world.lane)
    return Recovered(
      recommender: recommender, era: era, epoch: 0, journalOffset: offset, owed: OwedUsers(), checkpointEpoch: nil)
  }

  /// A model that knows nothing, where an era begins.
  static func begin(
    at era: Era, journalOffset offset: Int64, window: Int = EventWindow.limitEvents
  ) throws(Stop) -> Recovered {
    let recommender = Recommender(
      configuration: try configuration(of: era),
      positions: era.positions.map { InputPosition(input: $0.input, next: $0.next) }, window: window)
    return Recovered(
      recommender: recommender, era: era, epoch: 0, journalOffset: offset, owed: OwedUsers(), checkpointEpoch: nil)
  }

  /// The state that a checkpoint holds, checked against the digest in its header.
  static func load(
    _ checkpoint: Checkpoint, _ snapshot: Snapshot, window: Int = EventWindow.limitEvents
  ) throws(Stop) -> Recovered {
    let header = checkpoint.header
    guard header.learnerVersion == Learner.version else {
      throw Stop(
        .configuration,
        "the checkpoint was written by learner version \(header.learnerVersion), this is version \(Learner.version)")
    }
    let configuration = try configuration(of: snapshot.era)
    let windows: EventWindows
    let learner: Learner
    do {
      windows = try EventWindows(
        checkpoint, seed: configuration.learning.seed, inputs: snapshot.positions.map(\.input), limit: window)
      learner = try Learner(
        configuration: configuration.learning,
        sections: checkpoint.sections.filter { !Snapshot.sectionNames.contains($0.name) })
    } catch {
      guard !error.isForeign else {
        throw Stop(.configuration, "the checkpoint was written by another version of this program: \(error)")
      }
      throw Stop(.unusableData, "the checkpoint of epoch \(header.epoch) cannot be used: \(error)")
    }
    let recommender = Recommender(
      configuration: configuration, learner: learner, positions: snapshot.positions, windows: windows)
    guard recommender.recomputedDigest() == header.digest else {
      throw Stop(
        .internalError, "the checkpoint of epoch \(header.epoch) does not give the digest that it was written with")
    }
    var owed = OwedUsers()
    for row in snapshot.owedRows {
      guard recommender.learner.hasUser(inRow: row) else {
        throw Stop(.unusableData, "a list is owed to row \(row), in which there is no user")
      }
      owed.touch(row, in: header.epoch)
    }
    return Recovered(
      recommender: recommender, era: snapshot.era, epoch: header.epoch, journalOffset: header.journalOffset, owed: owed,
      checkpointEpoch: header.epoch)
  }

  private static func configuration(of era: Era) throws(Stop) -> JournaledConfiguration {
    do { return try JournaledConfiguration(canonicalText: era.configuration) } catch {
      throw Stop(
        .configuration, "era \(era.number) was opened under a configuration this version does not know: \(error)")
    }
  }

  // MARK: Replay and eras

  private static func replay<Log, Journal, Lane, Workshop, Storage>(
    _ steps: [RecoveryPlan.Step], of lineage: Lineage, beginnings: [Int64], into recovered: inout Recovered,
    log: inout Log, options: Processor<Log, Journal, Lane, Workshop, Storage>.Options, now: () -> Int64
  ) throws(Stop) -> Refolding {
    var refolding = Refolding(accepts: options.accepts)
    var replay = Replay<Log>(from: recovered.withRecommender { $0.positions }, beginnings: beginnings)
    for step in steps {
      switch step {
      case .era(let era, let offset):
        if try !enter(era, in: &recovered), lineage.holds(era), !refolding.hasLeftJournal {
          try refolding.leave(
            era.learnerVersion == Learner.version ? .divergence : .learner, at: era.baseEpoch, or: otherBase(of: era))
        }
        if era.accepted != nil || recovered.epoch == 0 { recovered.journalOffset = offset }
        if era.accepted != nil {
          replay = Replay(from: recovered.withRecommender { $0.positions }, beginnings: beginnings)
        }
      case .epoch(let entry, let offset):
        let isHeld = lineage.holds(epoch: entry.epoch)
        let learner = recovered.era.learnerVersion
        if learner != Learner.version, isHeld, !isPlanted(.replayAcrossLearnerVersions, options.plantedBug) {
          try refolding.leave(
            .learner, at: entry.epoch,
            or: Stop(
              .configuration,
              "epoch \(entry.epoch) was folded by learner version \(learner), which alone can finish era "
                + "\(recovered.era.number): stop it cleanly first, or start with --accept learner to fold its last epochs again with "
                + "this version, which is \(Learner.version)."))
        }
        let holdsDigest = isHeld && !refolding.hasLeftJournal
        let era = recovered.era
        let yield = try recovered.withRecommender { (recommender) throws(Stop) in
          let yield = try replay.fold(
            entry, into: &recommender, from: &log, now: now,
            holdsDigest: holdsDigest && !options.accepts.contains(.divergence))
          if holdsDigest, recommender.digest != entry.digest {
            try refolding.leave(.divergence, at: entry.epoch, or: otherBase(of: era))
          }
          return yield
        }
        recovered.epoch = entry.epoch
        recovered.journalOffset = offset
        recovered.replayedEpochs += 1
        if !isPlanted(.owedUsersForgottenInReplay, options.plantedBug) {
          recovered.owed.apply(yield.debts, epoch: entry.epoch)
        }
      }
    }
    return refolding
  }

  /// Goes on under `era`'s configuration, and from its positions where they were accepted.
  /// - Returns: whether the state is the one that the era began with.
  static func enter(_ era: Era, in recovered: inout Recovered) throws(Stop) -> Bool {
    let configuration = try configuration(of: era)
    guard era.accepted?.fromEpoch ?? era.baseEpoch == recovered.epoch else {
      throw Stop(
        .internalError, "era \(era.number) was opened after epoch \(era.baseEpoch), not after epoch \(recovered.epoch)")
    }
    let digest = recovered.withRecommender { recommender in
      recommender.reconfigure(configuration)
      if era.accepted != nil { recommender.move(to: era.positions.map(\.next)) }
      return recommender.digest
    }
    recovered.settle(in: era)
    return digest == era.baseDigest
  }

  /// For an era that began with another state.
  static func otherBase(of era: Era) -> Stop {
    era.learnerVersion == Learner.version
      ? Stop(
        .internalError,
        "era \(era.number) was opened after epoch \(era.baseEpoch) with another state than there is here. Start the version that "
          + "opened it, or with --accept divergence to go on with what this one computes.")
      : Stop(
        .configuration,
        "era \(era.number) was opened by learner version \(era.learnerVersion) with another state than version "
          + "\(Learner.version) has here. Start that version, or this one with --accept learner.")
  }

  /// Changing what is learned opens an era: checkpoint under the old configuration, journal the new one, learn on.
  private static func openEra<Log, Journal, Lane, Workshop, Storage>(
    ifChanged configuration: JournaledConfiguration, recovered: inout Recovered,
    world: inout Processor<Log, Journal, Lane, Workshop, Storage>.World,
    options: Processor<Log, Journal, Lane, Workshop, Storage>.Options
  ) throws(Stop) {
    let text = configuration.canonicalText
    guard recovered.era.configuration != text || recovered.era.learnerVersion != Learner.version else { return }
    let (old, epoch, offset, owed) = (recovered.era, recovered.epoch, recovered.journalOffset, recovered.owed)
    let damaged = recovered.damagedSlots.first?.name
    let era = try recovered.withRecommender { (recommender) throws(Stop) in
      guard recommender.configuration.learning.seed == configuration.learning.seed else {
        throw Stop(
          .configuration,
          "learning.seed is \(configuration.learning.seed), but this journal began with "
            + "\(recommender.configuration.learning.seed): it cannot change. Keep it, or begin anew with another journal."
        )
      }
      try checkpoint(
        recommender, owed: owed, era: old, epoch: epoch, journalOffset: offset, clusterID: options.clusterID,
        replacing: damaged, to: &world.disk, planted: options.plantedBug)
      return Era(
        number: old.number + 1, learnerVersion: Learner.version, baseEpoch: epoch, baseDigest: recommender.digest,
        configuration: text,
        positions: recommender.positions.map { Era.EraPosition(input: $0.input, next: $0.next) })
    }
    let eraOffset = try commit(StartRecord(incarnation: options.incarnation, era: era), through: &world.lane)
    recovered.damagedSlots.removeAll { $0.name == damaged }
    guard try enter(era, in: &recovered) else { throw otherBase(of: era) }
    if epoch == 0 { recovered.journalOffset = eraOffset }
    recovered.checkpointEpoch = nil
  }

  /// Writes the state of a committed epoch.
  static func checkpoint(
    _ recommender: borrowing Recommender, at positions: [InputPosition]? = nil, owed: OwedUsers, era: Era,
    epoch: UInt64, journalOffset: Int64, clusterID: String, replacing slot: String? = nil, to disk: inout some Disk,
    planted: PlantedBug? = nil
  ) throws(Stop) {
    let digest = recommender.digest
    guard recommender.recomputedDigest() == digest else {
      throw Stop(
        .internalError, "after epoch \(epoch) the state's digest is not the one that was kept up to date: not saved")
    }
    let snapshot = Snapshot(
      positions: positions ?? recommender.positions, owedRows: owed.rows, era: era, clusterID: clusterID)
    let header = CheckpointHeader(
      learnerVersion: Learner.version, era: era.number, epoch: epoch, journalOffset: journalOffset,
      dimension: UInt32(Learner.dimension), digest: digest)
    do {
      try CheckpointStore.save(
        Checkpoint(header: header, sections: snapshot.sections() + recommender.sections()), to: &disk,
        replacing: slot, known: Snapshot.knownSections, planted: planted?.inCheckpoints)
    } catch {
      throw Stop(.internalError, "the checkpoint of epoch \(epoch) cannot be written: \(error)")
    }
  }

  private static func describe(_ inputs: [InputPartition]) -> String {
    var counts: [(topic: String, partitions: Int)] = []
    for input in inputs {
      if counts.last?.topic == input.topic {
        counts[counts.count - 1].partitions += 1
      } else {
        counts.append((input.topic, 1))
      }
    }
    return counts.map { "\($0.topic) with \($0.partitions) partitions" }.joined(separator: ", ")
  }
}
