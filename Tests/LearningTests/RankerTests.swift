import Testing

@testable import Learning

/// The second stage: neutral until it has learned, and what impressions are for.
struct RankerTests {
  @Test func `the ranker says nothing before its first mini-batch`() {
    var with = Learner(configuration: LearningConfiguration())
    var without = Self.withoutRanker()
    for offset in 0..<Int64(Ranker.batch) {
      let (user, item) = ("u\(offset % 7)", "i\(offset % 5)")
      let predictions = (Self.predict(with, user, item), Self.predict(without, user, item))
      #expect(predictions.0 == predictions.1)
      let effect = Effect.positive(rating: Float(1 + offset * 3 % 5))
      with.learn(user, item, effect, at: offset)
      without.learn(user, item, effect, at: offset)
    }
    #expect(with.ranker.pendingTargets.isEmpty, "a batch was learned")
    let predictions = (Self.predict(with, "u1", "i1"), Self.predict(without, "u1", "i1"))
    #expect(predictions.0 != predictions.1)
  }

  private static func predict(_ learner: borrowing Learner, _ user: String, _ item: String) -> Float? {
    learner.predict(user: user.bytes.span, item: item.bytes.span)
  }

  private static func withoutRanker() -> Learner {
    var configuration = LearningConfiguration()
    configuration.without = [.ranker]
    return Learner(configuration: configuration)
  }

  @Test func `the ranker follows a user's mood of the day`() {
    // A user who rates everything two stars lower from one day on: biases take longer than the averages of the latest errors.
    func error(_ learner: consuming Learner) -> Float {
      var learner = learner
      var random = TestRandom(seed: 3)
      var total: Float = 0
      for offset in 0..<6_000 {
        let user = "u\(Int.random(in: 0..<20, using: &random))"
        let item = "i\(Int.random(in: 0..<40, using: &random))"
        let isLow = offset / 400 % 2 == 1
        let rating = Float(isLow ? 2 : 4) + Float.random(in: -0.5...0.5, using: &random)
        if offset >= 3_000 {
          total += abs((learner.predict(user: user.bytes.span, item: item.bytes.span) ?? 0) - rating)
        }
        learner.learn(user, item, .positive(rating: rating), at: Int64(offset))
      }
      return total / 3_000
    }
    let (with, without) = (error(Learner(configuration: LearningConfiguration())), error(Self.withoutRanker()))
    #expect(with < 0.9 * without, "\(with) with the ranker, \(without) without")
  }

  @Test func `likes alone leave both blends at zero and lists in the order of retrieval`() {
    var learner = Learner(configuration: LearningConfiguration())
    var random = TestRandom(seed: 1)
    for offset in 0..<2_000 {
      learner.learn(
        "u\(Int.random(in: 0..<30, using: &random))", "i\(Int.random(in: 0..<60, using: &random))", .engagement,
        at: Int64(offset))
    }
    #expect(learner.ranker.blend == .zero)
    #expect((learner.freezeRanker() == nil) == true)
    #expect(learner.ranker.pendingTargets.isEmpty, "without an event that is ignored, engagement means nothing")
  }

  @Test func `what is shown and ignored falls behind what is shown and liked`() throws {
    var learner = Learner(configuration: LearningConfiguration())
    var random = TestRandom(seed: 2)
    for item in 0..<60 { learner.upsert("i\(item)", tags: [item % 2 == 0 ? "good" : "bad"]) }
    // Both kinds are liked equally often, so that popularity cannot tell; bad ones are shown four times as often.
    for offset in stride(from: Int64(0), to: 24_000, by: 8) {
      let user = "u\(Int.random(in: 0..<400, using: &random))"
      let good = "i\(2 * Int.random(in: 0..<30, using: &random))"
      learner.learn(user, good, .impression, at: offset)
      learner.learn(user, good, .engagement, at: offset + 1)
      let other = "u\(Int.random(in: 0..<400, using: &random))"
      let bad = "i\(2 * Int.random(in: 0..<30, using: &random) + 1)"
      for number in 0..<4 {
        learner.learn(
          number == 3 ? other : "u\(Int.random(in: 0..<400, using: &random))", bad, .impression,
          at: offset + 2 + Int64(number))
      }
      learner.learn(other, bad, .engagement, at: offset + 6)
    }
    let view = learner.bank.view()
    var scratch = RankerScratch()
    var inputs: [Float] = []
    UserPart.unknown.append(to: &inputs)
    var items: [Float] = []
    for row in 0..<60 { learner.itemPart(row, view: view).append(to: &items, for: .unknown) }
    let outputs = learner.ranker.network.outputs(user: inputs, items: items, scratch: &scratch)
    func mean(_ remainder: Int) -> Float {
      outputs.indices.filter { $0 % 2 == remainder }.map { outputs[$0].engagement }.reduce(0, +) / 30
    }
    #expect(mean(0) > mean(1) + 0.3, "\(mean(0)) for the good ones, \(mean(1)) for the bad ones")
  }

