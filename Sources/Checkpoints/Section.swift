/// A named, versioned part of a checkpoint.
public struct Section: Equatable, Sendable {
  /// 1...24 characters of printable ASCII.
  public let name: String
  /// The version of the payload's layout.
  public let version: UInt16
  /// The bytes.
  public let payload: [UInt8]

  /// The longest name, in bytes.
  public static let nameLimitBytes = 24

  /// Creates a section. A name that does not fit is a programmer error.
  public init(name: String, version: UInt16, payload: [UInt8]) {
    precondition((1...Self.nameLimitBytes).contains(name.utf8.count), "\(name) is not 1...24 bytes long")
    precondition(name.utf8.allSatisfy { (0x21...0x7e).contains($0) }, "\(name) is not printable ASCII")
    self.name = name
    self.version = version
    self.payload = payload
  }
}
