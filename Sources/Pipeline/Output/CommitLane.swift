/// Where transactions are brought through: a thread of its own in the daemon, so that the next epoch can be polled while
/// this one commits.
public protocol CommitLane {
  /// Fences the predecessor. Blocks.
  mutating func initialize() throws(Stop)
  /// Commits and waits: start records.
  mutating func commit(_ transaction: EpochTransaction) throws(Stop) -> CommitReceipt
  /// Starts committing. One transaction at a time.
  mutating func submit(_ transaction: EpochTransaction)
  /// How the submitted transaction ended, once. Waits until `deadline` (wall clock, milliseconds); nil: not yet.
  mutating func outcome(until deadline: Int64) -> Result<CommitReceipt, Stop>?
}

/// A lane that commits on the caller's thread.
public struct InlineLane<Output: TransactionalOutput>: CommitLane {
  /// The committer.
  public var committer: Committer<Output>
  private var result: Result<CommitReceipt, Stop>?

  /// Creates a lane.
  public init(_ committer: Committer<Output>) {
    self.committer = committer
  }

  /// Fences the predecessor.
  public mutating func initialize() throws(Stop) { try committer.initialize() }

  /// Commits and waits.
  public mutating func commit(_ transaction: EpochTransaction) throws(Stop) -> CommitReceipt {
    try committer.commit(transaction)
  }

  /// Commits now; ``outcome(until:)`` tells.
  public mutating func submit(_ transaction: EpochTransaction) {
    precondition(result == nil, "one transaction at a time")
    do { result = .success(try committer.commit(transaction)) } catch { result = .failure(error) }
  }

  /// How it ended.
  public mutating func outcome(until deadline: Int64) -> Result<CommitReceipt, Stop>? {
    defer { result = nil }
    return result
  }
}
