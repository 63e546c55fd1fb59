internal import Host
internal import Kafka
internal import Pipeline
internal import Synchronization
internal import Telemetry

/// Asks the cluster, on a thread of its own, what nobody is told by itself: once a second how far the logs reach, once a
/// minute whether topics still have as many partitions as at the start.
///
/// A partition added to a topic moves users to other partitions, and raises no event with explicit assignment.
final class LagWatch: Sendable {
  private struct State {
    var next: [Int64]
    var ends: [Int64]
    var change: String?
    var isStopping = false
  }

  static let lagNanoseconds: Int64 = 1_000_000_000
  static let partitionsNanoseconds: Int64 = 60_000_000_000

  private let state: Monitor<State>
  private let thread: NamedThread

  init(_ consumer: Consumer, inputs: [InputPartition], next: [Int64]) throws(SystemError) {
    let state = Monitor(State(next: next, ends: next))
    self.state = state
    let partitions = inputs.map { TopicPartition($0.topic, $0.partition) }
    let counts = Dictionary(inputs.map { ($0.topic, 1) }, uniquingKeysWith: +)
    thread = try NamedThread(name: "lag", stackBytes: 512 << 10) {
      var countedAt = SystemClock.monotonicNanoseconds()
      while true {
        let now = SystemClock.monotonicNanoseconds()
        let isStopping: Bool? = state.wait(until: now + Self.lagNanoseconds) { $0.isStopping ? true : nil }
        if isStopping == true { return }
        if let ends = try? consumer.ends(of: partitions, timeoutMilliseconds: 1_000) {
          state.update { $0.ends = partitions.map { ends[$0] ?? 0 } }
        }
        guard now - countedAt >= Self.partitionsNanoseconds else { continue }
        countedAt = now
        for (topic, count) in counts {
          guard let found = try? consumer.partitionCount(of: topic, timeoutMilliseconds: 5_000), found != count else {
            continue
          }
          state.update { $0.change = "\(topic) has \(found) partitions now, it had \(count) at the start" }
        }
      }
    }
  }

  /// Notes how far the loop is.
  func update(next: [Int64]) { state.update { $0.next = next } }

  /// Records not yet folded, counting the places that control records take.
  var lag: Int64 {
    state.update { state in zip(state.ends, state.next).reduce(0) { $0 + max(0, $1.0 - $1.1) } }
  }

  /// What has changed about the topics since the start, in words.
  var change: String? { state.update { $0.change } }

  func stop() {
    state.update { $0.isStopping = true }
    thread.join()
  }
}
