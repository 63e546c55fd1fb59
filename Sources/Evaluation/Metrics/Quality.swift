/// How good predictions and rankings were over a range of events, and how good the baselines were on the same events.
///
/// A part without a single measured event is nil.
public struct Quality: Equatable, Sendable {
  /// Root of the mean squared difference between label and prediction, in the label's unit.
  public var rmse: Double?
  /// Mean absolute difference between label and prediction, in the label's unit.
  public var mae: Double?
  /// Hit rates of the retrieval score, items the user has met left out.
  public var hitRates: HitRates?
  /// Mean of 1 / rank, 0 for a miss (mean reciprocal rank).
  public var mrr: Double?
  /// Mean of 1 / log2(1 + rank) for ranks up to 10, otherwise 0: nDCG@10 with one relevant item.
  public var ndcgAt10: Double?

  /// Hit rates after the ranker.
  public var twoStage: HitRates?
  /// Hit rates over the events whose label lies above the mean of those before, as retrieval and as the ranker have it: those are
  /// what a list should hold.
  public var liked: (retrieval: HitRates, twoStage: HitRates)? {
    guard let likedRetrieval, let likedTwoStage else { return nil }
    return (likedRetrieval, likedTwoStage)
  }
  var likedRetrieval: HitRates?
  var likedTwoStage: HitRates?
  /// Hit rates of the retrieval score among all items, those the user has met included.
  public var includingSeen: HitRates?
  /// Hit rates of popularity alone, items the user has met left out.
  public var popularity: HitRates?
  /// The RMSE of predicting the mean of all earlier labels.
  public var meanRMSE: Double?

  /// Quality of nothing: every part nil.
  public init() {}
}
