/// Ids.
public struct IdentifierArena: Sendable {
  private var storage: [UInt8] = []
  private var ends: [Int] = []
  /// Empty.
  public init() {}
  /// How many.
  public var count: Int { ends.count }
  /// Appends.
  @discardableResult public mutating func append(_ bytes: Span<UInt8>) -> Int {
    for i in bytes.indices { storage.append(bytes[i]) }
    ends.append(storage.count)
    return ends.count - 1
  }
  /// The id.
  public func bytes(of row: Int) -> [UInt8] { Array(storage[(row == 0 ? 0 : ends[row - 1])..<ends[row]]) }
}
