public import Checkpoints

/// What retrieval needs of every item, copied at one moment. Row numbers are the learner's.
public struct FrozenItems: Sendable {
  /// Row-major, `count` × 32: own embedding and tags.
  public let vectors: [Float]
  /// What is added to q·v: the item's bias and its popularity at the bank's clock.
  public let biases: [Float]
  /// The ids.
  public let identifiers: IdentifierArena
  /// Milliseconds since 1970, 0 for never.
  public let expiresAt: [Int64]
  /// False for items that left the catalog.
  public let active: [Bool]
  /// How often each was shown, or named by another event, whichever is more.
  public let exposures: [UInt32]

  /// The number of items.
  public var count: Int { biases.count }
}

/// A user's most recent event.
public struct LastEvent: Equatable, Sendable {
  /// Where it stands in the log.
  public var coordinate: Coordinate
  /// Milliseconds since 1970.
  public var occurredAt: Int64

  /// Creates a last event.
  public init(coordinate: Coordinate, occurredAt: Int64) {
    self.coordinate = coordinate
    self.occurredAt = occurredAt
  }
}

/// What retrieval needs of one user, copied at one moment.
public struct FrozenUser: Sendable {
  /// The user's row, -1 for the unknown user.
  public let row: Int
  /// The user's id, empty for the unknown user.
  public let identifier: [UInt8]
  /// 32 elements.
  public let query: [Float]
  /// Rows of the items seen, at most 4,096, oldest first. Those evicted since are left out.
  public let seen: [UInt32]
  /// The user's most recent event.
  public let last: LastEvent
  let part: UserPart
}

/// The ranker as it was at one moment, with what it is told of every item.
public struct FrozenRanker: Sendable {
  let network: RankerNetwork
  let blend: SIMD2<Float>
  let parts: [ItemPart]

  /// The scores that decide the order of a list, for items that retrieval found.
  ///
  /// - Parameters:
  ///   - scores: retrieval's, one for each row.
  ///   - rows: rows of the items frozen together with the ranker.
  /// - Complexity: 27,000 multiplications an item.
  public func scores(
    blending scores: [Float], of rows: [UInt32], for user: FrozenUser, scratch: inout RankerScratch
  ) -> [Float] {
    blendedScores(
      scores, of: rows.lazy.map(Int.init), in: parts, for: user.part, network: network, blend: blend, scratch: &scratch)
  }
}

extension Learner {
  /// Copies the ranker; nil while it has no say in lists. O(items).
  public func freezeRanker() -> FrozenRanker? {
    guard recipe.usesRanker, ranker.isBlended else { return nil }
    let view = bank.view()
    return FrozenRanker(
      network: ranker.network, blend: ranker.blend, parts: (0..<items.count).map { itemPart($0, view: view) })
  }

  /// Copies what retrieval needs of every item. O(items).
  public func freezeItems() -> FrozenItems {
    let count = items.count
    let view = bank.view()
    var biases: [Float] = []
    biases.reserveCapacity(count)
    var expiresAt: [Int64] = []
    expiresAt.reserveCapacity(count)
    var active: [Bool] = []
    active.reserveCapacity(count)
    var exposures: [UInt32] = []
    exposures.reserveCapacity(count)
    for start in stride(from: 0, to: count, by: 8) {
      var popularity = SIMD8<Float>(repeating: 1)
      let rows = start..<min(start + 8, count)
      for row in rows {
        let record = items.records[row]
        let earned = view.popularity(view.shares(record.popularity.counts, block: record.popularity.block))
        popularity[row - start] = max(earned, credit(row))
      }
      let offsets = recipe.usesPopularity ? Logarithm.log(popularity) : .zero
      for row in rows {
        let record = items.records[row]
        biases.append(record.bias.weight + offsets[row - start])
        expiresAt.append(items.details[row].expiresAt)
        active.append(record.flags & ItemRecord.activeFlag != 0)
        let positives = UInt32(min(max(record.popularity.counts[0], 0), Double(UInt32.max)))
        exposures.append(max(items.details[row].impressions, positives))
      }
    }
    let vectors = unsafe [Float](unsafeUninitializedCapacity: count * Self.dimension) { buffer, initialized in
      for row in 0..<count {
        let vector = itemVector(row)
        // SAFETY: 32 elements from row · 32 on lie within the capacity asked for.
        let target = unsafe UnsafeMutableRawPointer(buffer.baseAddress! + row * Self.dimension)
        unsafe target.storeBytes(of: vector.a, as: SIMD8<Float>.self)
        unsafe target.storeBytes(of: vector.b, toByteOffset: 32, as: SIMD8<Float>.self)
        unsafe target.storeBytes(of: vector.c, toByteOffset: 64, as: SIMD8<Float>.self)
        unsafe target.storeBytes(of: vector.d, toByteOffset: 96, as: SIMD8<Float>.self)
      }
      initialized = count * Self.dimension
    }
    return FrozenItems(
      vectors: vectors, biases: biases, identifiers: items.map.arena(), expiresAt: expiresAt, active: active,
      exposures: exposures)
  }

