import Evaluation
import FeedEvents
import Glibc
import Testing

/// The notebooks' models on the notebooks' data, which may not be distributed with this repository: WOONKLY_TEST_MOVIELENS names
/// a directory that has them.
@Suite(.enabled(if: directory != nil, "WOONKLY_TEST_MOVIELENS names ml-100k"))
struct SeedMovieLensTests {
  private let trial: SeedTrial

  init() throws {
    let dataset = try MovieLensDataset(directory: try #require(directory))
    var examples = SeedExamples(catalog: dataset.catalog)
    for event in dataset { examples.append(event) }
    trial = SeedTrial(examples)
  }

  /// Published: 1.110.
  @Test(arguments: [42, 1] as [UInt64]) func `ranking has the error of its notebook`(seed: UInt64) throws {
    let quality = trial.run(SeedRanking.self, seed: seed) { _ in }
    print("seed-ranking, seed \(seed): RMSE \(quality.rmse as Any)")
    #expect((1.08...1.15).contains(try #require(quality.rmse)))
    #expect(try #require(quality.rmse) < (try #require(quality.meanRMSE)))
  }

  /// Published: .0209 and .234.
  @Test(arguments: [42, 1] as [UInt64]) func `retrieval has the rates of its notebook`(seed: UInt64) throws {
    let quality = trial.run(SeedRetrieval.self, seed: seed) { _ in }
    let rates = try #require(quality.includingSeen)
    print("seed-retrieval, seed \(seed): top-10 \(rates[10] as Any), top-100 \(rates[100] as Any)")
    #expect((0.21...0.26).contains(try #require(rates[100])))
    #expect((0.017...0.027).contains(try #require(rates[10])))
    #expect(try #require(quality.hitRates?[100]) > (try #require(rates[100])))
  }
}

private let directory: String? = {
  // SAFETY: getenv's answer is copied at once; nothing in the tests changes the environment.
  unsafe getenv("WOONKLY_TEST_MOVIELENS").map { unsafe String(cString: $0) }
}()
