import Checkpoints
import FeedEvents
import Learning

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
  /// Keys what is drawn for exploration, with the user and the version.
  let seed: UInt64
  let items: FrozenItems
  let ranker: FrozenRanker?
  let users: [FrozenUser]

  init(
    version: UInt64, generatedAt: Int64, shape: ListConfiguration, seed: UInt64, items: FrozenItems,
    ranker: FrozenRanker?, users: [FrozenUser]
  ) {
    self.version = version
    self.generatedAt = generatedAt
    self.shape = shape
    self.seed = seed
    self.items = items
    self.ranker = ranker
    self.users = users
  }

  /// Computes the list of each user, in the users' order. O(items · log items) once, then one search a user.
  public func lists() -> FinishedLists {
    var builder = ListBuilder(
      items: items, ranker: ranker, shape: shape, now: generatedAt, typicalQueryNorm: typicalQueryNorm)
    var lists: [FinishedLists.List] = []
    lists.reserveCapacity(users.count)
    for start in stride(from: 0, to: users.count, by: Self.usersPerPass) {
      let group = users[start..<min(start + Self.usersPerPass, users.count)]
      for (user, best) in zip(group, builder.best(for: group)) {
        var random = ListRandomness(seed: seed, user: user.identifier, version: version)
        let places = builder.explored(best, for: user, &random)
        lists.append(
          FinishedLists.List(
            userRow: user.row, userID: user.identifier, value: places.isEmpty ? nil : encoded(places, for: user),
            expiresAt: places.map { items.expiresAt[Int($0.row)] }.filter { $0 != 0 }.min() ?? 0))
      }
    }
    return FinishedLists(version: version, generatedAt: generatedAt, lists: lists)
  }

  /// How many users are searched for together; each pass over the blocks serves them all.
  private static var usersPerPass: Int { 256 }

  /// The mean norm of the queries: the order of the index's blocks suits it. Changes no result.
  private var typicalQueryNorm: Float {
    guard !users.isEmpty else { return 1 }
    let sum = users.reduce(Float(0)) { $0 + $1.query.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    return sum.isFinite ? sum / Float(users.count) : 1
  }

  private func encoded(_ places: [ListBuilder.Place], for user: FrozenUser) -> [UInt8] {
    var encoder = RecommendationsEncoder(
      userID: user.identifier.span, version: Int64(version), generatedAt: generatedAt, itemCount: places.count)
    for place in places {
      let itemID = items.identifiers[Int(place.row)]
      encoder.append(itemID: itemID.span, score: place.score, propensity: place.propensity)
    }
    return encoder.finish(
      basedOn: Recommendations.Origin(
        partition: user.last.coordinate.partition, offset: user.last.coordinate.offset,
        occurredAt: user.last.occurredAt))
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
    /// When the first of its items expires, in milliseconds since 1970; 0 for never.
    public let expiresAt: Int64

    /// Creates a list.
    public init(userRow: Int, userID: [UInt8], value: [UInt8]?, expiresAt: Int64 = 0) {
      self.userRow = userRow
      self.userID = userID
      self.value = value
      self.expiresAt = expiresAt
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
