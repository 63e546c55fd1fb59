public import FeedEvents

/// A data set as the notebooks see it: two vocabularies without an order in time, and events that are rows of them.
///
/// The vocabularies hold all of the data set, the part to be tested too, as theirs do. Twelve bytes are held per event.
public struct SeedExamples: Sendable {
  private(set) var all: [SeedExample] = []
  private var userRows: [[UInt8]: Int] = [:]
  private var itemRows: [[UInt8]: Int] = [:]

  /// No events; every item of the catalog is a candidate even if nobody turns to it.
  public init(catalog: some Sequence<CatalogItem>) {
    for item in catalog { _ = Self.row(of: item.itemID, in: &itemRows) }
  }

  /// The number of events.
  public var count: Int { all.count }
  /// The number of users.
  public var userCount: Int { userRows.count }
  /// The number of items.
  public var itemCount: Int { itemRows.count }

  /// Takes in an event: its user, its item, and its value if it is a rating.
  public mutating func append(_ event: Interaction) {
    all.append(
      SeedExample(
        user: Self.row(of: event.userID, in: &userRows), item: Self.row(of: event.itemID, in: &itemRows),
        label: event.type == .rating ? event.value.map { Float($0) } ?? .nan : .nan))
  }

  /// Rows are numbered in the order in which ids are met.
  private static func row(of id: [UInt8], in rows: inout [[UInt8]: Int]) -> Int {
    if let row = rows[id] { return row }
    let row = rows.count
    rows[id] = row
    return row
  }
}
