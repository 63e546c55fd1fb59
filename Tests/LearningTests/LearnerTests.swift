import Checkpoints
import Settings
import Testing

@testable import Learning

struct LearnerTests {
  /// A learner that has seen a few hundred events.
  private func taught(seed: UInt64 = 1, events count: Int = 600) -> Learner {
    var events = RandomEvents(seed: seed)
    var learner = Learner(configuration: LearningConfiguration())
    for _ in 0..<count { events.step(&learner) }
    learner.seal()
    return learner
  }

  @Test func `labels twice as large give exactly twice the error`() {
    func rmse(scale: Float) -> (Double, [Float]) {
      var random = TestRandom(seed: 4)
      var learner = Learner(configuration: LearningConfiguration())
      for item in 0..<40 { learner.upsert("i\(item)", tags: ["t\(item % 7)", "s\(item % 3)"]) }
      var (squares, predictions): (Double, [Float]) = (0, [])
      for offset in 0..<3000 {
        let (user, item) = (Int.random(in: 0..<20, using: &random), Int.random(in: 0..<40, using: &random))
        let rating = Float((user * 7 + item * 3) % 5 + 1) + Float.random(in: -0.5...0.5, using: &random)
        if let prediction = learner.predict(user: "u\(user)".bytes.span, item: "i\(item)".bytes.span) {
          predictions.append(prediction)
          let error = Double(prediction - rating * scale)
          squares += error * error
        }
        learner.learn("u\(user)", "i\(item)", .positive(rating: rating * scale), at: Int64(offset))
      }
      return ((squares / 3000).squareRoot(), predictions)
    }
    let (once, predictions) = rmse(scale: 1)
    let (twice, doubled) = rmse(scale: 2)
    #expect(twice == 2 * once)
    #expect(doubled == predictions.map { 2 * $0 })
    #expect(once > 0.1 && once < 2)
  }

  @Test func `nothing is predicted before the first rating, and nothing out of bounds after`() {
    var learner = Learner(configuration: LearningConfiguration())
    learner.learn("u", "i", .positive(), at: 0)
    #expect(learner.predict(user: "u".bytes.span, item: "i".bytes.span) == nil)
    learner.learn("u", "i", .positive(rating: 3), at: 1)
    #expect(learner.predict(user: "u".bytes.span, item: "i".bytes.span) == 3)
    #expect(learner.predict(user: "nobody".bytes.span, item: "nothing".bytes.span) == 3)
    learner.learn("u", "j", .positive(rating: 5), at: 2)
    for item in ["i", "j", "k"] {
      let prediction = learner.predict(user: "u".bytes.span, item: item.bytes.span)!
      #expect((3...5).contains(prediction))
    }
  }

  @Test func `huge and tiny ratings leave every number finite`() {
    for sequence in [
      [1, 3e38, -3e38, 1e-38, 0, 3e38], [0, 0, 0, 1e38], [-1e38, 1e38, 1, 2, 3],
      [.leastNonzeroMagnitude, .leastNonzeroMagnitude, 5, 3e38],
      [.greatestFiniteMagnitude, -.greatestFiniteMagnitude],
    ] as [[Float]] {
      var learner = Learner(configuration: LearningConfiguration())
      learner.upsert("i0", tags: ["a", "b", "c", "d", "e", "f"])
      for round in 0..<200 {
        let rating = sequence[round % sequence.count]
        learner.learn("u\(round % 3)", "i\(round % 5)", .positive(rating: rating), at: Int64(round))
        let prediction = learner.predict(user: "u0".bytes.span, item: "i0".bytes.span)!
        #expect(prediction.isFinite)
      }
      #expect(learner.isFinite == true, "\(sequence)")
      learner.seal()
      #expect(learner.digest == learner.recomputedDigest())
    }
  }

