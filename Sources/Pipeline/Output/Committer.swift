/// Brings one epoch's transaction through, whatever the broker answers short of the end.
///
///     begin ► offsets ► records ► commit ──ok──► receipt
///       ▲        │ abortable, outage    │ retriable: the same call again, commitDeadline at the most
///       └─ abort ◄─────────────┴────────┘
///
/// A transaction counts as sent only when every record was handed over without error and every delivery report is in: a
/// produce call that fails does not fail the transaction by itself (librdkafka 2.0.2).
public struct Committer<Output: TransactionalOutput> {
  /// How often the same abort may come back, from a broker that answers, before it is taken for one that will not go away.
  public static var sameAbortLimit: Int { 3 }
  /// How long a commit may go unanswered before its outcome counts as unknown, in milliseconds.
  public static var commitDeadlineMilliseconds: Int64 { 120_000 }

  /// The broker's side.
  public var output: Output
  let now: () -> Int64
  private let plantedBug: PlantedBug?

  /// Creates a committer over `output`; `now` is the monotonic time in milliseconds. A bug is planted by tests only.
  public init(output: Output, plantedBug: PlantedBug? = nil, now: @escaping () -> Int64) {
    self.output = output
    self.plantedBug = plantedBug
    self.now = now
  }

  /// Fences the predecessor.
  public mutating func initialize() throws(Stop) {
    let deadline = now() + Self.commitDeadlineMilliseconds
    while true {
      do {
        return try output.initialize()
      } catch {
        switch error {
        case .retriable(let reason), .abortable(let reason), .outage(let reason):
          if now() >= deadline { throw Stop(.retryLater, "the broker does not take us on: \(reason)") }
        case .fenced(let reason):
          throw Stop(.retryLater, "fenced at start: \(reason)")
        case .fatal(let reason):
          throw Stop(.unavailable, "cannot start transactions: \(reason)")
        }
      }
    }
  }

  /// Sends and commits `transaction`.
  /// - Throws: ``Stop``: fenced or unknown outcome (come back later), or an abort that does not go away.
  public mutating func commit(_ transaction: EpochTransaction) throws(Stop) -> CommitReceipt {
    var transaction = transaction
    var lastAbort = ""
    var sameAborts = 0
    let deadline = now() + Self.commitDeadlineMilliseconds
    while true {
      do {
        return try attempt(transaction)
      } catch {
        switch error {
        case .fenced(let reason):
          throw Stop(.retryLater, "fenced in epoch \(transaction.epoch): \(reason)")
        case .fatal(let reason):
          throw Stop(.retryLater, "the producer has failed in epoch \(transaction.epoch): \(reason)")
        case .retriable(let reason):
          throw Stop(.retryLater, "epoch \(transaction.epoch): outcome of the commit unknown: \(reason)")
        case .outage(let reason):
          guard now() < deadline else {
            throw Stop(.retryLater, "epoch \(transaction.epoch): the broker does not take it: \(reason)")
          }
          sameAborts = 0
          try abort(transaction.epoch)
        case .abortable(let reason):
          sameAborts = reason == lastAbort ? sameAborts + 1 : 1
          lastAbort = reason
          if sameAborts == Self.sameAbortLimit {
            throw Stop(.internalError, "epoch \(transaction.epoch) was aborted \(sameAborts) times: \(reason)")
          }
          try abort(transaction.epoch)
        }
        if isPlanted(.epochRecomposedAfterAbort, plantedBug) {
          transaction = EpochTransaction(
            epoch: transaction.epoch, records: transaction.records.filter { $0.topic != .recommendations },
            offsets: transaction.offsets)
        }
      }
    }
  }

  private mutating func attempt(_ transaction: EpochTransaction) throws(OutputError) -> CommitReceipt {
    try retrying { (output) throws(OutputError) in try output.begin() }
    if !transaction.offsets.isEmpty {
      do {
        try output.send(offsets: transaction.offsets)
      } catch .retriable(let reason) {
        // Calling it again would be allowed, but the broker may have taken the first: only an abort makes it certain.
        throw .outage(reason)
      }
    }
    for record in transaction.records {
      do { try retrying { (output) throws(OutputError) in try output.send(record) } } catch {
        guard isPlanted(.failedSendIgnored, plantedBug), case .abortable = error else { throw error }
      }
    }
    if isPlanted(.unknownCommitTakenForAbort, plantedBug) {
      do { return try output.commit() } catch .retriable(let reason) { throw .abortable(reason) }
    }
    let receipt = try retrying { (output) throws(OutputError) in try output.commit() }
    guard receipt.delivered == transaction.records.count || isPlanted(.failedSendIgnored, plantedBug) else {
      throw .fatal(
        "\(receipt.delivered) of \(transaction.records.count) records were delivered in a committed transaction")
    }
    return receipt
  }

  private mutating func abort(_ epoch: UInt64) throws(Stop) {
    do {
      try retrying { (output) throws(OutputError) in try output.abort() }
    } catch {
      throw Stop(.retryLater, "epoch \(epoch) can neither be committed nor aborted: \(error)")
    }
  }

  /// Repeats the same call while the broker says so, until the deadline.
  private mutating func retrying<Result>(
    _ call: (inout Output) throws(OutputError) -> Result
  ) throws(OutputError) -> Result {
    let deadline = now() + Self.commitDeadlineMilliseconds
    while true {
      do {
        return try call(&output)
      } catch {
        guard case .retriable = error, now() < deadline else { throw error }
      }
    }
  }
}
