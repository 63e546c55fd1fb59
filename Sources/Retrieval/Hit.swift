/// An item that was found.
public struct Hit: Equatable, Sendable {
  /// The item's row.
  public var row: UInt32
  /// query · vector + bias, see ``ItemIndex/score(query:vector:bias:)``.
  public var score: Float

  /// Creates a hit.
  public init(row: UInt32, score: Float) {
    self.row = row
    self.score = score
  }
}
