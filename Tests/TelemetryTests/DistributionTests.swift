import Telemetry
import Testing

@Suite struct DistributionTests {
  @Test func `nothing recorded has no quantile`() {
    #expect(Distribution(bounds: [1]).quantile(0.5) == nil)
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `a quantile lies in the bucket of the exact one`(seed: UInt64) throws {
    var random = SplitMix(seed)
    var distribution = Distribution(bounds: Distribution.delaySeconds)
    var values: [Double] = []
    for _ in 0..<2_000 {
      let uniform = Double.random(in: 0..<1, using: &random)
      let value = 0.0005 + 30 * uniform * uniform * uniform * uniform
      values.append(value)
      distribution.record(value)
    }
    values.sort()
    for rank in [0.5, 0.9, 0.99, 1] {
      let exact = values[Int((rank * 2_000).rounded(.up)) - 1]
      let estimate = try #require(distribution.quantile(rank))
      let upper = try #require(distribution.bounds.first { exact <= $0 })
      let lower = distribution.bounds.last { $0 < exact } ?? 0
      #expect((lower...upper).contains(estimate), "seed \(seed), rank \(rank), exact \(exact), estimate \(estimate)")
    }
  }

  @Test func `quantiles never fall as the rank grows`() throws {
    var distribution = Distribution(bounds: [1, 2, 3])
    for value in [0.5, 2.5, 2.5, 9] { distribution.record(value) }
    let quantiles = try (0...100).map { try #require(distribution.quantile(Double($0) / 100)) }
    #expect(quantiles == quantiles.sorted())
    #expect(quantiles[100] == 3, "beyond the last bound nothing is known")
    #expect(quantiles[50] == 2.5, "half of the bucket (2, 3] is one of its two values")
  }

  @Test func `a value on a bound belongs to it, and no number to nothing`() {
    var distribution = Distribution(bounds: [1, 2])
    for value in [1, 2, 2.0000001, .nan, -5] { distribution.record(value) }
    #expect(distribution.counts == [2, 1, 1])
    #expect(distribution.count == 4)
  }
}

/// A small generator whose stream a seed fixes (Steele, Lea & Flood, OOPSLA 2014).
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
