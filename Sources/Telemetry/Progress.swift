/// Shows a ``ProgressBar`` while a task runs: redrawn in place on a terminal, otherwise a line every ten seconds, so that a
/// log file stays readable.
public struct Progress {
  static let redrawNanoseconds: Int64 = 100_000_000
  static let lineNanoseconds: Int64 = 10_000_000_000

  private let bar: ProgressBar
  private let isTerminal: Bool
  private let begin: Int64
  private var shown: Int64
  private let write: (String) -> Void

  /// Begins now.
  /// - Parameters:
  ///   - now: A monotonic time in nanoseconds.
  ///   - write: Takes what is to be shown.
  public init(
    _ bar: ProgressBar, now: Int64 = SystemClock.monotonicNanoseconds(), isTerminal: Bool = StandardError.isTerminal,
    write: @escaping (String) -> Void = { StandardError.write($0) }
  ) {
    self.bar = bar
    self.isTerminal = isTerminal
    self.begin = now
    self.shown = now
    self.write = write
  }

  /// Shows how far the task is, when the last time is long enough ago. Cheap otherwise.
  public mutating func update(done: Int, now: Int64 = SystemClock.monotonicNanoseconds()) {
    guard now - shown >= (isTerminal ? Self.redrawNanoseconds : Self.lineNanoseconds) else { return }
    shown = now
    show(done, now, end: isTerminal ? "" : "\n")
  }

  /// Shows the end and leaves it standing.
  public func finish(done: Int, now: Int64 = SystemClock.monotonicNanoseconds()) {
    show(done, now, end: "\n")
  }

  private func show(_ done: Int, _ now: Int64, end: String) {
    let line = bar.line(done: done, seconds: Double(now - begin) / 1e9)
    // Carriage return and "erase to the end of the line" (ECMA-48, EL).
    write((isTerminal ? "\r\u{1b}[K" : "") + line + end)
  }
}
