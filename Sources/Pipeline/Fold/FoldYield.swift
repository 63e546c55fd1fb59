import FeedEvents
public import Learning

/// What folding an epoch's records gave beside the new state.
public struct FoldYield: Sendable {
  /// Who is owed a list now and who no longer, in folding order: a row may pass from one user to another within an epoch.
  public var debts: [DebtChange] = []
  /// Users forgotten.
  public var forgotten: [[UInt8]] = []
  /// Dead letters, in folding order.
  public var deadLetters: [OutputRecord] = []
  /// What happened to the records.
  public var counts = FoldCounts()

  /// A change to who is owed a list.
  public enum DebtChange: Equatable, Sendable {
    /// The user in this row was touched.
    case touched(row: Int)
    /// The user in this row was forgotten.
    case forgotten(row: Int)
    /// The user in this row was evicted to make room.
    case evicted(row: Int)
  }

  /// Nothing yet.
  public init() {}
}

/// What happened to records: every data record is in exactly one of learned, skipped (not learned, duplicate, of unknown
/// type, refused), dead-lettered, forgotten, catalog.
public struct FoldCounts: Equatable, Sendable {
  /// Interactions that changed the model.
  public var learned = 0
  /// Interactions that teach nothing, such as no longer following an author.
  public var notLearned = 0
  /// Interactions that had been folded before: one of the same `event_id` and user is among the last of their partition.
  public var duplicates = 0
  /// Interactions of an unknown type, by name, ``unknownTypeLimit`` names at the most, then `other`.
  public var unknownTypes: [String: Int] = [:]
  /// Records refused because there was no serial left for a new item, or no row for an author's tag.
  public var refused = 0
  /// Tombstones and `forget` events.
  public var forgotten = 0
  /// Catalog records folded, removals included.
  public var catalog = 0
  /// Records that became dead letters, by reason.
  public var deadLetters: [String: Int] = [:]
  /// Interactions with a null key, learned under their `user_id`.
  public var nullKeys = 0
  /// Interactions whose key is not their `user_id`, learned under their `user_id`.
  public var foreignKeys = 0

  /// Rows that newcomers took from others.
  public var evicted = Evictions()

  /// How many unknown types are counted by name.
  public static let unknownTypeLimit = 64

  /// Nothing yet.
  public init() {}

  /// The number of records accounted for.
  public var records: Int {
    learned + notLearned + duplicates + unknownTypes.values.reduce(0, +) + refused + forgotten + catalog
      + deadLetters.values.reduce(0, +)
  }

  /// Adds the counts of another epoch.
  public mutating func add(_ other: FoldCounts) {
    learned += other.learned
    notLearned += other.notLearned
    duplicates += other.duplicates
    // Sorted, or which names come in under the limit would change from run to run.
    for (name, count) in other.unknownTypes.sorted(by: { $0.key < $1.key }) { countUnknownType(name, times: count) }
    refused += other.refused
    forgotten += other.forgotten
    catalog += other.catalog
    for (reason, count) in other.deadLetters { deadLetters[reason, default: 0] += count }
    nullKeys += other.nullKeys
    foreignKeys += other.foreignKeys
    evicted.users += other.evicted.users
    evicted.items += other.evicted.items
    evicted.tags += other.evicted.tags
  }

  mutating func countUnknownType(_ name: String, times: Int = 1) {
    let known = unknownTypes[name] != nil || unknownTypes.count < Self.unknownTypeLimit
    unknownTypes[known ? name : "other", default: 0] += times
  }
}
