@testable import Learning

extension Vector32 {
  init(_ elements: [Float]) {
    self.init()
    for (index, element) in elements.enumerated() { self[index] = element }
  }
}

extension String {
  var bytes: [UInt8] { Array(utf8) }
}

extension Effect {
  /// A like of some weight.
  static func positive(_ weight: Float = 1, rating: Float? = nil) -> Effect {
    Effect(seen: true, history: .append, weight: weight, negativeWeight: 0, rating: rating, undo: false)
  }

  static let impression = Effect(seenAfterImpressions: 3, engaged: false)

  /// A like where it is known what is ignored.
  static let engagement = Effect(seen: true, history: .append, weight: 1, engaged: true)

  static let glance = Effect(seen: true, history: .none, weight: 0, negativeWeight: 0, rating: nil, undo: false)
  static let unlike = Effect(seen: true, history: .remove, weight: 0, negativeWeight: 0, rating: nil, undo: true)

  static func hide(_ weight: Float = 1) -> Effect {
    Effect(seen: true, history: .remove, weight: 0, negativeWeight: weight, rating: nil, undo: false)
  }
}

extension Learner {
  /// Learns with ids written as text.
  @discardableResult
  mutating func learn(
    _ user: String, _ item: String, _ effect: Effect, at offset: Int64, time: Int64 = 0
  ) -> Learned {
    learn(
      user: user.bytes.span, item: item.bytes.span, effect: effect, occurredAt: time,
      at: Coordinate(partition: 0, offset: offset))
  }

  mutating func upsert(_ item: String, tags: [String] = [], active: Bool = true) {
    _ = upsert(item: item.bytes.span, tags: tags.map(\.bytes), expiresAt: 0, active: active)
  }

  /// True if every number in every table and scalar is finite.
  var isFinite: Bool {
    func isFinite(_ row: EmbeddingRow) -> Bool {
      row.weights.elements.allSatisfy(\.isFinite) && row.accumulators.elements.allSatisfy { $0.isFinite && $0 > 0 }
    }
    for row in 0..<users.records.count {
      guard isFinite(users.towers[row]), isFinite(users.rating[row]), users.records[row].ratingBias.isSound else {
        return false
      }
    }
    for row in 0..<items.count {
      guard isFinite(items.towers[row]), isFinite(items.rating[row]), items.records[row].bias.isSound,
        items.details[row].ratingBias.isSound
      else { return false }
    }
    for row in 0..<tags.count {
      guard isFinite(tags.towers[row]), isFinite(tags.rating[row]), tags.records[row].ratingBias.isSound else {
        return false
      }
    }
    guard ranker.network.isFinite, ranker.valueBlend.isSound, ranker.engagementBlend.isSound,
      (0..<users.records.count).allSatisfy({ row in (0..<4).allSatisfy { users.records[row].mood[$0].isFinite } })
    else { return false }
    return gates.allSatisfy(\.isSound) && bank.logits.allSatisfy(\.isSound) && ratings.mean.isFinite
      && ratings.spread.isFinite
  }
}

extension RankerNetwork {
  var isFinite: Bool {
    [first, second, last].allSatisfy { layer in
      (layer.weights + layer.biases).allSatisfy(\.isFinite)
        && (layer.weightAccumulators + layer.biasAccumulators).allSatisfy { $0.isFinite && $0 > 0 }
    }
  }
}

/// Random events over few users, items and types, so that everything happens often.
struct RandomEvents {
  var random: TestRandom
  var offset: Int64 = 0
  var time: Int64 = 1_700_000_000_000
  var users = 12
  var items = 30

  init(seed: UInt64) { random = TestRandom(seed: seed) }

  mutating func step(_ learner: inout Learner) {
    let user = "u\(Int.random(in: 0..<users, using: &random))"
    let item = "i\(Int.random(in: 0..<items, using: &random))"
    offset += 1
    time += Int64.random(in: -3_600_000...40_000_000, using: &random)
    switch Int.random(in: 0..<26, using: &random) {
    case 0: _ = learner.forget(user: user.bytes.span)
    case 1:
      let tags = (0..<Int.random(in: 0...7, using: &random)).map { _ in "t\(Int.random(in: 0..<9, using: &random))" }
      learner.upsert(item, tags: tags, active: Bool.random(using: &random))
    case 2: learner.remove(item: item.bytes.span)
    case 3: learner.learn(user, item, .unlike, at: offset, time: time)
    case 4: learner.learn(user, item, .hide(), at: offset, time: time)
    case 5: learner.learn(user, item, .glance, at: offset, time: time)
    case 6: _ = learner.isLongDwell(Float.random(in: 0...100, using: &random))
    case 20...22: learner.learn(user, item, .impression, at: offset, time: time)
    case 23: learner.learn(user, item, .engagement, at: offset, time: time)
    case 24, 25:
      let author = "a\(Int.random(in: 0..<5, using: &random))".bytes
      if Bool.random(using: &random) {
        _ = learner.learnFollow(
          of: author.span, by: user.bytes.span, weight: 1, occurredAt: time,
          at: Coordinate(partition: 0, offset: offset))
      } else {
        learner.learn(
          user: user.bytes.span, item: item.bytes.span, author: author.span, effect: .engagement, occurredAt: time,
          at: Coordinate(partition: 0, offset: offset))
      }
    case 7...11:
      learner.learn(
        user, item, .positive(rating: Float.random(in: -3...8, using: &random)), at: offset, time: time)
    default:
      let weight = ([0.5, 1, 1.5, 2] as [Float]).randomElement(using: &random)!
      learner.learn(user, item, .positive(weight), at: offset, time: time)
    }
  }
}
