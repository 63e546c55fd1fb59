private import Checkpoints

/// A configuration in the form in which the steps use it.
struct Recipe {
  let configuration: LearningConfiguration
  /// Steps of the towers' embeddings.
  let towers: Adagrad
  /// Steps of the towers' item biases.
  let bias: Adagrad
  /// Steps of the gates and of the popularity bank's logits.
  let scalars: Adagrad
  /// Steps of the ranker's weights in a list.
  let blend: Adagrad
  /// Steps of the rating head's biases.
  let ratingBias: Adagrad
  /// Steps of the rating head's factors.
  let ratingFactor: Adagrad
  let rating: RatingRates
  let history: HistoryWeights
  let usesTowerTags: Bool
  let usesHistory: Bool
  let teachesHistory: Bool
  let correctsNegatives: Bool
  let correctsPositive: Bool
  let penalizesAll: Bool
  let usesPopularity: Bool
  let masksSeen: Bool
  let learnsGates: Bool
  let usesLowRatings: Bool
  let usesRanker: Bool

  /// The most tags of an item; further ones are ignored.
  static let tagsPerItemLimit = 32

  init(_ configuration: LearningConfiguration) {
    self.configuration = configuration
    let without = configuration.without
    let retention: Float = without.contains(.forgetting) ? 1 : Adagrad.halvingEvery5000Touches
    rating = configuration.ratingRates
    towers = Adagrad(rate: configuration.rate, start: configuration.accumulator, retention: retention)
    bias = Adagrad(rate: configuration.biasRate, start: configuration.accumulator, retention: retention)
    scalars = Adagrad(rate: 0.05, start: 1, retention: retention)
    blend = Adagrad(rate: 0.04, start: 1, retention: 1)
    ratingBias = Adagrad(rate: rating.bias, start: rating.accumulator, retention: retention)
    ratingFactor = Adagrad(rate: rating.factor, start: rating.accumulator, retention: retention)
    history = HistoryWeights(
      recentLength: configuration.recentLength, decay: without.contains(.decay) ? 1 : configuration.recentDecay,
      historyLength: configuration.historyLength)
    usesTowerTags = configuration.itemTags && !without.contains(.tags)
    usesHistory = !without.contains(.history)
    teachesHistory = !without.contains(.historyGradient)
    correctsNegatives = !without.contains(.logQ)
    correctsPositive = correctsNegatives && !without.contains(.correctedPositive)
    penalizesAll = without.contains(.restrictedL2)
    usesPopularity = !without.contains(.popularity)
    masksSeen = !without.contains(.masking)
    learnsGates = !without.contains(.gates)
    usesLowRatings = !without.contains(.lowRatings)
    usesRanker = !without.contains(.ranker)
  }

  /// B of a new item.
  var freshBias: Parameter { Parameter(weight: 0, accumulator: towers.start) }
  /// The rating head's bias of a new row.
  var freshRatingBias: Parameter { Parameter(weight: 0, accumulator: rating.accumulator) }

  /// Initial embeddings of `id`: a function of seed, table and id, so that order of arrival has no part in them.
  func initialize(
    towers: borrowing EmbeddingTable, rating: borrowing EmbeddingTable, row: Int, id: Span<UInt8>,
    table: RowContent.Table
  ) {
    let seed = CounterRandom.mix(configuration.seed &+ table.rawValue)
    let key = Hash.xxh3(id, seed: seed)
    towers.initialize(row, key: key, deviation: configuration.deviation, accumulator: configuration.accumulator)
    rating.initialize(
      row, key: CounterRandom.mix(key), deviation: self.rating.deviation, accumulator: self.rating.accumulator)
  }
}
