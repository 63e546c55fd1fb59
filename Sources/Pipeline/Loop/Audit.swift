public import Checkpoints
import FeedEvents
import Learning

/// An audit: folds the journaled ranges again in a fresh process, under the journaled configurations, and compares.
///
/// Compared are the input hash and the digest of every epoch, the tiling of ranges, the bases of eras, the checkpoints'
/// digests, and a sample of the published lists byte for byte. Epochs that another version of the learner folded are not, as that
/// version alone can fold them again, nor are those that were given up. The report says which.
public struct Audit<Log: InputLog> {
  /// A published list to be recomputed.
  public struct Published: Sendable {
    /// The record's key.
    public let userID: [UInt8]
    /// The record's value.
    public let value: [UInt8]

    /// Creates a list.
    public init(userID: [UInt8], value: [UInt8]) {
      self.userID = userID
      self.value = value
    }
  }

  /// What was compared.
  public struct Report: Equatable, Sendable {
    /// Eras gone through.
    public var eras = 0
    /// The first and the last epoch compared; 0: none.
    public var firstEpoch: UInt64 = 0
    /// The last one.
    public var lastEpoch: UInt64 = 0
    /// Records folded.
    public var records = 0
    /// Lists recomputed byte for byte.
    public var lists = 0
    /// Checkpoints whose digest is the journal's.
    public var checkpoints = 0
    /// The digest after the last epoch.
    public var digest: UInt128 = 0
    /// Gaps that were accepted, of the whole journal.
    public var gaps = 0
    /// Epochs that were not compared, by era: those before the first one, and those that were given up.
    public var unaudited: [UnauditedEpochs] = []
  }

  private var lists: [UInt64: [Published]]
  private let checkpoints: [Checkpoint]
  private let window: Int
  private let learnerVersion: UInt32
  /// By version of the lists to be recomputed, the time that the journal has for them.
  private var generatedAt: [UInt64: Int64] = [:]
  private let decoder = RecommendationsDecoder()

  /// Prepares an audit of these lists and checkpoints.
  public init(lists: [Published], checkpoints: [Checkpoint]) throws(Stop) {
    try self.init(
      lists: lists, checkpoints: checkpoints, window: EventWindow.limitEvents, learnerVersion: Learner.version)
  }

  /// - Parameters:
  ///   - window: how many events a duplicate was known for.
  ///   - learnerVersion: the version of the learner; another one in tests of upgrades.
  init(lists: [Published], checkpoints: [Checkpoint], window: Int, learnerVersion: UInt32) throws(Stop) {
    self.lists = [:]
    self.checkpoints = checkpoints
    self.window = window
    self.learnerVersion = learnerVersion
    for list in lists {
      do throws(RecommendationsError) {
        self.lists[UInt64(try decoder.decode(list.value).version), default: []].append(list)
      } catch {
        throw Stop(.internalError, "a record of the recommendations topic is no list: \(error)")
      }
    }
  }

  /// The version of the newest list to be recomputed: an epoch that the journal must have.
  public var newestVersion: UInt64? { lists.keys.max() }

