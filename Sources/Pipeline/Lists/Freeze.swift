import Checkpoints
import FeedEvents
import Learning
import Retrieval

/// Item vectors and some owed users, copied together after one epoch: everything that their lists are made of.
///
/// A list is a pure function of a freeze, so it can be computed beside the loop, and again by an auditor years later.
public struct Freeze: Sendable {
  /// The epoch after which the copy was taken; the version of its lists.
  public let version: UInt64
  /// The wall clock at the freeze, in milliseconds.
  public let generatedAt: Int64
  /// What lists look like.
  public let shape: ListConfiguration
  let items: FrozenItems
  let ranker: FrozenRanker?
  let users: [FrozenUser]

  init(
    version: UInt64, generatedAt: Int64, shape: ListConfiguration, items: FrozenItems, ranker: FrozenRanker?,
    users: [FrozenUser]
  ) {
    self.version = version
    self.generatedAt = generatedAt
    self.shape = shape
    self.items = items
    self.ranker = ranker
    self.users = users
  }

  /// Computes the list of each user, in the users' order. O(items · log items) once, then one search a user.
  public func lists() -> FinishedLists {
    let index = ItemIndex(
      vectors: items.vectors, biases: items.biases,
      identifiers: ItemIdentifiers(bytes: items.identifiers.bytes, offsets: items.identifiers.offsets),
      expiresAt: items.expiresAt, active: items.active, typicalQueryNorm: typicalQueryNorm)
    let found = ranker == nil ? shape.length : max(shape.length, shape.candidates)
    var scratch = SearchScratch()
    var rankerScratch = RankerScratch()
    var lists: [FinishedLists.List] = []
    lists.reserveCapacity(users.count)
    for start in stride(from: 0, to: users.count, by: Self.usersPerPass) {
      let group = users[start..<min(start + Self.usersPerPass, users.count)]
      let requests = group.map { SearchRequest(query: $0.query, count: found, excluding: $0.seen) }
      for (user, hits) in zip(group, index.search(requests, now: generatedAt, scratch: &scratch)) {
        let ranked = rank(hits, for: user, scratch: &rankerScratch)
        lists.append(
          FinishedLists.List(
            userRow: user.row, userID: user.identifier, value: ranked.isEmpty ? nil : encoded(ranked, for: user)))
      }
    }
    return FinishedLists(version: version, generatedAt: generatedAt, lists: lists)
  }

  /// The second stage: what retrieval found, in the order of the blended scores, ties by id.
  private func rank(_ hits: [Hit], for user: FrozenUser, scratch: inout RankerScratch) -> [Hit] {
    guard let ranker, !hits.isEmpty else { return hits }
    let scores = ranker.scores(
      blending: hits.map(\.score), of: hits.map { UInt32($0.row) }, for: user, scratch: &scratch)
    let blended = zip(hits, scores).map { Hit(row: $0.row, score: $1) }
    return Array(
      blended.sorted { left, right in
        guard left.score == right.score else { return left.score > right.score }
        return items.identifiers[Int(left.row)].lexicographicallyPrecedes(items.identifiers[Int(right.row)])
      }.prefix(shape.length))
  }

  /// How many users are searched for together; each pass over the blocks serves them all.
  private static var usersPerPass: Int { 256 }

  /// The mean norm of the queries: the order of the index's blocks suits it. Changes no result.
  private var typicalQueryNorm: Float {
    guard !users.isEmpty else { return 1 }
    let sum = users.reduce(Float(0)) { $0 + $1.query.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    return sum.isFinite ? sum / Float(users.count) : 1
  }

  private func encoded(_ hits: [Hit], for user: FrozenUser) -> [UInt8] {
    Recommendations(
      userID: user.identifier, version: Int64(version), generatedAt: generatedAt,
      items: hits.map {
        Recommendations.Item(itemID: Array(items.identifiers[Int($0.row)]), score: $0.score)
      },
      basedOn: Recommendations.Origin(
        partition: user.last.coordinate.partition, offset: user.last.coordinate.offset,
        occurredAt: user.last.occurredAt)
    ).encoded()
  }
}

/// The lists of one freeze, ready to go out.
public struct FinishedLists: Sendable {
  /// One user's list.
  public struct List: Sendable {
    /// The user's row at the freeze.
    public let userRow: Int
    /// The user.
    public let userID: [UInt8]
    /// The encoded list; nil where no item was eligible: an empty list is not published.
    public let value: [UInt8]?

    /// Creates a list.
    public init(userRow: Int, userID: [UInt8], value: [UInt8]?) {
      self.userRow = userRow
      self.userID = userID
      self.value = value
    }

    /// What the journal's sum of hashes adds for this list.
    public var hash: UInt128 {
      value.map { Hash.xxh3_128($0.span, seed: Hash.xxh3(userID.span, seed: 0)) } ?? 0
    }
  }

  /// The epoch after which they were frozen.
  public let version: UInt64
  /// The wall clock at the freeze.
  public let generatedAt: Int64
  /// The lists, in the order in which the users waited.
  public let lists: [List]
}

/// Where lists are computed: beside the loop in the daemon, at a random later moment in the simulation.
public protocol ListWorkshop {
  /// Starts computing. One freeze at a time.
  mutating func start(_ freeze: Freeze)
  /// The lists, once, when they are done.
  mutating func finished() -> FinishedLists?
}
