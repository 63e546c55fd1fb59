/// Where the ranking stood, just before an event was learned, for the item the event is about.
///
/// Ranks count from 1. The rank among candidates the user had not met is 1 + the number of items with a higher score + the
/// number of items with the same score that were seen earlier.
public enum RankOutcome: Equatable, Sendable {
  /// Not to be measured: the user had met the item before.
  case unmeasured
  /// The item had never been seen by anyone, so no ranking could hold it. It counts, as a miss.
  case miss
  /// The item was a candidate.
  case ranked(Standing)

  /// The ranks of one item.
  public struct Standing: Equatable, Sendable {
    /// Rank by the retrieval score, items the user has met left out.
    public var excludingSeen: Int
    /// Rank by the retrieval score among all items; nil if not measured.
    public var includingSeen: Int?
    /// Rank by popularity alone, items the user has met left out; nil if not measured.
    public var popularity: Int?
    /// Rank after the ranker has re-ordered the retrieved items; nil if not measured.
    public var twoStage: Int?

    /// Ranks, each from 1.
    public init(excludingSeen: Int, includingSeen: Int? = nil, popularity: Int? = nil, twoStage: Int? = nil) {
      self.excludingSeen = excludingSeen
      self.includingSeen = includingSeen
      self.popularity = popularity
      self.twoStage = twoStage
    }
  }
}
