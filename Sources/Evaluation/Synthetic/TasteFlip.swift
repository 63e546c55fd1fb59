import FeedEvents
public import Learning

/// How long a model that is old needs to follow a taste that flips, beside a young one.
///
/// Adagrad's steps shrink with every update, so a model that has learned much could follow no more. A person likes the items
/// of one topic and not those of another, but for every fifth time; two others, who never change, like one each. After so many updates of the person's
/// rows the taste is turned round, and their further events are counted until the model has followed. ``Part/ratio`` is the
/// old model's count over the young one's: 1 is a model that does not age.
///
/// - In ``rating`` the person rates items with 5 or 1. Followed means that the difference between the mean predictions for
///   the two topics is nine tenths of what it was, the other way round.
/// - In ``lists`` the person likes one item after the other of the topic, more than are remembered as seen before one comes
///   again. Followed means that after ten updates together the mean score, without what is the same for everyone, is higher
///   for items of the new topic: most of that is the doing of the history, which does not age.
public struct TasteFlip: Equatable, Sendable {
  /// One model.
  public struct Outcome: Equatable, Sendable {
    /// Updates before the flip.
    public var updates: Int
    /// Updates after it until the model had followed; nil if it did not within ``TasteFlip/limit``.
    public var followed: Int?
  }

  /// One part of the model, young and old.
  public struct Part: Equatable, Sendable {
    /// A young model.
    public var young: Outcome
    /// An old one.
    public var old: Outcome

    /// How much longer the old one takes.
    public var ratio: Double? {
      guard let old = old.followed, let young = young.followed, young > 0 else { return nil }
      return Double(old) / Double(young)
    }
  }

  /// How often a person does what their taste would not: without it errors, and with them gradients, die out, and no step
  /// size is put to the test.
  private static let contradiction = 0.2
  /// So many times the outcome is sought with other draws; the middle one counts. Old lists have one draw.
  private static let repetitions = 5
  /// What counts as followed in the rating head, of the difference before.
  private static let part: Float = 0.9

  /// Scores after so many updates count together.
  private static let window = 10

  /// Nobody waits longer than so many updates.
  public static let limit = 50_000

  /// The rating head.
  public var rating: Part?
  /// The towers.
  public var lists: Part?

  /// Measures after a young and an old age.
  /// - Parameters:
  ///   - includesLists: whether the towers are measured too, which takes ten times as long.
  ///   - progress: is told how many of ``updates(includesLists:old:)`` are done.
  public init(
    configuration: LearningConfiguration, includesLists: Bool, young: Int = 1_000, old: Int = 1_000_000,
    progress: (Int) -> Void = { _ in }
  ) {
    precondition(0 < young && young <= old, "an old model has learned more than a young one")
    var done = 0
    // The head's own tables are what ages: the ranker would only help, and takes longer than the rest.
    var configuration = configuration
    configuration.without.insert(.ranker)
    rating = Part(
      young: Self.median(of: Self.repetitions) { Self.rating(configuration, young, seed: $0) },
      old: Self.median(of: Self.repetitions) { seed in
        defer { done += old }
        return Self.rating(configuration, old, seed: seed) { progress(done + $0) }
      })
    guard includesLists else { return }
    lists = Part(
      young: Self.median(of: Self.repetitions) { Self.lists(configuration, young, seed: $0) },
      old: Self.lists(configuration, old, seed: 1) { progress(done + $0) })
  }

  /// How many updates old models take to get to the flips.
  public static func updates(includesLists: Bool, old: Int = 1_000_000) -> Int {
    old * (repetitions + (includesLists ? 1 : 0))
  }

  /// The middle one of an odd number of outcomes; never is longer than anything.
  private static func median(of count: Int, _ outcome: (UInt64) -> Outcome) -> Outcome {
    let outcomes = (1...UInt64(count)).map(outcome)
    return outcomes.sorted { ($0.followed ?? .max) < ($1.followed ?? .max) }[count / 2]
  }

  // MARK: Ratings

