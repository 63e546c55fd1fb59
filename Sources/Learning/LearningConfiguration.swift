/// What the learner can be told. The defaults were tuned on MovieLens-100K's stream and checked on two others.
public struct LearningConfiguration: Equatable, Sendable {
  /// Keys every random number. A new seed is a new model.
  public var seed: UInt64 = 42
  /// The most users with a row.
  public var userRows = 1_000_000
  /// The most items with a row.
  public var itemRows = 200_000
  /// The most tags with a row.
  public var tagRows = 50_000
  /// The most that all users' logs hold together: items seen, history, and impressions without an answer. By default 256 for each
  /// of the default's users.
  public var logEntries = 256_000_000
  /// Items have tags, and the rating head's step sizes are those that go with them.
  public var itemTags = true

  /// The towers' step size.
  public var rate: Float = 0.11
  /// The step size of the items' biases.
  public var biasRate: Float = 0.025
  /// Where the towers' accumulators start.
  public var accumulator: Float = 0.004
  /// Standard deviation of the towers' initial values.
  public var deviation: Float = 0.01
  /// L2 on the user, the positive and its tags.
  public var penalty: Float = 0.05
  /// Negatives drawn per positive.
  public var negatives = 40
  /// Items in the recent pool.
  public var recentLength = 10
  /// How much less each older item of the recent pool weighs.
  public var recentDecay: Float = 0.7
  /// Items in the long pool, and in the history.
  public var historyLength = 100

  /// The rating head's, with tags.
  public var ratingWithTags = RatingRates(
    bias: 0.2185, factor: 0.1034, accumulator: 0.4765, biasPenalty: 0.036, factorPenalty: 0.0061, deviation: 0.0421)
  /// The rating head's, ids only.
  public var ratingIDsOnly = RatingRates(
    bias: 0.394, factor: 0.264, accumulator: 4.58, biasPenalty: 0.072, factorPenalty: 0.01, deviation: 0.063)

  /// Ingredients left out.
  public var without: Set<Ablation> = []

  /// The defaults.
  public init() {}

  /// The step sizes in force.
  var ratingRates: RatingRates { itemTags ? ratingWithTags : ratingIDsOnly }
}

/// Step sizes, penalties and initial values of the rating head.
public struct RatingRates: Equatable, Sendable {
  /// The step size of biases.
  public var bias: Float
  /// The step size of factors.
  public var factor: Float
  /// Where accumulators start.
  public var accumulator: Float
  /// L2 on biases.
  public var biasPenalty: Float
  /// L2 on factors.
  public var factorPenalty: Float
  /// Standard deviation of initial factors.
  public var deviation: Float

  /// Creates rates.
  public init(
    bias: Float, factor: Float, accumulator: Float, biasPenalty: Float, factorPenalty: Float, deviation: Float
  ) {
    self.bias = bias
    self.factor = factor
    self.accumulator = accumulator
    self.biasPenalty = biasPenalty
    self.factorPenalty = factorPenalty
    self.deviation = deviation
  }
}
