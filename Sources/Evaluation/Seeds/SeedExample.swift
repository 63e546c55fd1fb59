/// One event as the notebooks see it: a row of each of two tables, and perhaps a label.
struct SeedExample: Equatable, Sendable {
  /// The user's row.
  var user: Int
  /// The item's row.
  var item: Int
  /// The rating in its own unit; NaN for an event without one.
  var label: Float
}
