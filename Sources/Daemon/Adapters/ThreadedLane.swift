package import Host
package import Pipeline
internal import Telemetry

/// Commits on a thread of its own, so that the loop polls the next epoch meanwhile.
package struct ThreadedLane: CommitLane {
  enum Job: Sendable {
    case initialize
    case commit(EpochTransaction)
  }

  private let worker: Worker<Job, Result<CommitReceipt, Stop>>

  /// Starts the thread.
  /// - Parameters:
  ///   - onResult: called on that thread when a transaction has ended.
  ///   - committer: makes the committer, on that thread.
  package init<Output: TransactionalOutput & SendableMetatype>(
    onResult: @escaping @Sendable () -> Void, committer: @escaping @Sendable () throws(Stop) -> Committer<Output>
  ) throws(SystemError) {
    let confined = Confined<Committer<Output>>()
    worker = try Worker(name: "committer", capacity: 1, onResult: onResult) { job in
      do throws(Stop) {
        return .success(
          try confined.with(making: committer) { (committer) throws(Stop) in
            switch job {
            case .initialize:
              try committer.initialize()
              return CommitReceipt(delivered: 0, journalOffset: -1)
            case .commit(let transaction):
              return try committer.commit(transaction)
            }
          })
      } catch {
        return .failure(error)
      }
    }
  }

  package mutating func initialize() throws(Stop) { _ = try run(.initialize) }

  package mutating func commit(_ transaction: EpochTransaction) throws(Stop) -> CommitReceipt {
    try run(.commit(transaction))
  }

  private func run(_ job: Job) throws(Stop) -> CommitReceipt {
    precondition(worker.submit(job), "one transaction at a time")
    return try worker.wait()!.get()
  }

  package mutating func submit(_ transaction: EpochTransaction) {
    precondition(worker.submit(.commit(transaction)), "one transaction at a time")
  }

  package mutating func outcome(until deadline: Int64) -> Result<CommitReceipt, Stop>? {
    let wait = deadline - SystemClock.wallMilliseconds()
    guard wait > 0 else { return worker.poll() }
    return worker.wait(until: SystemClock.monotonicNanoseconds() + wait * 1_000_000)
  }

  /// Ends the thread.
  package func stop() { worker.stop() }
}

/// A value that lives on one thread and is made there when it is first used.
// SAFETY: @unchecked Sendable. The worker's closure is the only one that holds it, and that runs on the worker's thread alone.
final class Confined<Value>: @unchecked Sendable {
  private var value: Value?

  func with<Result, Failure: Error>(
    making make: () throws(Failure) -> Value, _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    if value == nil { value = try make() }
    return try body(&value!)
  }
}
