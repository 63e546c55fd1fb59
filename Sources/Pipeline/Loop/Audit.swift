public import Checkpoints
import FeedEvents
import Learning

/// An audit: folds the journaled ranges again in a fresh process, under the journaled configurations, and compares.
///
/// Compared are the input hash and the digest of every epoch, the tiling of ranges, the bases of eras, the checkpoints'
/// digests, and a sample of the published lists byte for byte.
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
    /// Epochs that were not compared: those before the base, and those that were given up.
    public var unaudited: [Acceptance.Epochs] = []
  }

  private var lists: [UInt64: [Published]]
  let checkpoints: [Checkpoint]
  private let window: Int
  /// By version, the time that the journal has for its lists.
  private var generatedAt: [UInt64: Int64] = [:]
  private let decoder = RecommendationsDecoder()

  /// Prepares an audit of these lists and checkpoints.
  public init(lists: [Published], checkpoints: [Checkpoint]) throws(Stop) {
    try self.init(lists: lists, checkpoints: checkpoints, window: EventWindow.limitEvents)
  }

  /// - Parameter window: how many events a duplicate was known for.
  init(lists: [Published], checkpoints: [Checkpoint], window: Int) throws(Stop) {
    self.lists = [:]
    self.checkpoints = checkpoints
    self.window = window
    for list in lists {
      do throws(RecommendationsError) {
        self.lists[UInt64(try decoder.decode(list.value).version), default: []].append(list)
      } catch {
        throw Stop(.internalError, "a record of the recommendations topic is no list: \(error)")
      }
    }
  }

  /// Goes through the journal from its first era, or from a checkpoint where what was before cannot be folded again. The tiling is
  /// that of the whole journal.
  /// - Parameter afterEpoch: is called with each epoch compared, for progress.
  /// - Throws: ``Stop`` naming the first difference (`internalError` or `unusableData`), or `retryLater` where the
  ///   broker did not answer.
  public mutating func run(
    journal: [JournalRecord], log: inout Log, now: () -> Int64, afterEpoch: (UInt64) -> Void = { _ in }
  ) throws(Stop) -> Report {
    var contents: [(offset: Int64, content: JournalContent)] = []
    for record in journal {
      do throws(JournalDecodingError) {
        contents.append((record.offset, try JournalContent(decoding: record)))
      } catch {
        throw Stop(.internalError, error.description)
      }
    }
    let base = try base(contents, &log)
    var tiling = Tiling()
    // Where acceptances have their checkpoints: these are not of the epoch before, though they have its number.
    var acceptances: Set<Int64> = []
    for (offset, content) in contents {
      try tiling.take(content)
      switch content {
      case .epoch(let entry): if let lists = entry.lists { generatedAt[lists.version] = lists.generatedAt }
      case .start(let start): if start.era?.accepted != nil { acceptances.insert(offset) }
      }
    }
    var report = Report()
    report.gaps = tiling.gaps
    if base.epoch > 0 { report.unaudited.append(Acceptance.Epochs(first: 1, last: base.epoch)) }
    report.unaudited += base.lineage.givenUp.reversed()
    var recovered: Recovered
    switch base.plan.base {
    case .nothing: return report
    case .origin(let era, let offset): recovered = try Recovery.begin(at: era, journalOffset: offset, window: window)
    case .checkpoint(let checkpoint, let snapshot):
      recovered = try Recovery.load(checkpoint, snapshot, window: window)
    }
    report.eras = 1
    var replay = Replay<Log>(from: recovered.withRecommender { $0.positions }, beginnings: base.beginnings)
    for step in base.lineage.steps {
      switch step {
      case .era(let era, let offset):
        guard try Recovery.enter(era, in: &recovered) else { throw Recovery.otherBase(of: era) }
        report.eras += 1
        guard era.accepted != nil else { continue }
        replay = Replay(from: recovered.withRecommender { $0.positions }, beginnings: base.beginnings)
        try compare(
          checkpoints.filter { $0.header.journalOffset == offset }, after: era.baseEpoch, with: era.baseDigest, &report)
      case .epoch(let entry, _):
        _ = try recovered.withRecommender { (recommender) throws(Stop) in
          try replay.fold(entry, into: &recommender, from: &log, now: now)
        }
        recovered.epoch = entry.epoch
        if report.firstEpoch == 0 { report.firstEpoch = entry.epoch }
        report.lastEpoch = entry.epoch
        report.records += entry.ranges.reduce(0) { $0 + $1.count }
        report.digest = entry.digest
        let ofEpoch = checkpoints.filter {
          $0.header.epoch == entry.epoch && !acceptances.contains($0.header.journalOffset)
        }
        try compare(ofEpoch, after: entry.epoch, with: entry.digest, &report)
        report.lists += try recovered.withRecommender { (recommender) throws(Stop) in
          try compareLists(of: entry.epoch, recommender)
        }
        afterEpoch(entry.epoch)
      }
    }
    let compared = lists.keys.filter { epoch in !report.unaudited.contains { $0.contains(epoch) } }
    for epoch in compared.sorted() where report.firstEpoch > 0 && epoch > report.firstEpoch {
      throw Stop(.internalError, "there are lists of version \(epoch), but the journal has no such epoch")
    }
    return report
  }

  private func compare(
    _ checkpoints: [Checkpoint], after epoch: UInt64, with digest: UInt128, _ report: inout Report
  ) throws(Stop) {
    for checkpoint in checkpoints {
      guard checkpoint.header.digest == digest else {
        throw Stop(.internalError, "the checkpoint of epoch \(epoch) has another digest than the journal")
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
