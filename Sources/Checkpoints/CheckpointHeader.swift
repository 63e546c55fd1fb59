/// What a checkpoint says about itself; the format number is written beside it.
public struct CheckpointHeader: Equatable, Sendable {
  /// The version of the learner whose state this is.
  public var learnerVersion: UInt32
  /// The era, counted by start records that opened one.
  public var era: UInt64
  /// The committed epoch after which the state was taken.
  public var epoch: UInt64
  /// Where a start goes on reading the journal.
  public var journalOffset: Int64
  /// Floats per embedding.
  public var dimension: UInt32
  /// The state's digest.
  public var digest: UInt128

  /// Creates a header.
  public init(
    learnerVersion: UInt32, era: UInt64, epoch: UInt64, journalOffset: Int64, dimension: UInt32, digest: UInt128
  ) {
    self.learnerVersion = learnerVersion
    self.era = era
    self.epoch = epoch
    self.journalOffset = journalOffset
    self.dimension = dimension
    self.digest = digest
  }

  /// Whether the other checkpoint is of a later epoch, or was written at a later place of the journal after the same one.
  public func isOlder(than other: CheckpointHeader) -> Bool {
    (epoch, journalOffset) < (other.epoch, other.journalOffset)
  }
}
