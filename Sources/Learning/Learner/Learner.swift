/// The model: two towers with a popularity bank for retrieval, a rating head, a ranker on both, and what each user
/// did.
///
/// A plain value without clock, I/O or concurrency, and a function of the records folded into it: the same calls in the
/// same order give the same bits on every machine. Reads change nothing.
///
///     var learner = Learner(configuration: LearningConfiguration())
///     learner.learn(user: user.span, item: item.span, effect: like, occurredAt: time, at: coordinate)
///     learner.seal()
///     learner.digest
public struct Learner: ~Copyable {
  /// Learners of one version learn the same bits from the same records.
  public static let version: UInt32 = 4
  /// The oldest version whose state this one can go on with, see ``upgrade()``.
  public static let oldestReadVersion: UInt32 = 3
  /// The dimension of every embedding.
  public static let dimension = 32

  var recipe: Recipe
  var users: Users
  var items: Items
  var tags: Tags
  var ring = PositiveRing()
  var bank = PopularityBank()
  /// The gates of the two history pools.
  var gates = [Parameter(weight: 1, accumulator: 1), Parameter(weight: 0.1, accumulator: 1)]
  var ratings = RatingScale()
  var dwell = RunningMean()
  var ranker: Ranker
  var tally = Tally()
  var scratch: EventScratch
  /// The rows of the users evicted by the latest event.
  public internal(set) var evictedUsers: [Int] = []
  private var sealedScalars: UInt128 = 0

  /// A model that knows nothing.
  public init(configuration: LearningConfiguration) {
    recipe = Recipe(configuration)
    users = Users(seed: configuration.seed)
    items = Items(seed: configuration.seed)
    tags = Tags(seed: configuration.seed)
    ranker = Ranker(recipe: recipe)
    scratch = EventScratch(negatives: configuration.negatives, historyLength: 100)
    sealedScalars = scalarDigest()
  }

  /// The configuration in force.
  public var configuration: LearningConfiguration { recipe.configuration }

  /// Learns on under another configuration. Nothing is learned again, and the seed stays what it was.
  public mutating func reconfigure(_ configuration: LearningConfiguration) {
    var configuration = configuration
    configuration.seed = recipe.configuration.seed
    recipe = Recipe(configuration)
    scratch = EventScratch(negatives: configuration.negatives, historyLength: 100)
    scratch.tags.reserve(tags: tags.count)
  }

  /// True if a dwell time or other magnitude is at least the mean of those before, in terms of ln(1 + x); takes it in.
  /// The first is not: there is nothing to compare it with. Negative values count as zero.
  public mutating func isLongDwell(_ value: Float) -> Bool {
    guard value.isFinite else { return false }
    let logarithm = Logarithm.log1p(Double(max(value, 0)))
    defer { dwell.take(logarithm) }
    return dwell.count > 0 && logarithm >= dwell.mean
  }

  /// Forgets a user: embeddings, history, everything seen, and what waits in the ranker's unfinished batch. What others learned
  /// from the user's events stays.
  /// - Returns: the row that is now free; nil if nobody has this id.
  public mutating func forget(user: Span<UInt8>) -> Int? {
    guard let row = users.forget(user, recipe: recipe) else { return nil }
    ranker.forget(row)
    return row
  }

  /// Makes the state that an older version left one of this version's. Nothing changes in one of this version's own.
  ///
  /// What waited in the ranker's unfinished batch of learner 3 is dropped, at most 63 samples: they do not say of whom they are.
  public mutating func upgrade() {
    ranker.upgrade()
    sealedScalars = scalarDigest()
  }

  // MARK: Boundaries

  /// Ends an epoch: the digest takes in every row touched since the last time. Where it is called changes no bit of state.
  /// O(rows touched).
  public mutating func seal() {
    users.seal(&scratch.content)
    items.seal(&scratch.content)
    tags.seal(&scratch.content)
    sealedScalars = scalarDigest()
  }

  /// Identifies everything that was learned, as of the last ``seal()``: the sum modulo 2¹²⁸ of a keyed hash of every row, of
  /// the ring of positives and of the scalars. Independent of slots, addresses, machine and epochs.
  public var digest: UInt128 { users.digest &+ items.digest &+ tags.digest &+ sealedScalars }

  /// The same from scratch. O(state). Differing from ``digest`` after a seal means that memory or code is broken.
  public func recomputedDigest() -> UInt128 {
    var content = RowContent()
    return users.recomputedDigest(&content) &+ items.recomputedDigest(&content)
      &+ tags.recomputedDigest(&content) &+ scalarDigest()
  }

  private func scalarDigest() -> UInt128 {
    var content = RowContent()
    content.append(scalarBytes().span)
    let scalars = content.hash(.scalars)
    content.removeAll()
    content.append(UInt32(ring.head))
    for serial in ring.serials { content.append(serial) }
    let positives = content.hash(.ring)
    content.removeAll()
    ranker.append(to: &content)
    for row in ranker.pendingOwners ?? [] { users.append(identifierOf: Int(row), to: &content) }
    return scalars &+ positives &+ content.hash(.ranker)
  }

  mutating func sealRestored() {
    users.rehash(&scratch.content)
    items.rehash(&scratch.content)
    tags.rehash(&scratch.content)
    scratch.tags.reserve(tags: tags.count)
    sealedScalars = scalarDigest()
  }
}

// SAFETY: the value owns all memory it points to and has no reference semantics, so it may change threads like an array.
extension Learner: @unchecked Sendable {}

/// The mean of the numbers so far.
struct RunningMean: Equatable {
  var count = 0
  var sum = 0.0

  var mean: Double { sum / Double(count) }

  mutating func take(_ value: Double) {
    sum += value
    count += 1
  }
}

/// What was counted while learning. Part of the state.
struct Tally: Equatable {
  var events = 0
  var positives = 0
  var refusedItems = 0
  var refusedTags = 0
  var evicted = Evictions()
  var revertedSteps = 0
}
