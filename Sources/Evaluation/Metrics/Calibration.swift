/// What was predicted beside what happened, in bins of equal width by prediction.
///
/// A predictor is calibrated if, among all events for which it expected x, the mean of what happened is x: DeGroot &
/// Fienberg, *The comparison and evaluation of forecasters*, The Statistician 32 (1983), there for probabilities.
public struct Calibration: Equatable, Sendable {
  /// The events whose prediction lies in one range.
  public struct Bin: Equatable, Sendable {
    /// The range's lower bound. Belongs to it.
    public let lower: Double
    /// The range's upper bound. Belongs to the range above, if that could hold anything else.
    public let upper: Double
    /// The number of events.
    public let count: Int
    /// Mean of the predictions.
    public let predicted: Double
    /// Mean of the labels.
    public let observed: Double
    /// What the predictions lack, observed − predicted, in the label's unit.
    public var error: Double { observed - predicted }
  }

  /// The bins with events, in order.
  public let bins: [Bin]

  /// Mean of the bins' absolute errors, each weighted by its events.
  public var error: Double {
    let events = bins.reduce(0) { $0 + $1.count }
    return bins.reduce(0) { $0 + Double($1.count) * abs($1.error) } / Double(events)
  }
}

extension PrequentialMetrics {
  /// Calibration of the predictions in about `bins` bins, as wide as a round number; nil without predictions. O(events).
  public func calibration(bins limit: Int = 20) -> Calibration? {
    precondition(limit > 0, "there is at least one bin")
    var (least, greatest) = (Double.infinity, -Double.infinity)
    forEachPrediction { prediction, _ in
      least = min(least, prediction)
      greatest = max(greatest, prediction)
    }
    guard least <= greatest else { return nil }
    let width = least < greatest ? RoundStep.above((greatest - least) / Double(limit)) : 1
    let first = (least / width).rounded(.down)
    // The last bin has its upper bound: the greatest prediction is often the greatest label, and would be alone above it.
    let count = max(Int((greatest / width).rounded(.up) - first), 1)
    var sums = [(count: Int, predicted: Double, observed: Double)](repeating: (0, 0, 0), count: count)
    forEachPrediction { prediction, label in
      let bin = min(max(Int((prediction / width).rounded(.down) - first), 0), count - 1)
      sums[bin].count += 1
      sums[bin].predicted += prediction
      sums[bin].observed += label
    }
    return Calibration(
      bins: sums.indices.compactMap { index in
        let sum = sums[index]
        guard sum.count > 0 else { return nil }
        let lower = (first + Double(index)) * width
        return Calibration.Bin(
          lower: lower, upper: (first + Double(index + 1)) * width, count: sum.count,
          predicted: sum.predicted / Double(sum.count), observed: sum.observed / Double(sum.count))
      })
  }
}
