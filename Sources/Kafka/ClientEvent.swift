internal import Synchronization

/// Something a client reported outside of any call.
public enum ClientEvent: Equatable, Sendable {
  /// A line of librdkafka's log. `level` is syslog's: 3 error, 4 warning, 6 information.
  case log(level: Int32, facility: String, text: String)
  /// An error of the client as a whole: a failed login, no broker reachable, a fatal state.
  case error(KafkaError)
}

/// What a client reported, kept until somebody asks. Filled by librdkafka's threads, drained by any.
///
/// At most ``limit`` events are kept, the newest; ``Drained/dropped`` says how many others there were. The last error
/// is kept for good: a failed login is no error of the call that waits for it, which only times out.
public final class ClientEvents: Sendable {
  /// How many events are kept.
  public static let limit = 256

  /// Events since the last time, oldest first.
  public struct Drained: Sendable {
    /// What is left of them.
    public var events: [ClientEvent]
    /// How many older ones were dropped to stay within the limit.
    public var dropped: Int
  }

  private struct State {
    var drained = Drained(events: [], dropped: 0)
    var lastError: KafkaError?
    var failures: [KafkaError] = []
  }

  private let state = Mutex(State())

  init() {}

  func append(_ event: ClientEvent) {
    state.withLock { state in
      if state.drained.events.count == Self.limit {
        state.drained.events.removeFirst()
        state.drained.dropped += 1
      }
      state.drained.events.append(event)
      guard case .error(let error) = event else { return }
      state.lastError = error
      if error.stopsReading, state.failures.count < Self.limit { state.failures.append(error) }
    }
  }

  /// Takes the errors that stop a partition, or all of them, from being read. For the consumer, which reports them.
  func takeFailures() -> [KafkaError] {
    state.withLock { state in
      if state.failures.isEmpty { return [] }
      defer { state.failures = [] }
      return state.failures
    }
  }

  /// Takes everything there is.
  public func drain() -> Drained {
    state.withLock { state in
      let drained = state.drained
      state.drained = Drained(events: [], dropped: 0)
      return drained
    }
  }

  /// The newest error event ever, to be shown beside a call that timed out.
  public var lastError: KafkaError? {
    state.withLock { $0.lastError }
  }
}