  @Test(arguments: [0.02, 0.2, 0.5, 0.9] as [Float])
  func `weights of late labels have no slope where the odds are right`(share: Float) {
    // Every impression is ignored first; a share of them is engaged later.
    let logOdds = Logarithm.log(share / (1 - share))
    let output = RankerOutput(value: 0, engagement: logOdds)
    let ignored = RankerTarget(residual: 0, prior: 0, parts: .engagement).slopes(output)[1]
    let engaged = RankerTarget(residual: 0, prior: 0, parts: [.engagement, .engaged]).slopes(output)[1]
    #expect(abs(ignored + share * engaged) < 1e-6)
    #expect(ignored > 0 && engaged < 0)
  }

  @Test func `a batch cut by a checkpoint goes on where it was`() throws {
    var whole = Learner(configuration: LearningConfiguration())
    var events = RandomEvents(seed: 5)
    for _ in 0..<150 { events.step(&whole) }
    whole.seal()
    #expect(!whole.ranker.pendingTargets.isEmpty)
    var restored = try Learner(configuration: whole.configuration, sections: whole.sections())
    #expect(restored.digest == whole.digest)
    var (one, other) = (events, events)
    for _ in 0..<150 {
      one.step(&whole)
      other.step(&restored)
    }
    whole.seal()
    restored.seal()
    #expect(restored.digest == whole.digest)
    #expect(restored.ranker.network == whole.ranker.network)
  }

  @Test(arguments: 1...20) func `a product is one chain of additions however it is grouped`(rows: Int) {
    var random = TestRandom(seed: 9)
    let (depth, columns) = (23, 32)
    let a = (0..<rows * depth).map { _ in Float.random(in: -1...1, using: &random) }
    let b = (0..<depth * columns).map { _ in Float.random(in: -1...1, using: &random) }
    let start = (0..<rows * columns).map { _ in Float.random(in: -1...1, using: &random) }
    var c = start
    MatrixProduct.accumulate(
      into: &c, rows: rows, columns: columns, depth: depth, a, .init(row: depth, depth: 1), b)
    let transposed = (0..<depth * rows).map { a[$0 % rows * depth + $0 / rows] }
    var d = start
    MatrixProduct.accumulate(
      into: &d, rows: rows, columns: columns, depth: depth, transposed, .init(row: 1, depth: rows), b)
    for row in 0..<rows {
      for column in 0..<columns {
        var sum = start[row * columns + column]
        for k in 0..<depth { sum = sum.addingProduct(a[row * depth + k], b[k * columns + column]) }
        #expect(c[row * columns + column] == sum && d[row * columns + column] == sum)
      }
    }
  }

  @Test(arguments: 1...20) func `a layer begins every row with the biases and keeps what is positive`(rows: Int) {
    var random = TestRandom(seed: 10)
    let (depth, columns) = (23, 32)
    let a = (0..<rows * depth).map { _ in Float.random(in: -1...1, using: &random) }
    let b = (0..<depth * columns).map { _ in Float.random(in: -1...1, using: &random) }
    var biases = (0..<columns).map { _ in Float.random(in: -1...1, using: &random) }
    biases[3] = .nan
    // What an earlier pass left is written over, and what lies beyond stays.
    var c: [Float] = Array(repeating: 7, count: (rows + 1) * columns)
    MatrixProduct.layer(
      into: &c, biases: biases, rows: rows, columns: columns, depth: depth, a, .init(row: depth, depth: 1), b)
    for row in 0..<rows {
      for column in 0..<columns {
        var sum = biases[column]
        for k in 0..<depth { sum = sum.addingProduct(a[row * depth + k], b[k * columns + column]) }
        #expect(c[row * columns + column] == (sum > 0 ? sum : 0))
      }
    }
    #expect(c[(rows * columns)...].allSatisfy { $0 == 7 })
    var empty: [Float] = []
    MatrixProduct.layer(
      into: &empty, biases: biases, rows: rows, columns: columns, depth: depth, a, .init(row: depth, depth: 1), b)
    #expect(empty == Array(c[..<(rows * columns)]))
  }
}
