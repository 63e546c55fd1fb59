import Learning
import Testing

@testable import Evaluation

@Suite struct BreakdownTests {
  @Test(arguments: [
    (1, "1"), (2, "2"), (3, "3–5"), (5, "3–5"), (6, "6–10"), (10, "6–10"), (11, "11–20"), (20, "11–20"), (21, "21–50"),
    (50, "21–50"), (51, "51–100"), (100, "51–100"), (101, "101+"), (4_096, "101+"),
  ]) func `a user's n-th item falls into one bucket`(age: Int, label: String) {
    #expect(Buckets.userAge.label(Buckets.userAge.index(of: age)) == label)
  }

  @Test(arguments: [
    (0, "0"), (1, "1–5"), (5, "1–5"), (6, "6–20"), (20, "6–20"), (21, "21–50"), (51, "51–100"), (101, "101–200"),
    (200, "101–200"), (201, "201–500"), (500, "201–500"), (501, "501–2,000"), (2_000, "501–2,000"),
    (2_001, "2,001–10,000"), (10_000, "2,001–10,000"), (10_001, "10,001+"),
  ]) func `an item falls into one bucket`(positives: Int, label: String) {
    #expect(Buckets.itemPopularity.label(Buckets.itemPopularity.index(of: positives)) == label)
  }

  private func event(_ rank: RankOutcome, met: Int, positives: Int, in metrics: inout PrequentialMetrics) {
    metrics.record(
      prediction: nil, label: nil, ranking: rank, familiarity: Familiarity(itemsMet: met, positives: positives))
  }

  @Test func `each bucket has its own rates and baselines, and misses count`() throws {
    var metrics = PrequentialMetrics()
    event(.miss, met: 0, positives: 0, in: &metrics)
    event(.ranked(.init(excludingSeen: 10, popularity: 11)), met: 0, positives: 3, in: &metrics)
    event(.ranked(.init(excludingSeen: 101, popularity: 100)), met: 2, positives: 5, in: &metrics)
    event(.unmeasured, met: 3, positives: 600, in: &metrics)
    event(.ranked(.init(excludingSeen: 1, popularity: 10)), met: 4, positives: 6, in: &metrics)
    metrics.record(prediction: nil, label: nil, ranking: .ranked(.init(excludingSeen: 1)))

    let ages = metrics.byUserAge.rows
    #expect(ages.map(\.label) == ["1", "3–5"], "buckets without a measured event are left out")
    #expect(ages.map(\.events) == [2, 2])
    #expect(ages.map { $0.hitRates[10] } == [0.5, 0.5])
    #expect(ages.map { $0.popularity?[10] } == [0, 0.5])
    #expect(ages.map { $0.popularity?[100] } == [0.5, 1])
    #expect(ages.allSatisfy { $0.twoStage == nil })

    let items = metrics.byItemPopularity.rows
    #expect(items.map(\.label) == ["0", "1–5", "6–20"])
    #expect(items.map { $0.hitRates[10] } == [0, 0.5, 1])
    #expect(items.map { $0.hitRates[100] } == [0, 0.5, 1])
  }

  @Test func `the ranker has rates once it has ranked`() {
    var metrics = PrequentialMetrics()
    event(.miss, met: 0, positives: 0, in: &metrics)
    event(.ranked(.init(excludingSeen: 20, twoStage: 1)), met: 0, positives: 1, in: &metrics)
    #expect(metrics.byUserAge.rows.map { $0.twoStage?[1] } == [0.5])
    #expect(metrics.byUserAge.rows.map { $0.popularity } == [nil])
  }
}
