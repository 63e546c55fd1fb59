public import FeedEvents
public import Learning
public import Pipeline

/// Predicts every event just before it is learned, in `evaluate` and in the daemon alike.
public final class PrequentialProbe: FoldProbe {
  /// What has been measured.
  public private(set) var metrics = PrequentialMetrics()
  /// What was recommended, ten items at a time.
  public private(set) var recommendations = RecommendationCounts()
  /// How many items a list has that is counted in ``recommendations``.
  public static let listLength = 10
  /// Of so many intervals of ranking, one has its user's list counted, whatever the event is: in `evaluate` one event in 16.
  public static let listInterval = 16

  /// One in so many events is ranked; ranking looks at every item.
  private let rankingInterval: Int
  /// How many retrieved items are re-ranked; 0 leaves the second stage unmeasured.
  private let reranking: Int
  private var scratch = RankScratch()
  private var count = 0

  /// Creates a probe. In `evaluate` every event is ranked, and re-ranked as lists are.
  public init(rankingInterval: Int = 1, reranking: Int = ListConfiguration().candidates) {
    self.reranking = reranking
    precondition(rankingInterval > 0, "rankingInterval counts events")
    self.rankingInterval = rankingInterval
  }

  /// Measures one event: its rating's prediction, and where its item stood.
  public func willLearn(_ interaction: Interaction, effect: Effect, learner: borrowing Learner) {
    count += 1
    let user = interaction.userID.span
    if count % (Self.listInterval * rankingInterval) == 0 {
      recommendations.count(learner.best(Self.listLength, for: user, scratch: &scratch))
    }
    // What counts as a hit is what counts as a positive: a skip is nothing to be found.
    guard effect.weight > 0 else { return }
    let item = interaction.itemID.span
    let isRepeat = learner.hasSeen(user: user, item: item)
    let prediction = isRepeat || effect.rating == nil ? nil : learner.predict(user: user, item: item)
    metrics.record(
      prediction: prediction, label: effect.rating,
      ranking: isRepeat || count % rankingInterval != 0 ? .unmeasured : rank(user: user, item: item, learner),
      familiarity: learner.familiarity(user: user, item: item))
  }

  private func rank(user: Span<UInt8>, item: Span<UInt8>, _ learner: borrowing Learner) -> RankOutcome {
    guard let ranks = learner.rank(of: item, for: user, reranking: reranking, scratch: &scratch) else { return .miss }
    return .ranked(
      RankOutcome.Standing(
        excludingSeen: ranks.excludingSeen, includingSeen: ranks.includingSeen, popularity: ranks.popularity,
        twoStage: ranks.twoStage))
  }
}
