internal import Synchronization

/// What `/livez` and `/readyz` answer: written by the loop, read by the HTTP thread.
///
/// Live means that the loop turns: its last beat is not older than a limit. Ready means that recovery is over and lists
/// are being published. A supervisor restarts what is not live, and only waits for what is not ready.
package final class Health: Sendable {
  private let lastBeat: Atomic<Int64>
  private let limitNanoseconds: Int64
  /// Why the process is not ready; empty: it is.
  private let hindrance: Mutex<String>

  /// Live from `now` on, and not ready because it is starting.
  /// - Parameters:
  ///   - now: Monotonic nanoseconds.
  ///   - limitSeconds: The longest silence of a live loop.
  package init(now: Int64, limitSeconds: Int) {
    lastBeat = Atomic(now)
    limitNanoseconds = Int64(limitSeconds) * 1_000_000_000
    hindrance = Mutex("starting")
  }

  /// One turn of the loop.
  package func beat(now: Int64) {
    lastBeat.store(now, ordering: .relaxed)
  }

  /// Everything works.
  package func ready() {
    hindrance.withLock { $0 = "" }
  }

  /// Not ready, and why, for example `replaying`.
  package func notReady(_ reason: String) {
    precondition(!reason.isEmpty, "a reason has words")
    hindrance.withLock { $0 = reason }
  }

  /// 200, or 503 with the seconds of silence.
  package func livez(now: Int64) -> HTTPResponse {
    let silence = now - lastBeat.load(ordering: .relaxed)
    if silence <= limitNanoseconds { return HTTPResponse("ok\n") }
    return HTTPResponse(status: 503, "the loop has not turned for \(silence / 1_000_000_000) s\n")
  }

  /// 200, or 503 with the reason.
  package func readyz() -> HTTPResponse {
    let reason = hindrance.withLock { $0 }
    return reason.isEmpty ? HTTPResponse("ok\n") : HTTPResponse(status: 503, reason + "\n")
  }
}
