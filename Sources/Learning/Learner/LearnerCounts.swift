/// How much a learner holds, and what it refused.
public struct LearnerCounts: Equatable, Sendable {
  /// Users with a row.
  public var users: Int
  /// Items with a row.
  public var items: Int
  /// Tags with a row.
  public var tags: Int
  /// Events learned.
  public var events: Int
  /// Softmax steps taken.
  public var positives: Int
  /// Events refused because the table of users was full.
  public var refusedUsers: Int
  /// Events and catalog items refused because the table of items was full.
  public var refusedItems: Int
  /// Tags left out because their table was full.
  public var refusedTags: Int
  /// Steps left out because they would have written a number that is not finite.
  public var revertedSteps: Int
}

extension Learner {
  /// How much is held, and what was refused.
  public var counts: LearnerCounts {
    LearnerCounts(
      users: users.count, items: items.count, tags: tags.count, events: tally.events, positives: tally.positives,
      refusedUsers: tally.refusedUsers, refusedItems: tally.refusedItems, refusedTags: tally.refusedTags,
      revertedSteps: tally.revertedSteps)
  }

  /// The latest time of all events so far, in milliseconds since 1970: what popularity and the age of items are reckoned from.
  /// It never goes back. Nil before the first event.
  public var latestTime: Int64? { bank.clock }

  /// The row of a user; nil for an unknown id.
  public func userRow(_ id: Span<UInt8>) -> Int? { users.map.row(of: id) }

  /// The row of an item; nil for an unknown id.
  public func itemRow(_ id: Span<UInt8>) -> Int? { items.map.row(of: id) }

  /// The id of the user in a row, empty for a free one.
  public func userIdentifier(_ row: Int) -> [UInt8] { users.map.identifier(of: row) }
}
