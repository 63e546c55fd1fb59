import Settings
import Learning
import Testing

@Suite(.enabled(if: MovieLens.directory != nil, "WOONKLY_TEST_MOVIELENS names no directory"))
struct MovieLensTests {
  @Test func `the recipe reaches its figures on a stream`() throws {
    let data = try MovieLens(directory: MovieLens.directory!)
    var learner = Prequential.fresh(LearningConfiguration(), data)
    let result = Prequential(&learner, data)
    print(
      "complete: RMSE \(result.rmse) hit@10 \(result.rate(result.hits10)) hit@100 \(result.rate(result.hits100))",
      "with seen \(result.rate(result.seenHits10)) popularity \(result.rate(result.popularity10))",
      "\(result.rate(result.popularity100)) seconds \(result.seconds) \(learner.counts)")
    #expect(result.rmse < 0.9275)
    #expect(result.rate(result.hits10) > 0.2125)
    #expect(result.rate(result.hits100) > 0.6855)
  }

  @Test func `learning keeps up`() throws {
    let data = try MovieLens(directory: MovieLens.directory!)
    var learner = Prequential.fresh(LearningConfiguration(), data)
    let result = Prequential(&learner, data, ranking: false)
    print("events/s", Double(data.events.count) / result.seconds)
  }

  @Test func `experiment`() throws {
    let data = try MovieLens(directory: MovieLens.directory!)
    var configuration = LearningConfiguration()
    for assignment in (MovieLens.environment("X_SET") ?? "").split(separator: ";") {
      try LearningConfiguration.settings.apply(canonicalText: String(assignment), to: &configuration)
    }
    var learner = Prequential.fresh(configuration, data)
    let result = Prequential(&learner, data)
    for seed in (MovieLens.environment("X_SPLIT") ?? "").split(separator: ",") { print("X split", RandomSplit(configuration, data, seed: UInt64(seed)!)) }
    print("X", configuration.without, "RMSE \(result.rmse) hit \(result.rate(result.hits10)) \(result.rate(result.hits100)) \(result.seconds)")
  }
}
