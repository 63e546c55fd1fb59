import FeedEvents
import Learning
import Pipeline
import Testing

@testable import Evaluation

@Suite struct RecommendationCountsTests {
  private func counts(_ lists: [[Int]]) -> RecommendationCounts {
    var counts = RecommendationCounts()
    for list in lists { counts.count(list) }
    return counts
  }

  @Test func `equal shares have the index 0, one item alone has 1`() {
    #expect(counts([[0, 1], [2, 3], [4, 5]]).gini(of: 6) == 0)
    #expect(counts([[5], [5], [5]]).gini(of: 6) == 1)
    #expect(counts([[0, 1, 2]]).gini(of: 3) == 0)
  }

  @Test func `the index of known distributions`() {
    // 1, 2, 3 of three items: (−2·1 + 0·2 + 2·3) / (2 · 6).
    #expect(counts([[0, 1, 2], [1, 2], [2]]).gini(of: 3) == 1.0 / 3)
    // The same with two items more that were never recommended: (0·1 + 2·2 + 4·3) / (4 · 6).
    #expect(counts([[0, 1, 2], [1, 2], [2]]).gini(of: 5) == 2.0 / 3)
    // Half of the items equally often: (n / 2) / (n − 1).
    #expect(counts([[0, 1, 2, 3]]).gini(of: 8) == 4.0 / 7)
  }

  @Test func `rows of items play no part in the index`() {
    let one = counts([[0, 1, 2], [1, 2], [2]])
    let other = counts([[9, 4, 70], [70, 4], [4]])
    #expect(one.gini(of: 100) == other.gini(of: 100))
    #expect(one.lorenz(of: 100, steps: 7) == other.lorenz(of: 100, steps: 7))
  }

  @Test func `coverage is the share of items that were in a list`() {
    let counts = self.counts([[0, 3], [3, 5], []])
    #expect((counts.lists, counts.places, counts.recommended) == (3, 4, 3))
    #expect(counts.coverage(of: 12) == 0.25)
    #expect(counts.coverage(of: 3) == 1)
  }

  @Test func `nothing has no share`() {
    let none = RecommendationCounts()
    #expect(none.coverage(of: 5) == nil)
    #expect(none.gini(of: 5) == nil)
    #expect(none.lorenz(of: 5, steps: 4).isEmpty)
    #expect(counts([[0]]).gini(of: 1) == nil, "one item is neither even nor uneven")
    #expect(counts([[]]).coverage(of: 5) == 0)
    #expect(counts([[]]).gini(of: 5) == nil)
  }

  @Test func `the Lorenz curve goes from 0 to 1 through the items' shares`() {
    let lists = counts([[0, 1, 2], [1, 2], [2, 1, 0], [2]])
    // 0, 2, 3, 4 of 9.
    let quarters: [Double] = [0, 0, 2, 5, 9]
    let eighths: [Double] = [0, 0, 0, 1, 2, 3.5, 5, 7, 9]
    #expect(lists.lorenz(of: 4, steps: 4) == quarters.map { $0 / 9 })
    #expect(lists.lorenz(of: 4, steps: 8) == eighths.map { $0 / 9 })
    #expect(lists.lorenz(of: 4, steps: 1) == [0, 1])
  }

  @Test func `one event in sixteen has its user's list counted, as long as there are items`() {
    var run = PrequentialRun(configuration: JournaledConfiguration(), hasCatalog: false)
    // Forty items, each met by one user; the skip is learned and no positive, its list counts all the same.
    run.fold(
      (0..<40).map { index in
        Interaction(
          userID: Array("u\(index % 4)".utf8), itemID: Array("i\(index)".utf8), type: index == 31 ? .skip : .like,
          occurredAt: Int64(index) * 1_000)
      })
    let recommendations = run.probe.recommendations
    #expect(recommendations.lists == 2)
    // Before the 16th event 15 items are known, 3 of them the user's own; before the 32nd, 31 and 7.
    #expect(recommendations.places == 20)
    #expect(run.withRecommender { $0.learner.knownItems } == 40)
    #expect(run.probe.metrics.byUserAge.rows.map(\.events) == [4, 4, 12, 19])
    #expect(run.probe.metrics.byItemPopularity.rows.map(\.label) == ["0"])
  }
}
