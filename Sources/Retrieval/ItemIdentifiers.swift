/// The items' ids, which decide ties: row r is `bytes[offsets[r]..<offsets[r + 1]]`.
public struct ItemIdentifiers: Sendable {
  /// All ids, one after the other.
  public let bytes: [UInt8]
  /// One more than there are rows, ascending, from 0 to the number of bytes.
  public let offsets: [UInt64]

  /// How many ids there are.
  public var count: Int { offsets.count - 1 }

  /// Shares the arrays. O(rows), because the offsets are checked.
  public init(bytes: [UInt8], offsets: [UInt64]) {
    precondition(offsets.first == 0 && offsets.last == UInt64(bytes.count), "offsets must span the bytes")
    for row in 1..<offsets.count {
      precondition(offsets[row - 1] <= offsets[row], "offsets must ascend, row \(row) does not")
    }
    self.bytes = bytes
    self.offsets = offsets
  }

  /// Whether the left row comes first: by unsigned bytes, a prefix first, equal ids by row.
  func precedes(_ left: UInt32, _ right: UInt32) -> Bool {
    let leftBytes = bytes[Int(offsets[Int(left)])..<Int(offsets[Int(left) + 1])]
    let rightBytes = bytes[Int(offsets[Int(right)])..<Int(offsets[Int(right) + 1])]
    var (leftIndex, rightIndex) = (leftBytes.startIndex, rightBytes.startIndex)
    while leftIndex < leftBytes.endIndex, rightIndex < rightBytes.endIndex {
      let (one, other) = (bytes[leftIndex], bytes[rightIndex])
      if one != other { return one < other }
      leftIndex += 1
      rightIndex += 1
    }
    return leftBytes.count == rightBytes.count ? left < right : leftBytes.count < rightBytes.count
  }
}
