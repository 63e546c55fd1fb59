internal import Glibc
internal import Synchronization

/// Turns SIGTERM and SIGINT into a flag and a wake-up, on a thread of its own, where everything may be called.
///
///     let signals = try Signals { consumer.wake() }
///     while !signals.isStopRequested { … }
///
/// To be made by the main thread before any other thread begins: it blocks the signals, and threads inherit that. SIGPIPE
/// is ignored from then on; a closed connection is an error of the call that meets it.
package final class Signals: Sendable {
  private let arrivals: Arrivals
  private let thread: NamedThread

  private final class Arrivals: Sendable {
    let last = Atomic<Int32>(0)
    let isEnding = Atomic<Bool>(false)
  }

  /// Ends the thread. Ignored unless somebody waits for it, so a stray one does no harm.
  private static let ending = SIGURG

  /// Begins to listen.
  /// - Parameters:
  ///   - numbers: The signals that ask to stop.
  ///   - wake: Called after the flag is set, each time a signal comes, on the listening thread.
  package init(
    _ numbers: [Int32] = [SIGTERM, SIGINT], wake: @escaping @Sendable () -> Void
  ) throws(SystemError) {
    _ = signal(SIGPIPE, SIG_IGN)
    var set = sigset_t()
    // SAFETY: the set is a local; each call reads or writes it before it returns.
    unsafe sigemptyset(&set)
    for number in numbers { unsafe sigaddset(&set, number) }
    let masked = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    guard masked == 0 else { throw SystemError("pthread_sigmask", code: masked) }

    // SAFETY: as above.
    unsafe sigaddset(&set, Self.ending)
    let arrivals = Arrivals()
    self.arrivals = arrivals
    thread = try NamedThread(name: "signals", stackBytes: 256 << 10) { [set] in
      var set = set
      var number: Int32 = 0
      while !arrivals.isEnding.load(ordering: .acquiring) {
        // SAFETY: both are locals of this thread.
        guard unsafe sigwait(&set, &number) == 0, number != Self.ending else { continue }
        arrivals.last.store(number, ordering: .releasing)
        wake()
      }
    }
  }

  /// Whether one of the signals has come.
  package var isStopRequested: Bool {
    received != nil
  }

  /// The last signal that came.
  package var received: Int32? {
    let number = arrivals.last.load(ordering: .acquiring)
    return number == 0 ? nil : number
  }

  /// Ends the listening thread. The signals stay blocked. To be called once.
  package func stop() {
    arrivals.isEnding.store(true, ordering: .releasing)
    thread.signal(Self.ending)
    thread.join()
  }

  /// Sends a signal to the listening thread alone: a test cannot block signals in all of its process' threads.
  package func deliver(_ number: Int32) {
    thread.signal(number)
  }
}