  @Test func `a step that would write infinity is left out and counted`() {
    var learner = Learner(configuration: LearningConfiguration())
    for item in 0..<6 { learner.learn("v", "i\(item)", .positive(), at: Int64(item)) }
    learner.learn("u", "i0", .positive(), at: 10)
    // A row that no sequence of events leads to: its dot products overflow.
    let row = learner.users.towers[1]
    row.weights = Vector32([Float](repeating: 3e38, count: 32))
    for item in 0..<learner.items.count {
      learner.items.towers[item].weights = Vector32([Float](repeating: 3e38, count: 32))
    }
    let before = learner.counts.revertedSteps
    learner.learn("u", "i5", .positive(rating: 4), at: 11)
    learner.learn("u", "i4", .hide(), at: 12)
    #expect(learner.counts.revertedSteps > before)
    #expect(learner.isFinite == true)
  }

  @Test func `times at both ends of the range leave every number finite`() {
    var learner = Learner(configuration: LearningConfiguration())
    let times: [Int64] = [0, .min, -1, 1_800_000_000_000, 1_700_000_000_000, .max, 5, .max]
    for (offset, time) in times.enumerated() {
      learner.learn("u\(offset % 2)", "i\(offset % 4)", .positive(), at: Int64(offset), time: time)
      #expect(learner.freezeItems().biases.allSatisfy(\.isFinite) == true)
    }
    #expect(learner.isFinite == true)
  }

  @Test func `reads never change the digest`() {
    let learner = taught()
    let before = learner.digest
    var scratch = RankScratch()
    for user in 0..<12 {
      for item in 0..<32 {
        let (user, item) = ("u\(user)".bytes, "i\(item)".bytes)
        _ = learner.predict(user: user.span, item: item.span)
        _ = learner.rank(of: item.span, for: user.span, scratch: &scratch)
        learner.prefetch(user: user.span, item: item.span)
      }
    }
    _ = learner.freezeItems()
    _ = learner.freezeUsers(Array(0..<learner.counts.users))
    _ = learner.freezeUnknownUser()
    _ = learner.sections()
    #expect(learner.recomputedDigest() == before)
  }

  @Test func `events of a stream find their way to the front`() {
    // Two tastes: even users like even items. After 2,000 events an unseen item of the own taste ranks before the others.
    var random = TestRandom(seed: 9)
    var learner = Learner(configuration: LearningConfiguration())
    for offset in 0..<2000 {
      let user = Int.random(in: 0..<40, using: &random)
      let item = Int.random(in: 0..<100, using: &random) * 2 + user % 2
      learner.learn("u\(user)", "i\(item)", .positive(), at: Int64(offset), time: Int64(offset) * 60_000)
    }
    var scratch = RankScratch()
    var (own, other) = (0, 0)
    for user in 0..<40 {
      for item in 0..<200 {
        guard let row = learner.itemRow("i\(item)".bytes.span),
          !learner.users.records[learner.userRow("u\(user)".bytes.span)!].log.hasSeen(UInt32(row)),
          let ranks = learner.rank(of: "i\(item)".bytes.span, for: "u\(user)".bytes.span, scratch: &scratch)
        else { continue }
        if ranks.excludingSeen <= 10 {
          if item % 2 == user % 2 { own += 1 } else { other += 1 }
        }
      }
    }
    #expect(own > 350 && other < 50, "\(own) of the own taste, \(other) of the other")
  }

  @Test func `ranks count higher scores and earlier equals`() {
    let learner = taught(seed: 3)
    var scratch = RankScratch()
    let frozen = learner.freezeItems()
    for user in learner.freezeUsers([0, 1, 2, 3]) {
      let query = Vector32(user.query)
      let scores = (0..<frozen.count).map {
        query.dot(Vector32(Array(frozen.vectors[$0 * 32..<$0 * 32 + 32]))) + frozen.biases[$0]
      }
      for item in 0..<learner.items.count {
        let id = learner.items.map.identifier(of: item)
        guard let ranks = learner.rank(of: id.span, for: user.identifier.span, scratch: &scratch) else {
          #expect(learner.items.records[item].isKnown == false)
          continue
        }
        let known = (0..<frozen.count).filter { learner.items.records[$0].isKnown }
        // The frozen vector rounds its sum of tags once more, so that scores closer than that may swap.
        let higher = known.filter { scores[$0] > scores[item] + 1e-4 }.count
        let atLeast = known.filter { scores[$0] > scores[item] - 1e-4 }.count
        #expect(ranks.includingSeen > higher && ranks.includingSeen <= max(atLeast, 1))
        #expect(ranks.excludingSeen <= ranks.includingSeen)
      }
    }
    #expect(learner.rank(of: "never".bytes.span, for: "u1".bytes.span, scratch: &scratch) == nil)
  }

