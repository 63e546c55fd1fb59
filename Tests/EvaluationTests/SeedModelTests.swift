import FeedEvents
import Testing

@testable import Evaluation

@Suite struct SeedModelTests {
  /// Everybody turns to all items of their own half, in random order, and rates the even ones 5 and the odd ones 1.
  private func halves() -> SeedExamples {
    var examples = SeedExamples(catalog: [CatalogItem(itemID: Array("never".utf8), title: nil, tags: [])])
    for position in RandomSplit(count: 2_000, trainFraction: 1, seed: 3).train {
      let (user, item) = (position / 50, position / 50 % 2 * 50 + position % 50)
      examples.append(
        Interaction(
          userID: Array("u\(user)".utf8), itemID: Array("p\(item)".utf8), type: .rating,
          value: item % 2 == 0 ? 5 : 1, occurredAt: 0))
    }
    return examples
  }

  /// Twenty epochs of small batches over four fifths, since a handful of steps teaches so few events nothing.
  private func taught<Model: SeedModel>(_ model: Model.Type) -> Quality {
    let examples = halves()
    var model = Model(users: examples.userCount, items: examples.itemCount, seed: 42)
    let (train, test) = (examples.all[..<1_600], examples.all[1_600...])
    for _ in 0..<20 {
      for start in stride(from: 0, to: train.count, by: 100) { model.learn(SeedBatch(train[start..<start + 100])) }
    }
    return model.quality(on: SeedBatch(test), after: SeedBatch(train)) { _ in }
  }

  @Test func `a vocabulary holds users, items and the rest of the catalog`() {
    let examples = halves()
    #expect(examples.userCount == 40)
    #expect(examples.itemCount == 101)
    #expect(examples.all.allSatisfy { $0.item > 0 }, "nobody turns to the catalog's own item")
  }

  @Test func `ratings are learned`() throws {
    let quality = taught(SeedRanking.self)
    let (rmse, mean) = (try #require(quality.rmse), try #require(quality.meanRMSE))
    #expect(rmse < mean / 4, "\(rmse), that of the mean \(mean)")
    #expect(quality.hitRates == nil && quality.includingSeen == nil && quality.popularity == nil)
  }

  @Test func `tastes are learned`() throws {
    let quality = taught(SeedRetrieval.self)
    let (rate, popularity) = (try #require(quality.hitRates?[10]), try #require(quality.popularity?[10]))
    #expect(rate > 1.5 * popularity, "\(rate), that of popularity \(popularity)")
    #expect(quality.rmse == nil)
  }

  @Test func `progress goes up to the end of the work`() {
    let trial = SeedTrial(halves())
    #expect(trial.work == 3 * 1_600 + 400)
    for steps in [steps(of: SeedRanking.self, trial), steps(of: SeedRetrieval.self, trial)] {
      #expect(steps == steps.sorted() && steps.last == trial.work)
    }
  }

  private func steps<Model: SeedModel>(of model: Model.Type, _ trial: SeedTrial) -> [Int] {
    var steps: [Int] = []
    _ = trial.run(model, seed: 1) { steps.append($0) }
    return steps
  }

  @Test func `without a rating there is nothing for the ranking to say`() {
    var likes = SeedExamples(catalog: [])
    for index in 0..<100 {
      likes.append(
        Interaction(
          userID: Array("\(index % 7)".utf8), itemID: Array("\(index % 9)".utf8), type: .like, value: nil,
          occurredAt: 0))
    }
    #expect(SeedTrial(likes).run(SeedRanking.self, seed: 42) { _ in } == Quality())
  }

  @Test func `the same seed gives the same bits, another one others`() {
    let trial = SeedTrial(halves())
    func rmse(_ seed: UInt64) -> Double? { trial.run(SeedRanking.self, seed: seed) { _ in }.rmse }
    func mrr(_ seed: UInt64) -> Quality { trial.run(SeedRetrieval.self, seed: seed) { _ in } }
    #expect(rmse(1) == rmse(1))
    #expect(rmse(1) != rmse(2))
    #expect(mrr(1) == mrr(1))
    #expect(mrr(1) != mrr(2))
  }

  @Test func `retrieval ranks by the product, with and without what the user has met`() {
    var model = SeedRetrieval(users: 2, items: 12, seed: 1)
    model.users.weights = [Float](repeating: 1, count: 64).blocks
    // Item 0 is the best, item 11 the worst.
    model.items.weights = (0..<12).flatMap { [Float](repeating: Float(-$0), count: 32).blocks }
    // User 0 has met items 0, 1 and 2, and 6 is popular with the other.
    let train = [(0, 0), (0, 1), (0, 2), (1, 6), (1, 6), (1, 9)].map { SeedExample(user: $0, item: $1, label: .nan) }
    let test = [(0, 5), (0, 2), (1, 0)].map { SeedExample(user: $0, item: $1, label: .nan) }
    let quality = model.quality(on: SeedBatch(test[...]), after: SeedBatch(train[...]), progress: { _ in })
    // Item 5 is sixth of all, third of those not met; item 2 is met and not measured; item 0 is first for user 1.
    #expect(quality.includingSeen?.rates == [0.5, 0.5, 1, 1, 1])
    #expect(quality.hitRates?.rates == [0.5, 1, 1, 1, 1])
    let reciprocals: [Double] = [1.0 / 3, 1.0]
    #expect(quality.mrr == reciprocals.reduce(0, +) / 2)
    // By number of events: 5 follows 6, 9, 3 and 4 among those user 0 has not met; 0 follows none that user 1 has not.
    #expect(quality.popularity?.rates == [0.5, 1, 1, 1, 1])
  }

  @Test func `a product that is not finite is no prediction`() {
    var examples = SeedExamples(catalog: [])
    for index in 0..<1_000 {
      examples.append(
        Interaction(
          userID: Array("\(index % 7)".utf8), itemID: Array("\(index % 9)".utf8), type: .rating, value: 3e38,
          occurredAt: 0))
    }
    #expect(SeedTrial(examples).run(SeedRanking.self, seed: 42) { _ in }.rmse?.isFinite ?? true)
  }

  @Test(arguments: [0, 1, 4, 5]) func `small data sets have a result too`(count: Int) {
    var examples = SeedExamples(catalog: [])
    for index in 0..<count {
      examples.append(
        Interaction(
          userID: Array("u".utf8), itemID: Array("\(index)".utf8), type: .rating, value: 3, occurredAt: 0))
    }
    let trial = SeedTrial(examples)
    let (ranking, retrieval) = (
      trial.run(SeedRanking.self, seed: 42) { _ in }, trial.run(SeedRetrieval.self, seed: 42) { _ in }
    )
    #expect(ranking.rmse?.isFinite ?? (count < 5))
    #expect(retrieval.hitRates != nil || count == 0)
  }
}
