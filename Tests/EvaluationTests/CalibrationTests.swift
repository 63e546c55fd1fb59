import Testing

@testable import Evaluation

@Suite struct CalibrationTests {
  private func measured(_ events: [(Float?, Float?)], bins: Int = 20) -> Calibration? {
    var metrics = PrequentialMetrics()
    for (prediction, label) in events { metrics.record(prediction: prediction, label: label, ranking: .unmeasured) }
    return metrics.calibration(bins: bins)
  }

  @Test func `a perfect predictor has no error in any bin`() throws {
    let stars = (0..<200).map { Float($0 % 9) / 2 + 1 }
    let calibration = try #require(measured(stars.map { ($0, $0) }))
    #expect(calibration.bins.count == 9)
    #expect(calibration.bins.allSatisfy { $0.error == 0 && $0.predicted == $0.observed })
    #expect(calibration.bins.map(\.count).reduce(0, +) == 200)
    #expect(calibration.error == 0)
  }

  @Test func `bins are half open but for the last, and errors are weighted by events`() throws {
    // From 1 to 3 in four bins of one half.
    let calibration = try #require(
      measured(
        [(1, 2), (1.25, 1), (1.5, 1.5), (3, 2), (2.75, 2), (2.5, 2), (nil, 5), (2, nil), (nil, nil)], bins: 4))
    #expect(calibration.bins.map(\.lower) == [1, 1.5, 2.5])
    #expect(calibration.bins.map(\.upper) == [1.5, 2, 3])
    #expect(calibration.bins.map(\.count) == [2, 1, 3])
    #expect(calibration.bins.map(\.predicted) == [1.125, 1.5, 2.75])
    #expect(calibration.bins.map(\.observed) == [1.5, 1.5, 2])
    #expect(calibration.bins.map(\.error) == [0.375, 0, -0.75])
    #expect(calibration.error == (2 * 0.375 + 3 * 0.75) / 6)
  }

  @Test func `one prediction is one bin, and none is no calibration`() throws {
    #expect(try #require(measured([(3.5, 4), (3.5, 2)])).bins.map(\.observed) == [3])
    #expect(measured([(nil, 4)]) == nil)
    #expect(measured([]) == nil)
  }

  @Test func `any scale has a handful of bins`() throws {
    for scale in [1e-30, 0.37, 1, 100, 7e5, 1e30] as [Float] {
      let calibration = try #require(measured((0..<1_000).map { (Float($0) * scale, Float($0) * scale) }))
      #expect((8...21).contains(calibration.bins.count), "\(scale)")
      #expect(calibration.bins.map(\.count).reduce(0, +) == 1_000)
    }
  }

  @Test(arguments: [
    (1.0, 1.0, 0), (1.1, 2, 0), (2.1, 2.5, 1), (3, 5, 0), (5.5, 10, 0), (0.2, 0.2, 1), (0.21, 0.25, 2), (99, 100, 0),
    (0.003, 0.005, 3), (1_500, 2_000, 0),
  ]) func `distances are round`(distance: Double, step: Double, places: Int) {
    let found = RoundStep.above(distance)
    #expect(abs(found - step) <= 1e-12 * step)
    #expect(RoundStep.places(found) == places)
  }
}
