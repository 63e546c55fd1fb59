/// How many rows newcomers took from others, by table.
public struct Evictions: Equatable, Sendable {
  /// Users that had no event for longest.
  public var users = 0
  /// Items that neither an event nor the catalog named for longest.
  public var items = 0
  /// Tags that no item carried for longest.
  public var tags = 0

  /// None.
  public init() {}

  /// What was added since `earlier`.
  public func since(_ earlier: Evictions) -> Evictions {
    var added = self
    added.users -= earlier.users
    added.items -= earlier.items
    added.tags -= earlier.tags
    return added
  }
}

// Who comes into a full table takes the row of whoever was touched longest ago. An eviction purges nothing but the row: others'
// histories and seen sets go on holding the serial of an evicted item, which leads nowhere and is never given out again.
extension Learner {
  /// The row of a user who has an event now. O(1).
  mutating func userRow(orNew id: Span<UInt8>) -> Int {
    let row: Int
    if let known = users.map.row(of: id) {
      row = known
    } else {
      if users.count >= recipe.configuration.userRows { evictUser() }
      row = users.admit(id, recipe: recipe)
    }
    users.touch(row)
    users.renew(row)
    return row
  }

  /// Forgets whoever had no event for longest, as one who asked for it.
  mutating func evictUser() {
    let row = users.evictOldest(recipe: recipe)
    ranker.forget(row)
    evictedUsers.append(row)
    tally.evicted.users += 1
  }

  /// Keeps what all logs hold together within its budget after an event of `user`: evicts whoever had no event for longest. Who is
  /// alone forgets the oldest items instead. O(1) an entry, amortized.
  mutating func keepLogBudget(for user: Int) {
    while users.logEntries > recipe.configuration.logEntries {
      guard users.recency.oldest == user else {
        evictUser()
        continue
      }
      users.records[user].log.dropOldest()
      users.logEntries -= 1
    }
  }

  /// The row of an item that an event or the catalog names now; nil for a new one where no serial is left. O(1).
  mutating func itemRow(orNew id: Span<UInt8>) -> Int? {
    let row: Int
    if let known = items.map.row(of: id) {
      row = known
    } else {
      guard !items.isExhausted else { return nil }
      let vacated = items.count >= recipe.configuration.itemRows ? evictItem() : nil
      row = items.admit(id, row: vacated, recipe: recipe)
    }
    items.touch(row)
    items.renew(row)
    return row
  }

  private mutating func evictItem() -> Int? {
    guard let row = items.recency.oldest else { return nil }
    releaseTags(of: row)
    if items.records[row].isKnown { bank.dismissItem() }
    items.evict(row, recipe: recipe)
    tally.evicted.items += 1
    return row
  }
}
