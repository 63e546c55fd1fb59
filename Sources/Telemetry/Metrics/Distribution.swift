/// How often values fell into each of a fixed row of buckets; quantiles are estimated from that.
///
///     var delays = Distribution(bounds: Distribution.delaySeconds)
///     delays.record(0.084)
///     delays.quantile(0.99)
///
/// Memory is fixed by the bounds; recording is O(log buckets).
public struct Distribution: Equatable, Sendable {
  /// Inclusive upper ends of the buckets, ascending. One more bucket lies above the last.
  public let bounds: [Double]
  /// How many values fell into each bucket; `bounds.count + 1` numbers.
  public private(set) var counts: [UInt64]
  /// The sum of all values.
  public private(set) var sum = 0.0

  /// Upper ends for delays, in seconds: 1 ms to 2 min, about 1.5 apart, so that a quantile is off by a fifth at most.
  public static let delaySeconds: [Double] = [
    0.001, 0.0015, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75,
    1, 1.5, 2, 3, 5, 7.5, 10, 15, 20, 30, 60, 120,
  ]

  /// An empty distribution. `bounds` must be finite, ascending and not empty.
  public init(bounds: [Double]) {
    precondition(!bounds.isEmpty && bounds.allSatisfy(\.isFinite), "bounds must be finite and at least one")
    precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "bounds must ascend")
    self.bounds = bounds
    self.counts = Array(repeating: 0, count: bounds.count + 1)
  }

  /// How many values were recorded.
  public var count: UInt64 {
    counts.reduce(0, &+)
  }

  /// Counts one value. One that is not a number is left out: it would turn the sum into nothing for good.
  public mutating func record(_ value: Double) {
    guard !value.isNaN else { return }
    var (low, high) = (0, bounds.count)
    while low < high {
      let middle = (low + high) / 2
      if value <= bounds[middle] { high = middle } else { low = middle + 1 }
    }
    counts[low] &+= 1
    sum += value
  }

  /// The value below which the share `rank` (0...1) of all values lies, interpolated linearly inside its bucket; values
  /// above the last bound count as that bound. `nil` when nothing was recorded.
  public func quantile(_ rank: Double) -> Double? {
    precondition((0...1).contains(rank), "a quantile's rank lies in 0...1, is \(rank)")
    let total = count
    guard total > 0 else { return nil }
    let target = rank * Double(total)
    var below = 0.0
    for (index, bound) in bounds.enumerated() {
      let inside = Double(counts[index])
      if inside > 0, below + inside >= target {
        // The first bucket begins at zero, or at its own end when that is not positive.
        let start = index == 0 ? min(0, bound) : bounds[index - 1]
        return start + (bound - start) * (target - below) / inside
      }
      below += inside
    }
    return bounds[bounds.count - 1]
  }
}
