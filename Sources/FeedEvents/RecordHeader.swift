/// A header of a Kafka record. Names may repeat; of headers that mean one thing, the last counts.
public struct RecordHeader: Equatable, Sendable {
  /// The name, UTF-8 bytes.
  public var name: [UInt8]
  /// Any bytes, or null.
  public var value: [UInt8]?

  /// Creates a header.
  public init(name: [UInt8], value: [UInt8]?) {
    self.name = name
    self.value = value
  }

  /// Creates a header of text.
  public init(_ name: String, _ value: String) {
    self.init(name: Array(name.utf8), value: Array(value.utf8))
  }
}
