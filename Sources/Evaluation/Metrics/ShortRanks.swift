/// Ranks of which only the first hundred matter, one byte per event.
///
/// A series that never received a rank was not measured at all and has no rates, whatever misses it counted.
struct ShortRanks: Sendable {
  private static let unmeasured: UInt8 = 0
  private static let miss = UInt8.max

  private var ranks: [UInt8] = []
  private(set) var isMeasured = false

  /// The rank at a position, 255 for all beyond and for a miss; 0 where none was measured.
  subscript(index: Int) -> UInt8 { ranks[index] }

  /// Nil is a miss.
  mutating func append(_ rank: Int?) {
    guard let rank else {
      ranks.append(Self.miss)
      return
    }
    precondition(rank >= 1, "ranks count from 1")
    ranks.append(UInt8(clamping: rank))
    isMeasured = true
  }

  mutating func appendUnmeasured() {
    ranks.append(Self.unmeasured)
  }

  func hitRates(in range: Range<Int>) -> HitRates? {
    guard isMeasured else { return nil }
    var hits = HitCounts()
    for rank in ranks[range] where rank != Self.unmeasured { hits.count(rank: Int(rank)) }
    return hits.rates
  }
}

/// Counts ranks against the cutoffs of ``HitRates``.
struct HitCounts {
  private(set) var hits = HitRates.cutoffs.map { _ in 0 }
  private(set) var measured = 0

  /// A miss is any rank above the last cutoff.
  mutating func count(rank: Int) {
    measured += 1
    for (index, cutoff) in HitRates.cutoffs.enumerated() where rank <= cutoff { hits[index] += 1 }
  }

  /// Nil before the first event.
  var rates: HitRates? {
    measured > 0 ? HitRates(hits: hits, measured: measured) : nil
  }
}
