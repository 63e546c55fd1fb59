/// A named and versioned part of a checkpoint, opaque to this module.
public struct Section: Equatable, Sendable {
  /// The longest name allowed.
  public static let maximumNameBytes = 24

  /// 1...24 printable ASCII characters.
  public let name: String
  /// The payload's own layout version.
  public let version: UInt16
  /// What the section holds.
  public let payload: [UInt8]

  /// Creates a section. The name must be 1...24 printable ASCII characters.
  public init(name: String, version: UInt16, payload: [UInt8]) {
    precondition(
      Section.isValid(name: Array(name.utf8)), "\(name) is no section name: 1...24 printable ASCII characters")
    self.name = name
    self.version = version
    self.payload = payload
  }

  static func isValid(name: [UInt8]) -> Bool {
    (1...maximumNameBytes).contains(name.count) && name.allSatisfy { (0x21...0x7E).contains($0) }
  }
}
