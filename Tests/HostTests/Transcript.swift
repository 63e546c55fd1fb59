import Synchronization

/// Collects what somebody writes.
final class Transcript: Sendable {
  private let content = Mutex("")

  var text: String { content.withLock { $0 } }

  @Sendable func write(_ text: String) {
    content.withLock { $0 += text }
  }
}
