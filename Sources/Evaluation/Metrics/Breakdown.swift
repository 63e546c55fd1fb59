/// Hit rates by bucket: of users by their age, of items by their popularity.
///
/// A few counters for each bucket, so that it costs no memory per event.
public struct Breakdown: Sendable {
  /// One bucket that holds events.
  public struct Row: Equatable, Sendable {
    /// The range in words.
    public let label: String
    /// How many measured events fell into it.
    public let events: Int
    /// Hit rates of the retrieval score, items the user has met left out.
    public let hitRates: HitRates
    /// Hit rates of popularity alone on the same events; nil if not measured.
    public let popularity: HitRates?
    /// Hit rates after the ranker; nil if not measured.
    public let twoStage: HitRates?
  }

  private struct Counts {
    var model = HitCounts()
    var popularity = HitCounts()
    var twoStage = HitCounts()
  }

  private let buckets: Buckets
  private var counts: [Counts]
  private var (hasPopularity, hasTwoStage) = (false, false)

  init(by buckets: Buckets) {
    self.buckets = buckets
    counts = (0..<buckets.count).map { _ in Counts() }
  }

  /// Takes in one event whose user or item stands at `value`.
  mutating func record(_ ranking: RankOutcome, at value: Int) {
    let index = buckets.index(of: value)
    switch ranking {
    case .unmeasured: break
    case .miss:
      counts[index].model.count(rank: .max)
      counts[index].popularity.count(rank: .max)
      counts[index].twoStage.count(rank: .max)
    case .ranked(let standing):
      counts[index].model.count(rank: standing.excludingSeen)
      counts[index].popularity.count(rank: standing.popularity ?? .max)
      counts[index].twoStage.count(rank: standing.twoStage ?? .max)
      if standing.popularity != nil { hasPopularity = true }
      if standing.twoStage != nil { hasTwoStage = true }
    }
  }

  /// The buckets with events, in their order.
  public var rows: [Row] {
    counts.indices.compactMap { index in
      let counts = counts[index]
      return counts.model.rates.map {
        Row(
          label: buckets.label(index), events: counts.model.measured, hitRates: $0,
          popularity: hasPopularity ? counts.popularity.rates : nil,
          twoStage: hasTwoStage ? counts.twoStage.rates : nil)
      }
    }
  }
}
