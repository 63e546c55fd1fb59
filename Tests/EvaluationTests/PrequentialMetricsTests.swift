import Testing

@testable import Evaluation

/// Seven events; the expected numbers come from an independent Python program that applies the formulas to lists.
func sampleMetrics() -> PrequentialMetrics {
  var metrics = PrequentialMetrics()
  func ranked(_ excluding: Int, _ including: Int, _ popularity: Int, _ twoStage: Int) -> RankOutcome {
    .ranked(.init(excludingSeen: excluding, includingSeen: including, popularity: popularity, twoStage: twoStage))
  }
  metrics.record(prediction: nil, label: 4, ranking: .miss)
  metrics.record(prediction: 3.5, label: 5, ranking: ranked(1, 2, 3, 1))
  metrics.record(prediction: 4.25, label: 2, ranking: ranked(7, 9, 120, 4))
  metrics.record(prediction: 3, label: 3, ranking: .unmeasured)
  metrics.record(prediction: nil, label: nil, ranking: ranked(60, 80, 55, 60))
  metrics.record(prediction: 2.75, label: 1, ranking: ranked(12, 12, 1, 11))
  metrics.record(prediction: 4.5, label: 4, ranking: ranked(101, 130, 50, 100))
  return metrics
}

private func expectClose(
  _ value: Double?, _ expected: Double, location: SourceLocation = #_sourceLocation
) {
  #expect(
    value.map { abs($0 - expected) < 1e-12 } == true, "\(value as Any), expected \(expected)", sourceLocation: location)
}

private func fractions(_ counts: [Int], of total: Int) -> [Double] {
  counts.map { Double($0) / Double(total) }
}

@Suite struct PrequentialMetricsTests {
  @Test func `all events are measured as the formulas say`() throws {
    let quality = sampleMetrics().all
    expectClose(quality.rmse, 1.4577379737113252)
    expectClose(quality.mae, 1.2)
    expectClose(quality.meanRMSE, 1.728840330651992)
    expectClose(quality.mrr, 0.20879302215935877)
    expectClose(quality.ndcgAt10, 0.2222222222222222)
    #expect(quality.hitRates?.rates == fractions([1, 1, 2, 3, 4], of: 6))
    #expect(quality.includingSeen?.rates == fractions([0, 1, 2, 3, 4], of: 6))
    #expect(quality.popularity?.rates == fractions([1, 2, 2, 3, 4], of: 6))
    #expect(quality.twoStage?.rates == fractions([1, 2, 2, 3, 5], of: 6))
  }

  @Test func `the last half begins at half the number of events, rounded down, and knows the labels before it`() {
    let quality = sampleMetrics().lastHalf
    expectClose(quality.rmse, 1.050793351076541)
    expectClose(quality.mae, 0.75)
    expectClose(quality.meanRMSE, 1.601503922822175)
    expectClose(quality.mrr, 0.03663366336633663)
    #expect(quality.ndcgAt10 == 0)
    #expect(quality.hitRates?.rates == fractions([0, 0, 0, 1, 2], of: 3))
    #expect(quality.popularity?.rates == fractions([1, 1, 1, 2, 3], of: 3))
  }

  @Test func `a stream without labels has no errors, and one without rankings no rates`() {
    var unlabeled = PrequentialMetrics()
    unlabeled.record(prediction: nil, label: nil, ranking: .miss)
    #expect(unlabeled.all.rmse == nil)
    #expect(unlabeled.all.meanRMSE == nil)
    #expect(unlabeled.all.hitRates?[100] == 0)
    #expect(unlabeled.all.mrr == 0)

    var unranked = PrequentialMetrics()
    unranked.record(prediction: nil, label: 3, ranking: .unmeasured)
    unranked.record(prediction: 2, label: 3, ranking: .unmeasured)
    #expect(unranked.all.rmse == 1)
    #expect(unranked.all.hitRates == nil)
    #expect(unranked.all.mrr == nil)
    #expect(PrequentialMetrics().all == Quality())
    #expect(PrequentialMetrics().lastHalf == Quality())
  }

  @Test func `a series that was never measured is absent although the stream has misses`() {
    var metrics = PrequentialMetrics()
    metrics.record(prediction: nil, label: nil, ranking: .miss)
    metrics.record(prediction: nil, label: nil, ranking: .ranked(.init(excludingSeen: 2)))
    #expect(metrics.all.hitRates?.rates == [0, 0.5, 0.5, 0.5, 0.5])
    #expect(metrics.all.twoStage == nil)
    #expect(metrics.all.includingSeen == nil)
    #expect(metrics.all.popularity == nil)
  }

  @Test(arguments: HitRates.cutoffs) func `a rank at a cutoff is a hit, one above is not`(cutoff: Int) {
    for (rank, expected) in [(cutoff, 1.0), (cutoff + 1, 0.0)] {
      var metrics = PrequentialMetrics()
      metrics.record(
        prediction: nil, label: nil,
        ranking: .ranked(.init(excludingSeen: rank, includingSeen: rank, popularity: rank, twoStage: rank)))
      #expect(metrics.all.hitRates?[cutoff] == expected)
      #expect(metrics.all.includingSeen?[cutoff] == expected)
      #expect(metrics.all.popularity?[cutoff] == expected)
      #expect(metrics.all.twoStage?[cutoff] == expected)
    }
  }

  @Test func `nDCG counts rank 10 and not rank 11`() {
    // 1 / log2(11) and 0.
    for (rank, expected) in [(1, 1.0), (2, 0.6309297535714575), (10, 0.2890648263178879), (11, 0)] {
      var metrics = PrequentialMetrics()
      metrics.record(prediction: nil, label: nil, ranking: .ranked(.init(excludingSeen: rank)))
      #expect(metrics.all.ndcgAt10 == expected)
    }
  }
}
