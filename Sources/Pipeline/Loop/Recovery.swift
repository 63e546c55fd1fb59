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
  /// The version of the learner whose state it is.
  private var learnerVersion: UInt32
  /// The era that had to be accepted.
  var accepted: AcceptedEra?

  init(
    recommender: consuming Recommender, era: Era, epoch: UInt64, journalOffset: Int64, owed: OwedUsers,
    checkpointEpoch: UInt64?
  ) {
    self.recommender = consume recommender
    self.era = era
    learnerVersion = era.learnerVersion
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

  /// Makes the state that version's, where an older one left it.
  mutating func upgrade(to version: UInt32) {
    guard learnerVersion < version else { return }
    withRecommender { $0.upgrade() }
    learnerVersion = version
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
    for era in survey.eras.map(\.era) + [recovered.era] { try refuse(era, ifLaterThan: options.learnerVersion) }
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
    let beginnings: [Int64]
    do {
      beginnings = try checkIdentity(of: positions, through: survey.ends, in: &world.log, now: now)
    } catch {
      throw (error as? Stop) ?? Stop(reading: error as! InputError, inputs: options.inputs)
    }
    let lineage = Lineage(
      survey, fromEra: recovered.era.number, epoch: recovered.epoch, journalOffset: recovered.journalOffset)
    let course = try Course(
      lineage, of: &world.journal, plan.steps, ends: survey.ends, epoch: recovered.epoch, positions: positions,
      beginnings: beginnings)
    if let obstacle = course.obstacle, !options.accepts.contains(.gap) { throw obstacle }
    let way = Way(steps: plan.steps, survey: survey, lineage: lineage, course: course, beginnings: beginnings)
    let refolding = try replay(way, of: &world.journal, into: &recovered, log: &world.log, options: options, now: now)
    try accept(course, refolding, lineage: lineage, recovered: &recovered, world: &world, options: options)
    try openEra(ifChanged: options.configuration, recovered: &recovered, world: &world, options: options)
    return recovered
  }

  // MARK: Journal and slots

  static func commit(_ start: StartRecord, through lane: inout some CommitLane) throws(Stop) -> Int64 {
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

  static func configuration(of era: Era) throws(Stop) -> JournaledConfiguration {
    do { return try JournaledConfiguration(canonicalText: era.configuration) } catch {
      throw Stop(
        .configuration, "era \(era.number) was opened under a configuration this version does not know: \(error)")
    }
  }

  // MARK: Eras

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
    try recovered.withRecommender { (recommender) throws(Stop) in
      guard recommender.configuration.learning.seed == configuration.learning.seed else {
        throw Stop(
          .configuration,
          "learning.seed is \(configuration.learning.seed), but this journal began with "
            + "\(recommender.configuration.learning.seed): it cannot change. Keep it, or begin anew with another journal."
        )
      }
      guard !isUpgrade else { return }
      try checkpoint(
        recommender, owed: owed, era: old, epoch: epoch, journalOffset: offset, clusterID: options.clusterID,
        replacing: damaged, to: &world.disk, planted: options.plantedBug)
    }
    recovered.upgrade(to: options.learnerVersion)
    let era = recovered.withRecommender { recommender in
      Era(
        number: old.number + 1, learnerVersion: options.learnerVersion, baseEpoch: epoch,
        baseDigest: recommender.digest,
        configuration: text,
        positions: recommender.positions.map { Era.EraPosition(input: $0.input, next: $0.next) })
    }
    let eraOffset = try commit(StartRecord(incarnation: options.incarnation, era: era), through: &world.lane)
    recovered.damagedSlots.removeAll { $0.name == damaged }
    guard try enter(era, in: &recovered, learnerVersion: options.learnerVersion) else {
      throw otherBase(of: era, learnerVersion: options.learnerVersion)
    }
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
