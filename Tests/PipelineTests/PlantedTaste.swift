import FeedEvents
import Learning
@testable import Pipeline

/// A model of an app with two crowds: the red like red items, the blue like blue ones, some items more than others.
struct PlantedTaste: ~Copyable {
  static let inputs = SweepScene.inputs
  static let itemsPerColor = 60
  static let usersPerColor = 150

  var recommender: Recommender
  private var next: [Int64] = [0, 0]
  private var time: Int64 = 1_795_000_000_000

  /// - Parameter withTags: whether items say their color.
  init(seed: UInt64, withTags: Bool, configuration: JournaledConfiguration = JournaledConfiguration()) {
    recommender = Recommender(
      configuration: configuration, positions: Self.inputs.map { InputPosition(input: $0, next: 0) })
    var random = Randomness(seed: seed)
    if withTags {
      fold(
        catalog: ["red", "blue"].flatMap { color in
          (0..<Self.itemsPerColor).map { CatalogItem(itemID: Array("\(color)-\($0)".utf8), tags: [Array(color.utf8)]) }
        })
    }
    var events: [Interaction] = []
    for _ in 0..<30 {
      for user in 0..<2 * Self.usersPerColor {
        let color = user % 2 == 0 ? "red" : "blue"
        // The product of two uniform numbers: low ones are popular.
        let item = random.below(Self.itemsPerColor) * random.below(Self.itemsPerColor) / Self.itemsPerColor
        time += 10_000
        events.append(
          Interaction(
            userID: Array("\(color)-user-\(user)".utf8), itemID: Array("\(color)-\(item)".utf8), type: .like,
            occurredAt: time))
      }
    }
    fold(events: events)
  }

  mutating func fold(catalog: [CatalogItem] = [], events: [Interaction] = []) {
    var buffer = RecordBuffer(expecting: next)
    for item in catalog {
      buffer.append(input: 0, offset: next[0], timestamp: time, key: item.itemID, value: item.encoded())
      next[0] += 1
    }
    for event in events {
      buffer.append(input: 1, offset: next[1], timestamp: time, key: event.userID, value: event.encoded())
      next[1] += 1
    }
    let yield = recommender.fold(buffer, to: next)
    precondition(yield.counts.deadLetters.isEmpty, "\(yield.counts)")
  }

  mutating func like(_ user: String, _ item: String) {
    time += 10_000
    fold(events: [
      Interaction(userID: Array(user.utf8), itemID: Array(item.utf8), type: .like, occurredAt: time)
    ])
  }

  /// The ids of the best for a user, without exploration.
  func best(_ count: Int, for user: String) -> [String] {
    let row = recommender.learner.userRow(Array(user.utf8).span)!
    return names(recommender.best(count, for: recommender.learner.freezeUsers([row])[0], now: time))
  }

  /// The ids of what goes with an item.
  func best(_ count: Int, with item: String) -> [String] {
    let query = recommender.learner.freezeQuery(ofItem: Array(item.utf8).span)!
    return names(recommender.best(count, for: query, now: time, isReranked: false))
  }

  /// The published list of a user.
  func list(of user: String, version: UInt64) throws -> [Recommendations.Item] {
    let row = recommender.learner.userRow(Array(user.utf8).span)!
    let lists = recommender.freeze(users: [row], version: version, generatedAt: time).lists().lists
    return try RecommendationsDecoder().decode(lists[0].value!).items
  }

  private func names(_ items: [Recommendations.Item]) -> [String] {
    items.map { String(decoding: $0.itemID, as: UTF8.self) }
  }
}
