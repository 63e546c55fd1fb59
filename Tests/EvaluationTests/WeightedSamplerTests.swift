import Testing

@testable import Evaluation

@Suite struct WeightedSamplerTests {
  @Test(arguments: 1...40) func `positions are drawn in proportion to their weights`(count: Int) throws {
    var random = SplitMix64(seed: UInt64(count))
    var sampler = WeightedSampler()
    var weights = (0..<count).map { _ in random.below(20) }
    weights[count / 2] = 20
    for weight in weights { sampler.append(weight) }
    if count > 3 {
      sampler.clear(1)
      weights[1] = 0
    }
    #expect(sampler.total == weights.reduce(0, +))
    var drawn = Array(repeating: 0, count: count)
    let draws = 4_000
    for _ in 0..<draws { drawn[try #require(sampler.draw(&random))] += 1 }
    for (position, weight) in weights.enumerated() {
      let expected = Double(draws * weight) / Double(sampler.total)
      // Six standard deviations of a binomial, and exactly none for weight 0.
      #expect(
        abs(Double(drawn[position]) - expected) <= 6 * expected.squareRoot(), "seed \(count), position \(position)")
    }
  }

  @Test func `nothing is drawn from nothing`() {
    var random = SplitMix64(seed: 1)
    var sampler = WeightedSampler()
    #expect(sampler.draw(&random) == nil)
    sampler.append(3)
    sampler.clear(0)
    #expect(sampler.draw(&random) == nil)
  }

  @Test func `the agenda hands out the earliest first, and equal times in order of entry`() {
    var random = SplitMix64(seed: 9)
    var agenda = Agenda<Int>()
    let times = (0..<500).map { _ in Int64(random.below(40)) }
    for (entry, time) in times.enumerated() { agenda.add(entry, at: time) }
    var order: [Int] = []
    while let next = agenda.next(dueAt: 29) { order.append(next.entry) }
    #expect(order == times.indices.filter { times[$0] <= 29 }.sorted { (times[$0], $0) < (times[$1], $1) })
    #expect(agenda.next(dueAt: 29) == nil)
    #expect(agenda.next(dueAt: 40) != nil)
  }
}
