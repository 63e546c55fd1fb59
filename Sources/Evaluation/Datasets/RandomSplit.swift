/// Cuts events into a training and a test part at random, the protocol of the notebooks this project began with.
///
/// The whole range is shuffled (Fisher–Yates; Durstenfeld, CACM 7 (1964), algorithm 235), the first part of it trains.
/// Training goes in *shuffled* order.
public struct RandomSplit: Sendable {
  /// Positions to learn from, in the order in which to learn.
  public let train: [Int]
  /// Positions to measure.
  public let test: [Int]

  /// Splits `0..<count`.
  /// - Parameters:
  ///   - count: how many events there are.
  ///   - trainFraction: the part to learn from, 0...1; its size is rounded down.
  ///   - seed: the same seed, the same split, on every machine.
  public init(count: Int, trainFraction: Double = 0.8, seed: UInt64 = 42) {
    precondition((0...1).contains(trainFraction), "trainFraction must be within 0...1, is \(trainFraction)")
    var random = SplitMix64(seed: seed)
    var positions = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      positions.swapAt(last, random.below(last + 1))
    }
    let trainCount = Int(Double(count) * trainFraction)
    train = Array(positions[..<trainCount])
    test = Array(positions[trainCount...])
  }
}
