/// A property that was refused, before any broker was asked.
public enum PropertyError: Error, Equatable, Sendable {
  /// One property: its name, its value (hidden when it is a secret), and what would have been accepted.
  case refused(name: String, value: String, allowed: String)
  /// librdkafka would not make a client of properties that are fine one by one, for example a certificate that cannot
  /// be read.
  case rejected(String)
}

extension PropertyError: CustomStringConvertible {
  /// Names the property, the value and what is allowed.
  public var description: String {
    switch self {
    case .refused(let name, let value, let allowed): "\(name) is \"\(value)\", allowed is \(allowed)"
    case .rejected(let text): text
    }
  }
}
