/// A named part.
public struct Section: Sendable {
  /// Name.
  public let name: String
  /// Version.
  public let version: UInt16
  /// Payload.
  public let payload: [UInt8]
  /// Creates.
  public init(name: String, version: UInt16, payload: [UInt8]) {
    self.name = name
    self.version = version
    self.payload = payload
  }
}
