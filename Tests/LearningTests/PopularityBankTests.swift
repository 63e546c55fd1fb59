import Testing

@testable import Learning

struct PopularityBankTests {
  private static let day: Int64 = 86_400_000

  @Test func `counts halve with their half-lives, across blocks of time too`() {
    var bank = PopularityBank()
    let start: Int64 = 1_700_000_000_000
    bank.advance(to: start)
    bank.countItem()
    var item = ItemPopularity()
    bank.count(&item, at: start)
    for days in [0, 1, 3, 29, 30, 31, 90] as [Int64] {
      var later = bank
      later.advance(to: start + days * Self.day)
      var other = ItemPopularity()
      later.countItem()
      later.count(&other, at: start + days * Self.day)
      // The share of the old item against one fresh count, per half-life.
      let view = later.view()
      let (old, fresh) = (view.shares(item.counts, block: item.block), view.shares(other.counts, block: other.block))
      for (speed, halfLife) in [Double.infinity, 30, 3, 0.25].enumerated() {
        let left = halfLife == .infinity ? 1 : Self.power(-Double(days) / halfLife)
        #expect(abs(old[speed] / fresh[speed] - (left + 0.01) / 1.01) < 1e-9, "\(days) days, speed \(speed)")
        #expect(abs(old[speed] + fresh[speed] - 1) < 1e-9, "shares of all items sum to one")
      }
    }
  }

  private static func power(_ x: Double) -> Double { Exponential.exp2(x) }

  @Test func `latecomers add what is left of them`() {
    var (punctual, late) = (PopularityBank(), PopularityBank())
    var (first, second) = (ItemPopularity(), ItemPopularity())
    punctual.advance(to: 0)
    punctual.count(&first, at: 0)
    punctual.advance(to: 40 * Self.day)
    late.advance(to: 40 * Self.day)
    late.count(&second, at: 0)
    let (one, two) = (punctual.view(), late.view())
    let (a, b) = (one.shares(first.counts, block: first.block), two.shares(second.counts, block: second.block))
    for speed in 0..<4 { #expect(abs(a[speed] / b[speed] - 1) < 1e-9) }
    for speed in 0..<2 { #expect(abs(punctual.totals[speed] / late.totals[speed] - 1) < 1e-9) }
  }

  @Test func `a block of time goes by exactly`() {
    // Powers of two: passing through many blocks at once or one by one gives the same bits.
    var (once, often) = (PopularityBank(), PopularityBank())
    var (a, b) = (ItemPopularity(), ItemPopularity())
    once.advance(to: 12_345)
    often.advance(to: 12_345)
    once.count(&a, at: 12_345)
    often.count(&b, at: 12_345)
    for days in 1...100 as ClosedRange<Int64> { often.advance(to: 12_345 + days * Self.day) }
    once.advance(to: 12_345 + 100 * Self.day)
    #expect(once.totals == often.totals)
    #expect(once.view().shares(a.counts, block: a.block) == often.view().shares(b.counts, block: b.block))
  }

  @Test func `taking everything back leaves nothing`() {
    var bank = PopularityBank()
    var item = ItemPopularity()
    bank.advance(to: 1000)
    for hour in 0..<50 as Range<Int64> {
      bank.advance(to: 1000 + hour * 3_600_000)
      bank.count(&item, at: 1000 + hour * 3_600_000)
    }
    for _ in 0..<50 { bank.takeBack(&item) }
    for speed in 0..<4 {
      #expect(item.counts[speed] >= 0 && item.counts[speed] < 1e-6)
      #expect(bank.totals[speed] >= 0 && bank.totals[speed] < 1e-6)
    }
  }
}