  /// Goes through the journal to the end that it has now: from its first era, or from the oldest checkpoint that journal and log still
  /// reach back to and after which nothing was folded by another version of the learner or to another state. The tiling is that of the
  /// whole journal.
  /// - Parameter afterEpoch: is called with each epoch compared, for progress.
  /// - Throws: ``Stop`` naming the first difference (`internalError` or `unusableData`), `configuration` where there is nothing
  ///   that this version can fold again, or `retryLater` where the broker did not answer.
  public mutating func run(
    journal: inout some JournalLog, log: inout Log, now: () -> Int64, afterEpoch: (UInt64) -> Void = { _ in }
  ) throws(Stop) -> Report {
    let bases = [nil] + checkpoints.reversed().map(Optional.some)
    var surveys = bases.map { JournalSurvey(lookingFor: $0?.header) }
    var tiling = Tiling()
    try journal.visit(from: nil, through: nil) { (content, offset) throws(Stop) in
      for index in surveys.indices { try surveys[index].note(content, at: offset) }
      try tiling.take(content)
      guard case .epoch(let entry) = content, let account = entry.lists, lists[account.version] != nil else { return }
      generatedAt[account.version] = account.generatedAt
    }
    let found = try AuditPlan(
      Array(zip(bases, surveys)), journal: &journal, log: &log, learnerVersion: learnerVersion)
    let plan = found.plan
    var report = Report()
    report.gaps = tiling.gaps
    report.unaudited = found.unaudited
    var recovered: Recovered
    switch plan.base {
    case .nothing:
      guard lists.isEmpty else {
        throw Stop(.unusableData, "there are lists, but the journal holds no era: its records were deleted")
      }
      return report
    case .origin(let era, let offset): recovered = try Recovery.begin(at: era, journalOffset: offset, window: window)
    case .checkpoint(let checkpoint, let snapshot):
      recovered = try Recovery.load(checkpoint, snapshot, window: window, learnerVersion: learnerVersion)
    }
    report.eras = 1
    var replay = Replay<Log>(from: recovered.withRecommender { $0.positions }, beginnings: found.beginnings)
    try journal.visit(plan.steps) { (step) throws(Stop) in
      guard found.lineage?.contains(step) == true else { return }
      switch step {
      case .era(let era, let offset):
        guard try Recovery.enter(era, in: &recovered, learnerVersion: learnerVersion) else {
          throw Recovery.otherBase(of: era, learnerVersion: learnerVersion)
        }
        report.eras += 1
        if era.accepted != nil {
          replay = Replay(from: recovered.withRecommender { $0.positions }, beginnings: found.beginnings)
        }
        try compareCheckpoints(digest: era.baseDigest, &report) {
          $0.epoch == era.baseEpoch && $0.journalOffset == offset
        }
      case .epoch(let entry, let offset):
        _ = try recovered.withRecommender { (recommender) throws(Stop) in
          try replay.fold(entry, into: &recommender, from: &log, now: now)
        }
        recovered.epoch = entry.epoch
        if report.firstEpoch == 0 { report.firstEpoch = entry.epoch }
        report.lastEpoch = entry.epoch
        report.records += entry.ranges.reduce(0) { $0 + $1.count }
        report.digest = entry.digest
        // A later offset is that of an era that was opened after the epoch.
        try compareCheckpoints(digest: entry.digest, &report) {
          $0.epoch == entry.epoch && $0.journalOffset <= offset
        }
        report.lists += try recovered.withRecommender { (recommender) throws(Stop) in
          try compareLists(of: entry.epoch, recommender)
        }
        afterEpoch(entry.epoch)
      }
    }
    let compared = lists.keys.filter { epoch in !report.unaudited.contains { $0.epochs.contains(epoch) } }
    for epoch in compared.sorted() where report.firstEpoch > 0 && epoch > report.firstEpoch {
      throw Stop(.internalError, "there are lists of version \(epoch), but the journal has no such epoch")
    }
    return report
  }

  private func compareCheckpoints(
    digest: UInt128, _ report: inout Report, where isThere: (CheckpointHeader) -> Bool
  ) throws(Stop) {
    for checkpoint in checkpoints where isThere(checkpoint.header) {
      guard checkpoint.header.digest == digest else {
        throw Stop(
          .internalError, "the checkpoint of epoch \(checkpoint.header.epoch) has another digest than the journal")
      }
      report.checkpoints += 1
    }
  }

  private mutating func compareLists(of epoch: UInt64, _ recommender: borrowing Recommender) throws(Stop) -> Int {
    let published = lists.removeValue(forKey: epoch) ?? []
    for list in published {
      let user = String(decoding: list.userID, as: UTF8.self)
      guard let row = recommender.learner.userRow(list.userID.span) else {
        throw Stop(.internalError, "there is a list of epoch \(epoch) for \(user), whom the model did not know then")
      }
      guard let generatedAt = generatedAt[epoch] else {
        throw Stop(.internalError, "there is a list of epoch \(epoch) for \(user), but the journal accounts for none")
      }
      let again = recommender.freeze(users: [row], version: epoch, generatedAt: generatedAt).lists()
      guard again.lists.first?.value == list.value else {
        throw Stop(
          .internalError, "the list of epoch \(epoch) for \(user) has other bytes than the state after it gives")
      }
    }
    return published.count
  }
}
