/// Why the daemon ends, and what whoever started it should do about it.
public struct Stop: Error, Equatable, Sendable, CustomStringConvertible {
  /// What to do next.
  public enum Reason: String, Sendable {
    /// Start again: fenced, outcome unknown, broker away.
    case retryLater
    /// The broker cannot be reached at start.
    case unavailable
    /// The data does not fit the state: somebody has to look.
    case unusableData
    /// The code or the machine is wrong.
    case internalError
    /// The configuration does not fit the journal.
    case configuration
  }

  /// What to do next.
  public let reason: Reason
  /// What happened, for a person.
  public let message: String

  /// Creates a stop.
  public init(_ reason: Reason, _ message: String) {
    self.reason = reason
    self.message = message
  }

  /// The message.
  public var description: String { message }
}
