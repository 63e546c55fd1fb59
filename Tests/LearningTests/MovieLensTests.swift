import Testing

@testable import Learning

/// The figures that the recipe reaches on MovieLens-100K, and what each ingredient is worth there. The data may not be
/// distributed with this repository: WOONKLY_TEST_MOVIELENS names a directory that has them (u.data, u.item).
@Suite(.enabled(if: MovieLens.directory != nil, "WOONKLY_TEST_MOVIELENS names no directory"))
struct MovieLensTests {
  let data: MovieLens

  init() throws { data = try MovieLens(directory: MovieLens.directory!) }

  private func stream(
    _ configuration: LearningConfiguration, ranking: Bool = true, scale: Float = 1
  ) -> Prequential {
    var learner = Prequential.fresh(configuration, data)
    return Prequential(&learner, data, ranking: ranking, scale: scale)
  }

  @Test func `the recipe reaches its figures on a stream`() {
    let result = stream(LearningConfiguration())
    print("complete: \(result)")
    #expect(abs(result.rmse - 0.920) < 0.001)
    #expect(abs(result.rate(result.hits10) - 0.2135) < 0.0015)
    #expect(abs(result.rate(result.hits100) - 0.6865) < 0.0015)
    #expect(abs(result.rate(result.popularity10) - 0.078) < 0.002)
    #expect(abs(result.rate(result.popularity100) - 0.374) < 0.002)
  }

  @Test func `ids alone predict ratings as well as they should`() {
    var configuration = LearningConfiguration()
    configuration.itemTags = false
    let result = stream(configuration, ranking: false)
    print("ids only: RMSE \(result.rmse)")
    #expect(abs(result.rmse - 0.930) < 0.001)
  }

  @Test func `without the ranker the rating head alone reaches its figures`() {
    var configuration = LearningConfiguration()
    configuration.without = [.ranker]
    #expect(abs(stream(configuration, ranking: false).rmse - 0.927) < 0.001)
    configuration.itemTags = false
    #expect(abs(stream(configuration, ranking: false).rmse - 0.940) < 0.001)
  }

  /// hit@10 without one ingredient: as published for the recipe, and as measured here. The published figures were mostly
  /// taken in a simpler form of the recipe, so the measured ones are what is pinned. They differ by .009 for the restriction of
  /// L2, by .003 for masking and by .002 for the positive's correction, and by less for the others.
  @Test(
    arguments: [
      (.restrictedL2, "0.158", 0.1675), (.logQ, "0.158", 0.1564), (.correctedPositive, "0.199", 0.1966),
      (.historyGradient, "0.203", 0.2025), (.history, "0.150", 0.1482), (.tags, "0.206", 0.2079),
      (.masking, "0.2075", 0.2041), (.lowRatings, "0.180 to 0.198", 0.1901),
    ] as [(Ablation, String, Double)])
  func `without an ingredient the rate falls to`(ablation: Ablation, published: String, measured: Double) {
    var configuration = LearningConfiguration()
    // The ranker has no part in these figures, and takes time.
    configuration.without = [ablation, .ranker]
    let rate = stream(configuration).rates10
    print("without \(ablation): hit@10 \(rate), published \(published)")
    #expect(abs(rate - measured) < 0.0015)
    #expect(rate < 0.2115, "every ingredient is worth something")
  }

  /// One pass with large steps: the error depends on the split and order. Published are .913 to .915 for hit@10 .159 to .160;
  /// of these six shuffles the errors of the rating head alone are .914 to .931, with the ranker .006 less.
  @Test func `a random split is learned in one pass`() {
    var (errors, hits): ([Double], Double) = ([], 0)
    let seeds: [UInt64] = [42, 1, 2, 3, 4, 5]
    for seed in seeds {
      let split = RandomSplit(LearningConfiguration(), data, seed: seed)
      print("split, seed \(seed): RMSE \(split.rmse) hit@10 \(split.hit10)")
      errors.append(split.rmse)
      hits += split.hit10 / Double(seeds.count)
    }
    let mean = errors.reduce(0, +) / Double(errors.count)
    print("split, mean: RMSE \(mean) hit@10 \(hits)")
    #expect(abs(hits - 0.1595) < 0.001)
    #expect(abs(mean - 0.9133) < 0.002)
    #expect(errors.allSatisfy { $0 < 0.935 })
  }

  @Test func `labels twice as large give exactly twice the error`() {
    let first = stream(LearningConfiguration(), ranking: false)
    let second = stream(LearningConfiguration(), ranking: false, scale: 2)
    #expect(second.rmse == 2 * first.rmse)
    print("learning and predicting: \(Int(Double(data.events.count) / first.seconds)) events a second of CPU")
  }
}
