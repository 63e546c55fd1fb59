/// How much was known about a user and an item just before an event of theirs was learned.
public struct Familiarity: Equatable, Sendable {
  /// How many items the user had met, up to the limit of the seen set.
  public var itemsMet: Int
  /// How many users had turned to the item; what was taken back does not count.
  public var positives: Int

  /// Creates a familiarity from two counts, neither negative.
  public init(itemsMet: Int, positives: Int) {
    precondition(itemsMet >= 0 && positives >= 0, "counts are not negative")
    self.itemsMet = itemsMet
    self.positives = positives
  }
}

extension Learner {
  /// What is known about a user and an item; nothing about those without a row. O(1).
  public func familiarity(user: Span<UInt8>, item: Span<UInt8>) -> Familiarity {
    let itemsMet = users.map.row(of: user).map { users.records[$0].log.seenCount } ?? 0
    // The slowest of the four counts forgets nothing and is a whole number.
    let positives = items.map.row(of: item).map { Int(items.records[$0].popularity.counts[0]) } ?? 0
    return Familiarity(itemsMet: itemsMet, positives: positives)
  }
}
