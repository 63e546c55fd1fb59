/// What can be attached to a log line.
public protocol LogValue: Sendable {
  /// How the value is written.
  var logRepresentation: LogRepresentation { get }
}

/// A value's form in a log line.
public enum LogRepresentation: Equatable, Sendable {
  /// Written as it is in text and in JSON: a number that JSON knows, `true` or `false`.
  case literal(String)
  /// Written in quotes where needed.
  case text(String)
}

extension String: LogValue {
  /// The text itself.
  public var logRepresentation: LogRepresentation { .text(self) }
}

extension Substring: LogValue {
  /// The text itself.
  public var logRepresentation: LogRepresentation { .text(String(self)) }
}

extension Bool: LogValue {
  /// `true` or `false`.
  public var logRepresentation: LogRepresentation { .literal("\(self)") }
}

extension Double: LogValue {
  /// A number; JSON has none for infinities and NaN, which are written as text.
  public var logRepresentation: LogRepresentation { isFinite ? .literal("\(self)") : .text("\(self)") }
}

extension Int: LogValue {
  /// A whole number.
  public var logRepresentation: LogRepresentation { .literal("\(self)") }
}

extension Int32: LogValue {
  /// A whole number.
  public var logRepresentation: LogRepresentation { .literal("\(self)") }
}

extension Int64: LogValue {
  /// A whole number.
  public var logRepresentation: LogRepresentation { .literal("\(self)") }
}

extension UInt64: LogValue {
  /// A whole number.
  public var logRepresentation: LogRepresentation { .literal("\(self)") }
}
