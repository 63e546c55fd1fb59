/// Identifiers by row, in one allocation. They are bytes and are only ever appended, so that a copy costs nothing until the
/// original grows.
public struct IdentifierArena: Equatable, Sendable {
  private var bytes: [UInt8] = []
  private var ends: [UInt32] = []

  /// No identifiers.
  public init() {}

  /// The number of identifiers.
  public var count: Int { ends.count }

  private func range(_ row: Int) -> Range<Int> {
    (row == 0 ? 0 : Int(ends[row - 1]))..<Int(ends[row])
  }

  /// Adds an identifier; returns its row. All of them together may have 4 GiB.
  @discardableResult
  public mutating func append(_ identifier: Span<UInt8>) -> Int {
    // SAFETY: the bytes are copied before the closure ends.
    unsafe identifier.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    ends.append(UInt32(bytes.count))
    return ends.count - 1
  }

  /// The identifier in a row, copied.
  public func bytes(of row: Int) -> [UInt8] { Array(bytes[range(row)]) }

  /// Whether the identifier in row `a` comes before that in row `b`, by bytes.
  public func precedes(_ a: Int, _ b: Int) -> Bool {
    bytes[range(a)].lexicographicallyPrecedes(bytes[range(b)])
  }

  /// Writes all identifiers.
  public func write(to writer: inout ByteWriter) {
    writer.write(ends)
    writer.write(prefixed: bytes)
  }

  /// Reads what ``write(to:)`` wrote.
  public init(from reader: inout ByteReader) throws(CheckpointError) {
    ends = try reader.readUInt32s()
    bytes = try reader.readPrefixed()
    guard zip(ends, ends.dropFirst()).allSatisfy({ $0 <= $1 }), Int(ends.last ?? 0) == bytes.count else {
      throw .malformed("identifiers do not fill their bytes")
    }
  }
}
