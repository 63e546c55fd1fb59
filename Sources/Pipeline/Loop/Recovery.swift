import Checkpoints
import Learning

/// What a start comes to: the state of the journal's last epoch, whatever a crash left.
struct Recovered: ~Copyable {
  private var recommender: Recommender?
  var era: Era
  var epoch: UInt64
  /// The offset of the last epoch's record, or of the era's that was opened since.
  var journalOffset: Int64
  var owed: OwedUsers
  var checkpointEpoch: UInt64?
  var replayedEpochs = 0
  var damagedSlots: [DamagedSlot] = []

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
    let (newest, damaged) = try validCheckpoints(on: &world.disk, planted: options.plantedBug)
    // Without a checkpoint every record of the journal is needed, from the first one ever written.
    let survey = try survey(
      &world.journal, from: newest?.header.journalOffset ?? 0, through: start, checkpoint: newest?.header,
      isComplete: !isPlanted(.journalReadWithoutStartRecord, options.plantedBug))
    let plan = try RecoveryPlan(survey, checkpoint: newest)

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
      recovered = try load(checkpoint, snapshot, window: options.window, learnerVersion: options.learnerVersion)
    }
    try refuse(recovered.era, ifLaterThan: options.learnerVersion)
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
    do {
      try checkIdentity(of: positions, in: &world.log, now: now)
    } catch {
      throw (error as? Stop) ?? Stop(reading: error as! InputError, inputs: options.inputs)
    }
    try replay(
      plan.steps, of: &world.journal, survey, into: &recovered, log: &world.log, options: options, now: now)
    try openEra(ifChanged: options.configuration, recovered: &recovered, world: &world, options: options)
    return recovered
  }

  // MARK: Journal and slots

  private static func commit(_ start: StartRecord, through lane: inout some CommitLane) throws(Stop) -> Int64 {
    let record = OutputRecord(topic: .journal, key: nil, value: JournalContent.start(start).encoded())
    return try lane.commit(EpochTransaction(epoch: 0, records: [record], offsets: [])).journalOffset
  }

  /// Goes through the journal once, for what is to be decided. What follows the base is read again to be replayed.
  private static func survey(
    _ journal: inout some JournalLog, from offset: Int64, through start: Int64, checkpoint: CheckpointHeader?,
    isComplete: Bool
  ) throws(Stop) -> JournalSurvey {
    var survey = JournalSurvey(lookingFor: checkpoint)
    try journal.visit(from: offset, through: isComplete ? start : nil) { (content, offset) throws(Stop) in
      if offset <= start { try survey.note(content, at: offset) }
    }
    return survey
  }

  /// The newest slot that verifies, and the names of those that do not: replacement is atomic, so a slot that does not verify is
  /// corruption, never a crash. No two are in memory at once.
  private static func validCheckpoints(
    on disk: inout some Disk, planted: PlantedBug?
  ) throws(Stop) -> (newest: Checkpoint?, damaged: [DamagedSlot]) {
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
      if let best = valid.max(by: { $0.header.epoch < $1.header.epoch }), newest?.header.epoch != best.header.epoch {
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
    return (newest, damaged)
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
      number: 1, learnerVersion: options.learnerVersion, baseEpoch: 0, baseDigest: recommender.digest,
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

  /// The state that a checkpoint holds, checked against the digest in its header. What an older version wrote is as that one left it:
  /// the era that a later one opens brings it up to date, see ``enter(_:in:learnerVersion:)``.
  static func load(
    _ checkpoint: Checkpoint, _ snapshot: Snapshot, window: Int = EventWindow.limitEvents,
    learnerVersion: UInt32 = Learner.version
  ) throws(Stop) -> Recovered {
    let header = checkpoint.header
    guard (Learner.oldestReadVersion...learnerVersion).contains(header.learnerVersion) else {
      throw Stop(
        .configuration,
        "the checkpoint was written by learner version \(header.learnerVersion), this is version \(learnerVersion), which goes "
          + "on with those of \(Learner.oldestReadVersion) to \(learnerVersion). It was left as it is.")
    }
    let configuration = try configuration(of: snapshot.era)
    let windows: EventWindows
    let learner: Learner
    do {
      windows = try EventWindows(
        checkpoint, seed: configuration.learning.seed, inputs: snapshot.positions.map(\.input), limit: window)
      learner = try Learner(
        configuration: configuration.learning,
        sections: checkpoint.sections.filter { !Snapshot.sectionNames.contains($0.name) },
        version: header.learnerVersion)
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

  // MARK: Identity

  /// Reads the last folded record of each input again. Kafka does not say when a topic is another one of the same name.
  private static func checkIdentity<Log: InputLog>(
    of positions: [InputPosition], in log: inout Log, now: () -> Int64
  ) throws {
    let inputs = positions.map(\.input)
    let beginnings = try log.beginnings(of: inputs)
    let ends = try ends(of: positions, in: &log, now: now)
    for (index, position) in positions.enumerated() {
      let name = "\(position.input.topic) partition \(position.input.partition)"
      guard beginnings[index] <= position.next else {
        throw Stop(
          .unusableData,
          "\(name) begins at offset \(beginnings[index]), but only \(position.next) has been folded: the records between "
            + "were deleted. Restore them, or move state and journal away to begin at the log's present start.")
      }
      guard ends[index] >= position.next else {
        throw Stop(
          .unusableData,
          "\(name) ends at offset \(ends[index]), but \(position.next) has been folded: it is another log of the same name, "
            + "or it lost acknowledged records")
      }
    }
    let wanted = positions.indices.map { index -> Int64? in
      guard let last = positions[index].last, beginnings[index] <= last.offset else { return nil }
      return last.offset
    }
    guard wanted.contains(where: { $0 != nil }) else { return }
    var buffer = RecordBuffer(expecting: zip(wanted, positions).map { $0 ?? $1.next })
    try log.assign(inputs, from: wanted)
    for index in positions.indices {
      guard let offset = wanted[index] else { continue }
      while buffer.nextOffsets[index] <= offset, !log.hasReached(offset + 1, input: index) {
        try log.poll(into: &buffer, limit: 1_024, until: now() + 1_000)
      }
      let last = positions[index].last
      let found = buffer.records[index].first.map {
        RecordIdentity(offset: $0.offset, timestamp: $0.timestamp, hash: $0.hash)
      }
      // Compaction may have taken the catalog's record, but puts no other in its place.
      let wasCompacted = positions[index].input.role == .catalog && found?.offset != offset
      guard found == last || wasCompacted else {
        throw Stop(
          .unusableData,
          "\(positions[index].input.topic) partition \(positions[index].input.partition) holds another record at offset "
            + "\(offset) than the one that was folded: it is another log of the same name")
      }
    }
  }

  /// How often an end below what was folded is asked for again, and how long to wait between two answers, in milliseconds. Answers
  /// are counted and not the time: while no broker answers, none of them can be another log's.
  private static var endPatienceAnswers: Int { 150 }
  private static var endWaitMilliseconds: Int64 { 200 }

  /// The inputs' ends. A deposed leader goes on answering with its old one: only an end that stays behind what was folded
  /// is another log's.
  private static func ends<Log: InputLog>(
    of positions: [InputPosition], in log: inout Log, now: () -> Int64
  ) throws(InputError) -> [Int64] {
    let inputs = positions.map(\.input)
    for _ in 1..<endPatienceAnswers {
      let ends = try log.ends(of: inputs)
      guard zip(ends, positions).contains(where: { $0 < $1.next }) else { return ends }
      // Nothing is assigned, so this only waits.
      var nothing = RecordBuffer(expecting: positions.map(\.next))
      try log.assign(inputs, from: inputs.map { _ in nil })
      try log.poll(into: &nothing, limit: 1, until: now() + endWaitMilliseconds)
    }
    return try log.ends(of: inputs)
  }

  // MARK: Replay and eras

  private static func replay<Log, Journal, Lane, Workshop, Storage>(
    _ steps: RecoveryPlan.Steps?, of journal: inout Journal, _ survey: JournalSurvey, into recovered: inout Recovered,
    log: inout Log,
    options: Processor<Log, Journal, Lane, Workshop, Storage>.Options, now: () -> Int64
  ) throws(Stop) {
    var replay = Replay<Log>(from: recovered.withRecommender { $0.positions })
    try journal.visit(steps) { (step) throws(Stop) in
      switch step {
      case .era(let era, let offset):
        try enter(era, in: &recovered, learnerVersion: options.learnerVersion)
        recovered.journalOffset = offset
      case .epoch(let entry, let offset):
        guard
          recovered.era.learnerVersion == options.learnerVersion
            || isPlanted(.replayAcrossLearnerVersions, options.plantedBug)
        else {
          throw refusal(toReplay: entry, of: recovered.era, in: survey, learnerVersion: options.learnerVersion)
        }
        let yield = try recovered.withRecommender { (recommender) throws(Stop) in
          try replay.fold(entry, into: &recommender, from: &log, now: now)
        }
        recovered.epoch = entry.epoch
        recovered.journalOffset = offset
        recovered.replayedEpochs += 1
        if !isPlanted(.owedUsersForgottenInReplay, options.plantedBug) {
          recovered.owed.apply(yield.debts, epoch: entry.epoch)
        }
      }
    }
  }

  /// Goes on under `era`'s configuration, and with what its version of the learner makes of the state that an older one left.
  static func enter(
    _ era: Era, in recovered: inout Recovered, learnerVersion: UInt32 = Learner.version
  ) throws(Stop) {
    try refuse(era, ifLaterThan: learnerVersion)
    let configuration = try configuration(of: era)
    let upgrades = era.learnerVersion != recovered.era.learnerVersion
    let digest = recovered.withRecommender { recommender in
      if upgrades { recommender.upgrade() }
      recommender.reconfigure(configuration)
      return recommender.digest
    }
    guard digest == era.baseDigest, era.baseEpoch == recovered.epoch else {
      throw Stop(
        .internalError,
        "era \(era.number) was opened after epoch \(era.baseEpoch) with another state than epoch \(recovered.epoch) has here"
      )
    }
    recovered.era = era
  }

  /// Changing what is learned opens an era: checkpoint under the old configuration, journal the new one, learn on. Where it is the
  /// learner that changes, the checkpoint that the old one left is there already: nothing of its epochs had to be replayed.
  private static func openEra<Log, Journal, Lane, Workshop, Storage>(
    ifChanged configuration: JournaledConfiguration, recovered: inout Recovered,
    world: inout Processor<Log, Journal, Lane, Workshop, Storage>.World,
    options: Processor<Log, Journal, Lane, Workshop, Storage>.Options
  ) throws(Stop) {
    let text = configuration.canonicalText
    guard recovered.era.configuration != text || recovered.era.learnerVersion != options.learnerVersion else { return }
    let (old, epoch, offset, owed) = (recovered.era, recovered.epoch, recovered.journalOffset, recovered.owed)
    let isUpgrade = old.learnerVersion != options.learnerVersion
    let damaged = isUpgrade ? nil : recovered.damagedSlots.first?.name
    let era = try recovered.withRecommender { (recommender) throws(Stop) in
      guard recommender.configuration.learning.seed == configuration.learning.seed else {
        throw Stop(
          .configuration,
          "learning.seed is \(configuration.learning.seed), but this journal began with "
            + "\(recommender.configuration.learning.seed): it cannot change. Keep it, or begin anew with another journal."
        )
      }
      if isUpgrade {
        recommender.upgrade()
      } else {
        try checkpoint(
          recommender, owed: owed, era: old, epoch: epoch, journalOffset: offset, clusterID: options.clusterID,
          replacing: damaged, to: &world.disk, planted: options.plantedBug)
      }
      return Era(
        number: old.number + 1, learnerVersion: options.learnerVersion, baseEpoch: epoch,
        baseDigest: recommender.digest,
        configuration: text,
        positions: recommender.positions.map { Era.EraPosition(input: $0.input, next: $0.next) })
    }
    let eraOffset = try commit(StartRecord(incarnation: options.incarnation, era: era), through: &world.lane)
    recovered.damagedSlots.removeAll { $0.name == damaged }
    try enter(era, in: &recovered, learnerVersion: options.learnerVersion)
    recovered.journalOffset = eraOffset
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
      learnerVersion: era.learnerVersion, era: era.number, epoch: epoch, journalOffset: journalOffset,
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
