import FeedEvents
import Learning
import Pipeline
import Testing

@testable import Evaluation

/// Whatever the unit of ratings, nothing has to be set.
@Suite struct LabelScaleTests {
  /// How one to five stars become another value.
  struct Scale: Sendable, CustomTestStringConvertible {
    let name: String
    var unit: Double
    var offset = 0.0
    /// Of the error, relative: a first value that is nearer to zero gives the spread another start.
    var tolerance = 0.01

    var testDescription: String { name }

    func value(_ stars: Int) -> Double { Double(stars) * unit + offset }
  }

  private let stream = SmallStream()
  private let catalog: [CatalogItem]

  init() throws { catalog = try MovieLensDataset(directory: stream.hundredThousand.path).catalog }

  private func run(_ scale: Scale) -> PrequentialRun {
    PrequentialRun(catalog, stream.events(value: scale.value))
  }

  private func predictions(_ run: borrowing PrequentialRun) -> [Float] {
    run.withRecommender { recommender in
      var predictions: [Float] = []
      for user in 1...60 {
        for item in 1...80 {
          let (user, item) = (Array("\(user)".utf8), Array("\(item)".utf8))
          predictions += recommender.learner.predict(user: user.span, item: item.span).map { [$0] } ?? []
        }
      }
      return predictions
    }
  }

  @Test(arguments: [2, 0.5, 1_024, 0.125] as [Double])
  func `a scale by a power of two scales every bit of predictions and errors`(factor: Double) throws {
    let stars = run(Scale(name: "stars", unit: 1))
    let scaled = run(Scale(name: "scaled", unit: factor))
    let (first, second) = (stars.quality, scaled.quality)
    #expect(second.rmse == first.rmse.map { $0 * factor })
    #expect(second.mae == first.mae.map { $0 * factor })
    #expect(second.hitRates == first.hitRates)
    let expected = predictions(stars).map { $0 * Float(factor) }
    #expect(predictions(scaled) == expected)
    #expect(Set(expected).count > 1_000)
  }

  @Test(arguments: [
    Scale(name: "0 to 10", unit: 2.5, offset: -2.5), Scale(name: "0 to 100", unit: 25, offset: -25),
    Scale(name: "thousands", unit: 1_000, tolerance: 1e-6), Scale(name: "hundredths", unit: 0.01, tolerance: 1e-6),
    Scale(name: "below zero", unit: 1, offset: -3), Scale(name: "upside down", unit: -1, offset: 6),
  ]) func `any other scale needs no setting either`(scale: Scale) throws {
    let stars = run(Scale(name: "stars", unit: 1)).quality
    let scaled = run(scale).quality
    #expect(scaled.hitRates == stars.hitRates)
    let expected = try #require(stars.rmse) * abs(scale.unit)
    let rmse = try #require(scaled.rmse)
    #expect(abs(rmse - expected) <= scale.tolerance * expected, "\(rmse), expected \(expected)")
  }
}
