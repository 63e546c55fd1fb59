package import Host
package import Pipeline

/// Computes lists on a thread of its own.
package struct ThreadedWorkshop: ListWorkshop {
  private let worker: Worker<Freeze, FinishedLists>

  /// Starts the thread; `onResult` is called on it when lists are done.
  package init(onResult: @escaping @Sendable () -> Void) throws(SystemError) {
    worker = try Worker(name: "list-builder", capacity: 1, onResult: onResult) { freeze in freeze.lists() }
  }

  package mutating func start(_ freeze: Freeze) {
    precondition(worker.submit(freeze), "one freeze at a time")
  }

  package mutating func finished() -> FinishedLists? { worker.poll() }

  /// Ends the thread.
  package func stop() { worker.stop() }
}
