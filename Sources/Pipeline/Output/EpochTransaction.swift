/// Everything that goes out with one epoch, composed once: after an abort exactly this is sent again.
public struct EpochTransaction: Sendable {
  /// The epoch's number; 0 for a start record.
  public let epoch: UInt64
  /// Lists and tombstones, dead letters, and the journal record.
  public let records: [OutputRecord]
  /// The positions after the epoch, for lag tools. Nothing of ours reads them.
  public let offsets: [InputPosition]

  /// Creates a transaction.
  public init(epoch: UInt64, records: [OutputRecord], offsets: [InputPosition]) {
    self.epoch = epoch
    self.records = records
    self.offsets = offsets
  }
}

extension EpochTransaction {
  /// Composes an epoch's transaction, its journal entry included.
  /// - Parameters:
  ///   - ranges: what the inputs gave to the epoch.
  ///   - digest: the state's after it.
  ///   - yield: what folding it gave.
  ///   - lists: those that go out with it.
  ///   - isJournaled: false only where a benchmark asks what exactness costs.
  init(
    epoch: UInt64, ranges: [JournalEntry.Range], digest: UInt128, yield: FoldYield, lists: Outbox.Chunk,
    offsets: [InputPosition], isJournaled: Bool
  ) {
    let entry = JournalEntry(
      epoch: epoch, ranges: ranges, digest: digest,
      deadLetters: yield.counts.deadLetters.sorted { $0.key < $1.key }.map {
        JournalEntry.DeadLetterCount(reason: $0.key, count: $0.value)
      },
      lists: lists.account, tombstones: yield.forgotten.count)
    // Journal before lists: a reader that sees a list can already find the epoch it came from.
    let journal = OutputRecord(topic: .journal, key: nil, value: JournalContent.epoch(entry).encoded())
    let tombstones = yield.forgotten.map { OutputRecord(topic: .recommendations, key: $0, value: nil) }
    self.init(
      epoch: epoch, records: (isJournaled ? [journal] : []) + tombstones + yield.deadLetters + lists.records,
      offsets: offsets)
  }
}
