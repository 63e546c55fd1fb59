public import Learning

/// Measures a model that predicts each event before it learns it (Dawid, *Prequential analysis*, 1984).
///
/// The caller records one outcome per event, in order. Outcomes are kept, 15 bytes each, because "the last half" is known
/// only when the stream ends; it is then measured exactly and not by differences of sums. Sums are of `Double`, always in the
/// order of events, so equal outcomes give equal bits.
///
///     metrics.record(prediction: learner.predict(…), label: 4, ranking: .ranked(standing))
///     metrics.lastHalf.hitRates?[10]
public struct PrequentialMetrics: Sendable {
  private var predictions: [Float] = []
  private var labels: [Float] = []
  private var ranks: [UInt32] = []
  private var includingSeen = ShortRanks()
  private var popularity = ShortRanks()
  private var twoStage = ShortRanks()
  /// Hit rates by the user's age.
  public private(set) var byUserAge = Breakdown(by: .userAge)
  /// Hit rates by the item's popularity.
  public private(set) var byItemPopularity = Breakdown(by: .itemPopularity)

  /// No events yet.
  public init() {}

  /// How many events were recorded, measured or not.
  public var count: Int { labels.count }

  /// Takes one event in.
  /// - Parameters:
  ///   - prediction: what the model expected, finite; nil if it could not say (before the first label) or the event is not
  ///     to be measured.
  ///   - label: what happened, finite; nil if the event carries no value.
  ///   - ranking: where the item stood.
  ///   - familiarity: what was known about user and item; nil keeps the event out of the breakdowns.
  public mutating func record(
    prediction: Float?, label: Float?, ranking: RankOutcome, familiarity: Familiarity? = nil
  ) {
    precondition(prediction?.isFinite ?? true, "prediction of event \(count) must be finite")
    precondition(label?.isFinite ?? true, "label of event \(count) must be finite")
    predictions.append(prediction ?? .nan)
    labels.append(label ?? .nan)
    switch ranking {
    case .unmeasured:
      ranks.append(Self.unmeasured)
      includingSeen.appendUnmeasured()
      popularity.appendUnmeasured()
      twoStage.appendUnmeasured()
    case .miss:
      ranks.append(Self.miss)
      includingSeen.append(nil)
      popularity.append(nil)
      twoStage.append(nil)
    case .ranked(let standing):
      precondition(standing.excludingSeen >= 1, "ranks count from 1")
      ranks.append(UInt32(clamping: standing.excludingSeen))
      includingSeen.append(standing.includingSeen)
      popularity.append(standing.popularity)
      twoStage.append(standing.twoStage)
    }
    if let familiarity {
      byUserAge.record(ranking, at: familiarity.itemsMet + 1)
      byItemPopularity.record(ranking, at: familiarity.positives)
    }
  }

  private static let unmeasured: UInt32 = 0
  /// The longest rank stands for a miss as well: its reciprocal is below 3e-10.
  private static let miss = UInt32.max

  /// Quality over all events.
  public var all: Quality { quality(of: 0..<count) }

  /// Quality over the events from position `count / 2` (rounded down) to the end.
  public var lastHalf: Quality { quality(of: count / 2..<count) }

  /// Quality over a range of positions. O(n) in all events, since the running mean begins with the first.
  public func quality(of range: Range<Int>) -> Quality {
    var labels = RunningLabels()
    for label in self.labels[..<range.lowerBound] { labels.take(label) }
    return quality(of: range, after: &labels)
  }

  /// The same, given the labels before the range; takes in those of the range.
  func quality(of range: Range<Int>, after labels: inout RunningLabels) -> Quality {
    var quality = Quality()
    measureLiked(range, after: labels, into: &quality)
    measurePredictions(range, after: &labels, into: &quality)
    measureRanks(range, into: &quality)
    quality.includingSeen = includingSeen.hitRates(in: range)
    quality.popularity = popularity.hitRates(in: range)
    quality.twoStage = twoStage.hitRates(in: range)
    return quality
  }

  private func measurePredictions(
    _ range: Range<Int>, after running: inout RunningLabels, into quality: inout Quality
  ) {
    var (squares, absolutes, predicted) = (0.0, 0.0, 0)
    var (meanSquares, meanPredicted) = (0.0, 0)
    for index in range {
      let label = Double(labels[index])
      guard !label.isNaN else { continue }
      let prediction = Double(predictions[index])
      if !prediction.isNaN {
        let error = label - prediction
        squares += error * error
        absolutes += abs(error)
        predicted += 1
        if let mean = running.mean {
          let meanError = label - mean
          meanSquares += meanError * meanError
          meanPredicted += 1
        }
      }
      running.take(labels[index])
    }
    if predicted > 0 {
      quality.rmse = (squares / Double(predicted)).squareRoot()
      quality.mae = absolutes / Double(predicted)
    }
    if meanPredicted > 0 {
      quality.meanRMSE = (meanSquares / Double(meanPredicted)).squareRoot()
    }
  }

  /// The second stage is there to put what a user will like above what the user will merely turn to.
  private func measureLiked(_ range: Range<Int>, after labels: RunningLabels, into quality: inout Quality) {
    guard twoStage.isMeasured else { return }
    var running = labels
    var (retrieval, second) = (HitCounts(), HitCounts())
    for index in range {
      let label = Double(self.labels[index])
      guard !label.isNaN else { continue }
      if let mean = running.mean, label > mean, ranks[index] != Self.unmeasured {
        retrieval.count(rank: Int(ranks[index]))
        second.count(rank: Int(twoStage[index]))
      }
      running.take(self.labels[index])
    }
    quality.likedRetrieval = retrieval.rates
    quality.likedTwoStage = second.rates
  }

  /// Hands over prediction and label of every event that has both, in order.
  func forEachPrediction(_ body: (_ prediction: Double, _ label: Double) -> Void) {
    for (prediction, label) in zip(predictions, labels) where !prediction.isNaN && !label.isNaN {
      body(Double(prediction), Double(label))
    }
  }

  /// 1 / log2(1 + rank) for ranks 1...10, written out: a logarithm's last bit differs between machines.
  static let discounts = [
    1.0, 0.6309297535714575, 0.5, 0.43067655807339306, 0.38685280723454163, 0.3562071871080222, 0.3333333333333333,
    0.31546487678572877, 0.3010299956639812, 0.2890648263178879,
  ]

  private func measureRanks(_ range: Range<Int>, into quality: inout Quality) {
    var hits = HitCounts()
    var (reciprocals, gains) = (0.0, 0.0)
    for rank in ranks[range] where rank != Self.unmeasured {
      hits.count(rank: Int(rank))
      guard rank != Self.miss else { continue }
      reciprocals += 1 / Double(rank)
      if rank <= Self.discounts.count { gains += Self.discounts[Int(rank) - 1] }
    }
    guard let hitRates = hits.rates else { return }
    quality.hitRates = hitRates
    quality.mrr = reciprocals / Double(hits.measured)
    quality.ndcgAt10 = gains / Double(hits.measured)
  }
}

/// The labels so far, of which the mean is a prediction of the next.
struct RunningLabels {
  private var sum = 0.0
  private var count = 0

  /// Nil before the first label.
  var mean: Double? { count > 0 ? sum / Double(count) : nil }

  /// Not-a-number is no label.
  mutating func take(_ label: Float) {
    guard !label.isNaN else { return }
    sum += Double(label)
    count += 1
  }
}
