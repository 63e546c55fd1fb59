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
