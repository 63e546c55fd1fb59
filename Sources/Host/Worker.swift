/// One thread that does jobs in order and hands back their results.
///
///     let builder = try Worker(name: "index-builder", capacity: 1) { freeze in freeze.built() }
///     builder.submit(freeze)                 // false: busy
///     if let index = builder.poll() { … }    // never blocks
///
/// Bounded: jobs waiting, in hand and done but not yet taken are at most `capacity` together, so neither side can outrun
/// the other's memory. Made for one owner who submits and takes; any thread may.
package final class Worker<Job: Sendable, Output: Sendable>: Sendable {
  private struct State {
    var jobs: [Job] = []
    var results: [Output] = []
    var isBusy = false
    var isStopping = false
    var outstanding: Int { jobs.count + results.count + (isBusy ? 1 : 0) }
  }

  /// The most jobs that may be waiting, in hand, or done and not taken.
  package let capacity: Int
  private let state: Monitor<State>
  private let thread: NamedThread

  /// Starts the thread.
  /// - Parameters:
  ///   - name: The thread's name, at most 15 bytes.
  ///   - onResult: Called on the worker's thread when a result is ready, to wake an owner who waits for something else.
  ///   - run: Does one job, on the worker's thread.
  package init(
    name: String, capacity: Int, stackBytes: Int = 8 << 20, onResult: @escaping @Sendable () -> Void = {},
    run: @escaping @Sendable (Job) -> Output
  ) throws(SystemError) {
    precondition(capacity > 0, "a worker takes at least one job")
    self.capacity = capacity
    let state = Monitor(State())
    self.state = state
    // The thread holds the state, not the worker: nothing keeps the two alive in a circle.
    thread = try NamedThread(name: name, stackBytes: stackBytes) {
      while let job = Self.next(state) {
        let output = run(job)
        state.update {
          $0.isBusy = false
          $0.results.append(output)
        }
        onResult()
      }
    }
  }

  /// Hands over a job. False when the worker is full or stopping; the job is not kept then.
  package func submit(_ job: Job) -> Bool {
    state.update {
      guard !$0.isStopping, $0.outstanding < capacity else { return false }
      $0.jobs.append(job)
      return true
    }
  }

  /// The oldest result that nobody has taken, if there is one now.
  package func poll() -> Output? {
    state.update { $0.results.isEmpty ? nil : $0.results.removeFirst() }
  }

  /// The oldest result that nobody has taken, waiting for it until `deadline`; `nil` at once when there is no job that
  /// could bring one.
  /// - Parameter deadline: Nanoseconds of the monotonic clock; `nil`: as long as the jobs take.
  package func wait(until deadline: Int64? = nil) -> Output? {
    let answer: Output?? = state.wait(until: deadline) {
      if $0.outstanding == 0 { return .some(nil) }
      return $0.results.isEmpty ? nil : .some($0.results.removeFirst())
    }
    return answer ?? nil
  }

  /// Finishes the job in hand and ends the thread; jobs not begun are dropped. Results stay for ``poll()``. To be called
  /// once, by the owner.
  package func stop() {
    state.update {
      $0.isStopping = true
      $0.jobs = []
    }
    thread.join()
  }

  private static func next(_ state: Monitor<State>) -> Job? {
    let answer: Job?? = state.wait {
      if $0.isStopping { return .some(nil) }
      guard !$0.jobs.isEmpty else { return nil }
      $0.isBusy = true
      return .some($0.jobs.removeFirst())
    }
    return answer ?? nil
  }
}
