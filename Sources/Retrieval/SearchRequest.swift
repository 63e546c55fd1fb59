/// One user's part of a search for several users.
public struct SearchRequest: Sendable {
  /// The user's vector.
  public var query: [Float]
  /// How many items to find, 1...``ItemIndex/maximumCount``.
  public var count: Int
  /// Rows not to be found.
  public var excluding: [UInt32]
  /// Rows that may well be among the best; they save time and never change the result.
  public var likely: [UInt32]

  /// Creates a request.
  public init(query: [Float], count: Int, excluding: [UInt32] = [], likely: [UInt32] = []) {
    self.query = query
    self.count = count
    self.excluding = excluding
    self.likely = likely
  }
}
