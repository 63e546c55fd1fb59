/// How much a log line matters. The order of the cases is the order of importance.
public enum LogLevel: String, CaseIterable, Comparable, Sendable {
  /// For somebody who is looking for something.
  case debug
  /// What happened, as planned.
  case info
  /// Not as planned, and the process goes on.
  case warning
  /// The process, or what it was asked to do, ends.
  case error

  /// Less important first.
  public static func < (left: LogLevel, right: LogLevel) -> Bool {
    left.rank < right.rank
  }

  private var rank: Int {
    switch self {
    case .debug: 0
    case .info: 1
    case .warning: 2
    case .error: 3
    }
  }
}
