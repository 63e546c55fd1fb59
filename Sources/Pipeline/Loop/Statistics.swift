public import Checkpoints

/// A checkpoint slot that does not verify.
public struct DamagedSlot: Equatable, Sendable {
  /// Its file name.
  public let name: String
  /// What is wrong with it.
  public let error: CheckpointError
}

/// What a loop has done since it was started.
public struct Statistics: Equatable, Sendable {
  /// What happened to the records.
  public var counts = FoldCounts()
  /// Records that the broker delivered again and that were left out.
  public var redelivered = 0
  /// Epochs committed.
  public var epochs = 0
  /// Freezes taken.
  public var freezes = 0
  /// Lists published.
  public var listsPublished = 0
  /// Their bytes.
  public var listBytes = 0
  /// Tombstones published.
  public var tombstones = 0
  /// Checkpoints written.
  public var checkpoints = 0
  /// Epochs folded again at the start.
  public var replayedEpochs = 0
  /// Checkpoint slots that did not verify at the start.
  public var damagedSlots: [DamagedSlot] = []
  /// What had to be accepted at the start.
  public var accepted: AcceptedEra?

  /// Nothing yet.
  public init() {}
}

/// What the loop is doing.
public enum Phase: String, Sendable, CaseIterable {
  /// Waiting for records and taking them in.
  case polling
  /// Decoding and learning.
  case folding
  /// Putting the transaction together.
  case assembling
  /// Copying vectors for lists.
  case freezing
  /// Waiting for the broker's acknowledgement.
  case waiting
  /// Writing a checkpoint.
  case checkpointing
  /// Outside of the loop.
  case outside
}

/// Is told when the loop goes from one phase to the next. It has a clock; the loop has none.
public protocol PhaseObserver: AnyObject {
  /// From now on the loop is in `phase`.
  func enter(_ phase: Phase)
}
