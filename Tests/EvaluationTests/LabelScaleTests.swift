import FeedEvents
import Pipeline
import Testing

@testable import Evaluation

/// Whatever the unit of ratings, nothing has to be set.
@Suite struct LabelScaleTests {
  private let stream = SmallStream()
  private let catalog: [CatalogItem]

  init() throws { catalog = try MovieLensDataset(directory: stream.hundredThousand.path).catalog }

  private func run(_ value: @escaping (Int) -> Double) -> PrequentialRun {
    PrequentialRun(catalog, stream.events(value: value))
  }

  @Test(arguments: [2, 0.5, 1_024, 0.125] as [Double])
  func `a scale by a power of two scales every bit of predictions and errors`(factor: Double) throws {
    let (stars, scaled) = (run { Double($0) }, run { Double($0) * factor })
    #expect(scaled.quality.rmse == stars.quality.rmse.map { $0 * factor })
    #expect(scaled.quality.mae == stars.quality.mae.map { $0 * factor })
    #expect(scaled.quality.hitRates == stars.quality.hitRates)
    func predictions(_ run: borrowing PrequentialRun) -> [Float] {
      run.withRecommender { recommender in
        (1...60).flatMap { user in
          (1...80).compactMap { item in
            recommender.learner.predict(user: Array("\(user)".utf8).span, item: Array("\(item)".utf8).span)
          }
        }
      }
    }
    let expected = predictions(stars).map { $0 * Float(factor) }
    #expect(predictions(scaled) == expected)
    #expect(Set(expected).count > 1_000)
  }

  @Test(
    arguments: [
      ("0 to 10", { Double($0 - 1) * 2.5 }, 2.5, 0.01), ("0 to 100", { Double($0 - 1) * 25 }, 25, 0.01),
      ("thousands", { Double($0) * 1_000 }, 1_000, 1e-6), ("hundredths", { Double($0) / 100 }, 0.01, 1e-6),
      ("below zero", { Double($0 - 3) }, 1, 0.01), ("upside down", { Double(6 - $0) }, 1, 0.01),
    ] as [(String, @Sendable (Int) -> Double, Double, Double)])
  func `any other scale needs no setting either`(
    name: String, value: @escaping @Sendable (Int) -> Double, unit: Double, tolerance: Double
  ) throws {
    let (stars, scaled) = (run { Double($0) }, run(value))
    #expect(scaled.quality.hitRates == stars.quality.hitRates)
    let (rmse, expected) = (try #require(scaled.quality.rmse), try #require(stars.quality.rmse) * unit)
    #expect(abs(rmse - expected) <= tolerance * expected, "\(name): \(rmse), expected \(expected)")
  }
}
