/// How many bytes a learner comes to hold under a configuration, at the most: budgets that are full, with ids of 256 bytes and items
/// of 32 tags.
///
/// Memory that is asked for, without what the allocator adds. Of a state that was made under larger budgets nothing is said.
public struct Footprint: Equatable, Sendable {
  /// The tables, with room to grow and the garbage of removed ids.
  public let state: Int
  /// The sections of a checkpoint, which are there at once while one is written or read.
  public let checkpoint: Int
  /// What is there beside the sections while one of them is made or taken in.
  public let passing: Int
  /// What ``Learner/freezeItems()`` and ``Learner/freezeRanker()`` copy.
  public let frozenItems: Int

  private static let id = IdentifierMap.lengthRange.upperBound
  /// An id with a third of garbage and a quarter of room, once more while those are cleared away; slots of 8 bytes that are between
  /// 5/16 and 5/8 full, and half as many while they double; locations.
  private static let mapBytes = id * 5 / 3 + id * 4 / 3 + 40 + 24
  private static let tableBytes = 2 * EmbeddingTable.rowBytes
  /// Rows to look at when the digest is brought up to date, an array that doubles.
  private static let touchedBytes = 12
  /// Three lists that hold at least so much once they hold something, and what the allocator adds to them.
  private static let leastLogBytes = 128
  /// Serials, weights, and room: lists are at least half full.
  private static let entryBytes = 8

  /// Computes the bounds.
  public init(_ configuration: LearningConfiguration) {
    let (users, items, tags) = (configuration.userRows, configuration.itemRows, configuration.tagRows)
    let entries = configuration.logEntries
    let itemTags = Recipe.tagsPerItemLimit * MemoryLayout<UInt32>.size
    func blocks(_ rows: Int, _ bytes: Int) -> Int { (rows + 8_191) / 8_192 * 8_192 * bytes }
    let link = MemoryLayout<Recency.Link>.stride

    let userRows = blocks(users, Self.tableBytes + MemoryLayout<UserRecord>.stride + link)
    let itemRows = blocks(
      items, Self.tableBytes + MemoryLayout<ItemRecord>.stride + MemoryLayout<ItemDetail>.stride + link)
    let tagRows = blocks(tags, Self.tableBytes + MemoryLayout<TagRecord>.stride + link)
    state =
      userRows + users * (Self.mapBytes + Self.touchedBytes + 12 + Self.leastLogBytes) + entries * Self.entryBytes
      // Serials of 8 bytes, between a quarter and half full; tags with half of garbage, an array that doubles.
      + itemRows + items * (Self.mapBytes + Self.touchedBytes + 48 + 5 * itemTags)
      // Twice the scratch for an event's tags: learning's and the one that lists are made with.
      + tagRows + tags * (Self.mapBytes + Self.touchedBytes + 4 * (4 + MemoryLayout<TagEntry>.stride))
      // Ring, ranker, scratch.
      + 8 << 20
    let (userColumns, itemColumns, tagColumns) = (76 + Self.id, 102 + Self.id + itemTags, 24 + Self.id)
    checkpoint =
      users * (userColumns + Self.tableBytes) + entries * 5 + items * (itemColumns + Self.tableBytes)
      + tags * (tagColumns + Self.tableBytes) + 2 << 20
    // Columns of one table as arrays, with the rows' numbers and their order; of the users' also all logs.
    passing = max(users * (userColumns + 32) + entries * 5, items * (itemColumns + 48), tags * (tagColumns + 32))
    frozenItems =
      items * (Learner.dimension * 4 + 4 + 8 + Self.id + 8 + 1 + 4 + MemoryLayout<ItemPart>.stride) + 1 << 20
  }

  /// What ``Learner/freezeUsers(_:)`` copies of `count` users.
  public static func frozenUsers(_ count: Int, logEntries: Int) -> Int {
    // Seen rows are gathered in an array that doubles.
    count * (MemoryLayout<FrozenUser>.stride + id + Learner.dimension * 4 + 96)
      + min(count * UserLog.seenLimit, logEntries) * 8
  }
}
