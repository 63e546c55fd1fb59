/// Byte strings numbered from 0, in two arrays however many there are.
///
/// Append-only. Ids are bytes and are compared as bytes, never as `String`, which merges distinct spellings. A copy shares
/// the storage until one of the two appends.
///
///     offsets  0     3       7   7        row 0 is bytes 0..<3, row 1 is 3..<7, row 2 is empty
///              ▼     ▼       ▼
///     bytes    a b c d e f g
public struct IdentifierArena: Equatable, Sendable {
  /// All identifiers, one after the other.
  public private(set) var bytes: [UInt8] = []
  /// Row r is `bytes[offsets[r]..<offsets[r + 1]]`.
  public private(set) var offsets: [UInt64] = [0]

  /// No identifiers.
  public init() {}

  /// How many identifiers there are.
  public var count: Int { offsets.count - 1 }

  /// The length of all identifiers together.
  public var byteCount: Int { bytes.count }

  /// Makes room for `rows` more identifiers of `bytes` bytes in all.
  public mutating func reserve(rows: Int, bytes: Int) {
    offsets.reserveCapacity(offsets.count + rows)
    self.bytes.reserveCapacity(self.bytes.count + bytes)
  }

  /// Adds an identifier. O(its length), amortized.
  /// - Returns: its row, which is the count before.
  @discardableResult
  public mutating func append(_ identifier: Span<UInt8>) -> Int {
    // SAFETY: the bytes are copied before the closure returns.
    unsafe identifier.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    offsets.append(UInt64(bytes.count))
    return count - 1
  }

  /// Adds an identifier. O(its length), amortized.
  /// - Returns: its row, which is the count before.
  @discardableResult
  public mutating func append(_ identifier: [UInt8]) -> Int {
    append(identifier.span)
  }

  /// The identifier of a row, sharing the arena's storage; `Array(arena[row])` is a copy of its own.
  public subscript(row: Int) -> ArraySlice<UInt8> {
    bytes[Int(offsets[row])..<Int(offsets[row + 1])]
  }

  /// Whether the row's identifier is exactly these bytes.
  public func matches(_ row: Int, _ identifier: Span<UInt8>) -> Bool {
    let start = Int(offsets[row])
    guard Int(offsets[row + 1]) - start == identifier.count else { return false }
    for index in identifier.indices where bytes[start + index] != identifier[index] { return false }
    return true
  }

  /// Orders two rows by their bytes, unsigned, a prefix first: negative, zero or positive as `memcmp` has it.
  public func compare(_ left: Int, _ right: Int) -> Int {
    let (leftStart, rightStart) = (Int(offsets[left]), Int(offsets[right]))
    let (leftCount, rightCount) = (Int(offsets[left + 1]) - leftStart, Int(offsets[right + 1]) - rightStart)
    for index in 0..<min(leftCount, rightCount) {
      let difference = Int(bytes[leftStart + index]) - Int(bytes[rightStart + index])
      if difference != 0 { return difference }
    }
    return leftCount - rightCount
  }

  /// Whether the left row's identifier comes before the right row's.
  public func precedes(_ left: Int, _ right: Int) -> Bool {
    compare(left, right) < 0
  }

  /// Writes the arena in two pieces.
  public func encode(to writer: inout ByteWriter) {
    writer.write(offsets)
    writer.write(bytes)
  }

  /// Reads what ``encode(to:)`` wrote.
  /// - Throws: ``CheckpointError/truncated``; ``CheckpointError/malformed(_:)`` if the offsets are not ascending from 0 to
  ///   the number of bytes.
  public init(from reader: inout ByteReader) throws(CheckpointError) {
    offsets = try reader.read()
    bytes = try reader.read()
    guard offsets.first == 0, offsets.last == UInt64(bytes.count) else {
      throw .malformed("identifier offsets do not span the identifiers")
    }
    for row in 1..<offsets.count where offsets[row - 1] > offsets[row] {
      throw .malformed("identifier offsets do not ascend")
    }
  }
}