  private static func rating(
    _ configuration: LearningConfiguration, _ updates: Int, seed: UInt64, _ progress: (Int) -> Void = { _ in }
  ) -> Outcome {
    let world = FlipWorld(itemsPerTopic: 32)
    var learner = world.learner(configuration)
    var random = SplitMix64(seed: seed)
    var time: Int64 = 0
    func rate(_ learner: inout Learner, _ person: Int, likes topic: Int) {
      let item = random.below(2 * world.itemsPerTopic)
      time += 1_000
      let isLiked = (world.topic(of: item) == topic) != random.chance(contradiction)
      let rating: Float = isLiked ? 5 : 1
      // Weight 0: the towers are not asked.
      let effect = Effect(seen: true, history: .none, weight: 0, negativeWeight: 0, rating: rating, undo: false)
      world.learn(&learner, person, item, effect, at: time)
    }
    func difference(_ learner: borrowing Learner) -> Float {
      var sums: [Float] = [0, 0]
      for item in 0..<2 * world.itemsPerTopic {
        sums[world.topic(of: item)] +=
          world.predict(learner, 0, item)
      }
      return (sums[0] - sums[1]) / Float(world.itemsPerTopic)
    }
    for update in 0..<updates {
      rate(&learner, 0, likes: 0)
      rate(&learner, 1 + update % 2, likes: update % 2)
      if update % 1_000 == 0 { progress(update) }
    }
    let before = difference(learner)
    guard before > 0 else { return Outcome(updates: updates, followed: nil) }
    for update in 1...limit {
      rate(&learner, 0, likes: 1)
      if difference(learner) <= -part * before { return Outcome(updates: updates, followed: update) }
      rate(&learner, 1 + update % 2, likes: update % 2)
    }
    return Outcome(updates: updates, followed: nil)
  }

  // MARK: Lists

  private static func lists(
    _ configuration: LearningConfiguration, _ updates: Int, seed: UInt64, _ progress: (Int) -> Void = { _ in }
  ) -> Outcome {
    let world = FlipWorld(itemsPerTopic: 5_000)
    var learner = world.learner(configuration)
    var random = SplitMix64(seed: seed)
    var next = [0, 0, 0]
    var time: Int64 = 0
    func like(_ learner: inout Learner, _ person: Int, topic: Int) {
      let item = 2 * (next[person] % world.itemsPerTopic) + (random.chance(contradiction) ? 1 - topic : topic)
      next[person] += 1
      time += 1_000
      let effect = Effect(seen: true, history: .append, weight: 1, negativeWeight: 0, rating: nil, undo: false)
      world.learn(&learner, person, item, effect, at: time)
    }
    for update in 0..<updates {
      like(&learner, 0, topic: 0)
      like(&learner, 1 + update % 2, topic: update % 2)
      if update % 1_000 == 0 { progress(update) }
    }
    // One update turns a query this way or that: several are taken together.
    var recent: [Float] = []
    for update in 1...limit {
      like(&learner, 0, topic: 1)
      recent.append(world.leaning(learner, person: 0))
      if recent.count > window { recent.removeFirst() }
      if recent.count == window, recent.reduce(0, +) < 0 { return Outcome(updates: updates, followed: update) }
      like(&learner, 1 + update % 2, topic: update % 2)
    }
    return Outcome(updates: updates, followed: nil)
  }
}

/// Three people and two topics, the items of which take turns.
private struct FlipWorld {
  let itemsPerTopic: Int
  let people = (0..<3).map { Array("person\($0)".utf8) }
  let items: [[UInt8]]

  init(itemsPerTopic: Int) {
    self.itemsPerTopic = itemsPerTopic
    items = (0..<2 * itemsPerTopic).map { Array("item\($0)".utf8) }
  }

  func topic(of item: Int) -> Int { item % 2 }

  /// A model that knows the topics by their tags, and nothing else.
  func learner(_ configuration: LearningConfiguration) -> Learner {
    var learner = Learner(configuration: configuration)
    for (number, item) in items.enumerated() {
      let tag = Array("topic\(topic(of: number))".utf8)
      _ = learner.upsert(item: item.span, tags: [tag], expiresAt: 0, active: true)
    }
    return learner
  }

  func learn(_ learner: inout Learner, _ person: Int, _ item: Int, _ effect: Effect, at time: Int64) {
    let (user, item) = (people[person], items[item])
    learner.learn(
      user: user.span, item: item.span, effect: effect, occurredAt: time,
      at: Coordinate(partition: 0, offset: time))
  }

  func predict(_ learner: borrowing Learner, _ person: Int, _ item: Int) -> Float {
    let (user, item) = (people[person], items[item])
    return learner.predict(user: user.span, item: item.span) ?? 0
  }

  /// How much higher a person's scores are for items of the first topic than for those of the second, in the mean; without
  /// what is the same for everyone. O(items).
  func leaning(_ learner: borrowing Learner, person: Int) -> Float {
    let frozen = learner.freezeItems()
    guard let user = learner.freezeUsers(Array(people.indices)).first(where: { $0.identifier == people[person] })
    else { return 0 }
    var sums: [Float] = [0, 0]
    // Rows are given in the order of the catalog.
    for row in 0..<frozen.count {
      for element in 0..<Learner.dimension {
        sums[topic(of: row)] += user.query[element] * frozen.vectors[row * Learner.dimension + element]
      }
    }
    return (sums[0] - sums[1]) / Float(itemsPerTopic)
  }
}