  /// The popularity that a list takes for granted in an item that few were shown: that of an average item, less with every
  /// impression, nothing after ``provingImpressions``. Otherwise no taste could make up for being new.
  ///
  /// Only where impressions are told: items that live on ratings alone are as popular as they are. Learning has no part in it.
  func credit(_ row: Int) -> Float {
    let impressions = Float(items.details[row].impressions)
    guard impressions > 0 || !items.records[row].isKnown else { return 0 }
    return max(0, 1 - impressions / Self.provingImpressions) / Float(max(bank.items, 1))
  }

  /// After so many impressions an item stands on what it has earned.
  private static let provingImpressions: Float = 20

  /// Copies what retrieval needs of the users in `rows`, in their order. Free rows are left out.
  public func freezeUsers(_ rows: [Int]) -> [FrozenUser] {
    var scratch = TagScratch()
    scratch.reserve(tags: tags.count)
    var frozen: [FrozenUser] = []
    frozen.reserveCapacity(rows.count)
    for row in rows where users.map.isLive(row) {
      let record = users.records[row]
      let query = self.query(userRow: row, scratch: &scratch)
      scratch.removeAll()
      let seen = (0..<record.log.seenCount).compactMap { index in
        items.row(ofSerial: record.log.seen(at: index)).map { UInt32($0) }
      }
      frozen.append(
        FrozenUser(
          row: row, identifier: users.map.identifier(of: row), query: query.elements, seen: seen,
          last: LastEvent(
            coordinate: Coordinate(partition: record.lastPartition, offset: record.lastOffset),
            occurredAt: record.lastOccurredAt),
          part: userPart(row, query: query)))
    }
    return frozen
  }

  /// A user without events: lists for it show what is popular now.
  public func freezeUnknownUser() -> FrozenUser {
    FrozenUser(
      row: -1, identifier: [], query: Array(repeating: 0, count: Self.dimension), seen: [],
      last: LastEvent(coordinate: Coordinate(partition: -1, offset: -1), occurredAt: 0),
      part: .unknown)
  }

  /// Somebody who has met one item and nothing else, to find what goes with it: the query is that of a history which holds only
  /// the item, and it is the only one seen. Nil for an unknown id.
  public func freezeQuery(ofItem id: Span<UInt8>) -> FrozenUser? {
    guard let row = items.map.row(of: id) else { return nil }
    var scratch = TagScratch()
    scratch.reserve(tags: tags.count)
    var log = UserLog()
    defer { log.destroy() }
    log.append(items.serial(ofRow: row), limit: 1)
    let pool = HistoryPool(of: log, items: items, tags: tags, recipe: recipe, scratch: &scratch)
    let query = pool.query(user: Vector32(), gates: gateValues)
    var part = UserPart.unknown
    part.query = query
    return FrozenUser(
      row: -1, identifier: [], query: query.elements, seen: [UInt32(row)],
      last: LastEvent(coordinate: Coordinate(partition: -1, offset: -1), occurredAt: 0), part: part)
  }

  /// How many rows of users there are, free ones included: rows are numbered from 0.
  public var userRowCount: Int { users.records.count }

  /// Whether a row of users holds one.
  public func hasUser(inRow row: Int) -> Bool { row >= 0 && users.map.isLive(row) }

  /// Whose last event lies in `times`, milliseconds since 1970, among the users in `rows`. O(rows).
  public func activeUsers(in rows: Range<Int>, lastSeen times: ClosedRange<Int64>) -> [Int] {
    rows.filter { users.map.isLive($0) && times.contains(users.records[$0].lastOccurredAt) }
  }
}
