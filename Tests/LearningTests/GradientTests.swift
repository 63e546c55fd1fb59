import Glibc
import Testing

@testable import Learning

/// Gradients recovered from the accumulators of a real step, against finite differences of a loss written out in 64 bits.
struct GradientTests {
  /// Everything the loss depends on, in 64 bits, read from a learner.
  private struct Model {
    var user: [Double]
    var own: [[Double]]
    var tags: [[Double]]
    let itemTags: [[Int]]
    let bias: [Double]
    let offsets: [Double]
    let history: [Int]
    let gates: [Double]
    let candidates: [Int]

    func loss() -> Double {
      let vectors = own.indices.map { item -> [Double] in
        let scale = itemTags[item].count <= 4 ? 1 : 1 / Double(itemTags[item].count).squareRoot()
        return (0..<32).map { at in own[item][at] + scale * itemTags[item].reduce(0) { $0 + tags[$1][at] } }
      }
      var query = user
      let recent = history.indices.prefix(10).map { pow(0.7, Double($0)) }
      let norm = pow(recent.reduce(0, +), 0.75)
      for (age, item) in history.enumerated() {
        let short = age < 10 ? recent[age] / norm : 0
        let weight = gates[0] * short + gates[1] / pow(Double(history.count), 0.75)
        for at in 0..<32 { query[at] += weight * vectors[item][at] }
      }
      let logits = candidates.map { item in
        zip(query, vectors[item]).reduce(0) { $0 + $1.0 * $1.1 } + bias[item] + offsets[item]
      }
      return log(logits.reduce(0) { $0 + exp($1) }) - logits[0]
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func `finite differences agree`(seed: UInt64) {
    print("seed \(seed)")
    var events = RandomEvents(seed: seed)
    var configuration = LearningConfiguration()
    configuration.penalty = 0
    configuration.negatives = 40
    var learner = Learner(configuration: configuration)
    for tag in 0..<9 { learner.upsert("i\(tag)", tags: ["t\(tag)", "t\((tag + 1) % 9)"]) }
    for _ in 0..<700 { events.step(&learner) }
    // A positive of a user with a history and an item not seen before.
    let user = (0..<learner.users.records.count).max {
      learner.users.records[$0].log.historyCount < learner.users.records[$1].log.historyCount
    }!
    let log = learner.users.records[user].log
    let item = (0..<learner.items.count).first { !log.hasSeen(UInt32($0)) && learner.items.records[$0].isKnown }!
    let coordinate = Coordinate(partition: 5, offset: 9)

    let random = CounterRandom(seed: configuration.seed, at: coordinate)
    let drawn = (0..<40).map { Int(learner.ring[random.below(learner.ring.count, draw: $0)]) }
    let kept = drawn.filter { $0 != item && !log.hasSeen(UInt32($0)) }
    #expect(kept.count > 2)
    let view = learner.bank.view()
    func doubles(_ vector: Vector32) -> [Double] { vector.elements.map(Double.init) }
    let rows = 0..<learner.items.count
    var model = Model(
      user: doubles(learner.users.towers[user].weights), own: rows.map { doubles(learner.items.towers[$0].weights) },
      tags: (0..<learner.tags.count).map { doubles(learner.tags.towers[$0].weights) },
      itemTags: rows.map { row in learner.items.tags(of: row).map { learner.items.tag(at: $0) } },
      bias: rows.map { Double(learner.items.records[$0].bias.weight) },
      offsets: rows.map { row in
        let record = learner.items.records[row]
        let popularity = view.popularity(view.shares(record.popularity.counts, block: record.popularity.block))
        return log_(Double(popularity)) - log_(Double(max(1, Int(record.ringCount) + (row == item ? 1 : 0))))
      },
      history: (0..<log.historyCount).map { Int(log.history(age: $0)) },
      gates: learner.gates.map { Double($0.weight) }, candidates: [item] + kept)

    let users = doubles(learner.users.towers[user].accumulators)
    let items = rows.map { doubles(learner.items.towers[$0].accumulators) }
    let tags = (0..<learner.tags.count).map { doubles(learner.tags.towers[$0].accumulators) }
    let effect = Effect(seen: true, history: .none, weight: 1, negativeWeight: 0, rating: nil, undo: false)
    learner.learn(
      user: learner.userIdentifier(user).span, item: learner.items.map.identifier(of: item).span, effect: effect,
      occurredAt: learner.bank.clock!, at: coordinate)

    func check(
      _ path: WritableKeyPath<Model, Double>, old: Double, new: Float, start: Double, moved: Float, forgets: Bool,
      _ what: String
    ) {
      let step = 1e-4
      var (up, down) = (model, model)
      up[keyPath: path] += step
      down[keyPath: path] -= step
      let slope = (up.loss() - down.loss()) / (2 * step)
      let kept = forgets ? Double(Adagrad.halvingEvery5000Touches) : 1
      let square = Double(new) - (start + kept * (old - start))
      // The accumulator's own rounding bounds what can be recovered from it.
      let tolerance = max(2e-4, 2e-6 * old / max(abs(slope), 1e-4))
      #expect(abs(max(square, 0).squareRoot() - abs(slope)) < tolerance + 2e-3 * abs(slope), "\(what)")
      if abs(slope) > 1e-3 { #expect((moved < 0) == (slope > 0), "\(what): the step goes uphill") }
    }
    let start = Double(configuration.accumulator)
    for at in stride(from: 0, to: 32, by: 5) {
      let row = learner.users.towers[user]
      check(
        \.user[at], old: users[at], new: row.accumulators[at], start: start,
        moved: row.weights[at] - Float(model.user[at]), forgets: true, "user \(at)")
      for index in Set([item] + kept + model.history).sorted() {
        let row = learner.items.towers[index]
        check(
          \.own[index][at], old: items[index][at], new: row.accumulators[at], start: start,
          moved: row.weights[at] - Float(model.own[index][at]), forgets: index == item, "item \(index) \(at)")
      }
      for index in tags.indices {
        let row = learner.tags.towers[index]
        check(
          \.tags[index][at], old: tags[index][at], new: row.accumulators[at], start: start,
          moved: row.weights[at] - Float(model.tags[index][at]), forgets: model.itemTags[item].contains(index),
          "tag \(index) \(at)")
      }
    }
    // The loss that was differentiated is one that matters.
    #expect(model.loss() > 0.1)
    model.user[0] += 1
    #expect(model.loss() > 0.1)
  }

  private func log_(_ x: Double) -> Double { log(x) }
}