  @Test func `catalog items have vectors and no rank before their first event`() {
    var learner = taught()
    learner.upsert("new", tags: ["t1"])
    var scratch = RankScratch()
    #expect(learner.rank(of: "new".bytes.span, for: "u1".bytes.span, scratch: &scratch) == nil)
    let row = learner.itemRow("new".bytes.span)!
    let frozen = learner.freezeItems()
    #expect(frozen.active[row] && frozen.identifiers.matches(row, "new".bytes.span))
    #expect(frozen.vectors[row * 32..<row * 32 + 32].contains { abs($0) > 0 })
    learner.remove(item: "new".bytes.span)
    #expect(learner.freezeItems().active[row] == false)
    learner.learn("u1", "new", .positive(), at: 99)
    #expect(learner.freezeItems().active[row] == false, "an event does not bring back what left the catalog")
    #expect(learner.rank(of: "new".bytes.span, for: "u1".bytes.span, scratch: &scratch) != nil)
  }

  @Test func `settings round trip through their canonical text`() throws {
    var configuration = LearningConfiguration()
    configuration.seed = .max
    configuration.without = [.masking, .logQ]
    configuration.ratingWithTags.bias = 0.3
    let text = LearningConfiguration.settings.canonicalText(of: configuration)
    var read = LearningConfiguration()
    try LearningConfiguration.settings.apply(canonicalText: text, to: &read)
    #expect(read == configuration)
    #expect(text.contains("learning.without=logq,masking\n"))
    for (key, value) in [("learning.without", "nonsense"), ("learning.seed", "-1"), ("learning.rate", "0")] {
      let setting = LearningConfiguration.settings.first { $0.key == key }!
      #expect(throws: SettingError.self) { try setting.set(value, in: &read) }
    }
  }

  @Test func `initial values are a function of seed, table and id`() {
    var learner = Learner(configuration: LearningConfiguration())
    learner.upsert("a")
    learner.upsert("b")
    var other = Learner(configuration: LearningConfiguration())
    other.upsert("b")
    other.upsert("a")
    #expect(learner.items.towers[0].weights == other.items.towers[1].weights)
    #expect(learner.items.rating[1].weights == other.items.rating[0].weights)
    #expect(learner.items.towers[0].weights != learner.items.towers[1].weights)
    other.learn("a", "b", .glance, at: 0)
    #expect(other.users.towers[0].weights != other.items.towers[1].weights)
    // Uniform with standard deviation .01: the mean square over many rows is .0001.
    var squares = 0.0
    for row in 0..<500 {
      learner.upsert("item \(row)")
      let weights = learner.items.towers[row + 2].weights
      squares += Double(weights.dot(weights)) / 32 / 500
    }
    #expect(abs(squares / 1e-4 - 1) < 0.03)
  }

  @Test func `a dwell is long if it is at least the mean of earlier logarithms`() {
    var learner = Learner(configuration: LearningConfiguration())
    #expect(learner.isLongDwell(10) == false, "the first has nothing to be compared with")
    #expect(learner.isLongDwell(10) == true)
    #expect(learner.isLongDwell(9) == false)
    #expect(learner.isLongDwell(1000) == true)
    #expect(learner.isLongDwell(10) == false)
    #expect(learner.isLongDwell(-5) == false)
    #expect(learner.isLongDwell(.nan) == false)
    learner.seal()
    #expect(learner.digest == learner.recomputedDigest())
  }
}
