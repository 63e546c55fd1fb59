/// One event as the notebooks see it: a row of each of two tables, and perhaps a label. Twelve bytes.
struct SeedExample: Equatable, Sendable {
  private let userRow: UInt32
  private let itemRow: UInt32
  /// The rating in its own unit; NaN for an event without one.
  let label: Float

  init(user: Int, item: Int, label: Float) {
    (userRow, itemRow) = (UInt32(user), UInt32(item))
    self.label = label
  }

  /// The user's row.
  var user: Int { Int(userRow) }
  /// The item's row.
  var item: Int { Int(itemRow) }
}
