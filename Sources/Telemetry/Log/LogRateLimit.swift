/// Keeps a message that repeats without end from filling the disk: per message, `burst` lines in each `interval`, and
/// afterwards one line that says how many there were. Pure; messages are constants, so the table is small.
struct LogRateLimit {
  static let burst = 20
  static let intervalMilliseconds: Int64 = 10_000

  private struct Window {
    var begin: Int64
    var written = 0
    var suppressed = 0
  }

  private var windows: [String: Window] = [:]

  /// Whether a line with this message may be written now.
  mutating func admits(_ message: String, at milliseconds: Int64) -> Bool {
    var window = windows[message] ?? Window(begin: milliseconds)
    defer { windows[message] = window }
    guard window.written < Self.burst else {
      window.suppressed += 1
      return false
    }
    window.written += 1
    return true
  }

  /// Closes the windows that are over, or were begun by a clock that has since been set back, and returns what they
  /// left out, by message.
  mutating func expire(at milliseconds: Int64) -> [(message: String, count: Int)] {
    var left: [(message: String, count: Int)] = []
    for (message, window) in windows
    where !(window.begin..<window.begin + Self.intervalMilliseconds).contains(milliseconds) {
      if window.suppressed > 0 { left.append((message, window.suppressed)) }
      windows[message] = nil
    }
    return left.sorted { $0.message < $1.message }
  }
}
