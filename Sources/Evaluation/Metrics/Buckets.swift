/// Ranges of whole numbers, each from its lower bound to just below the next one's; the last has no end.
public struct Buckets: Equatable, Sendable {
  /// The n-th item that a user turns to, counting from 1.
  public static let userAge = Buckets(from: [1, 2, 3, 6, 11, 21, 51, 101])
  /// How many users had turned to the item before. An item of which nothing is known has 0.
  public static let itemPopularity = Buckets(from: [0, 1, 6, 21, 51, 101, 201, 501, 2_001, 10_001])

  private let lowerBounds: [Int]

  /// Ranges with these lower bounds, which ascend.
  init(from lowerBounds: [Int]) {
    precondition(!lowerBounds.isEmpty && zip(lowerBounds, lowerBounds.dropFirst()).allSatisfy(<), "bounds ascend")
    self.lowerBounds = lowerBounds
  }

  /// The number of ranges.
  public var count: Int { lowerBounds.count }

  /// The range that holds `value`, which is at least the first lower bound. O(ranges).
  func index(of value: Int) -> Int {
    precondition(value >= lowerBounds[0], "\(value) is below every range")
    return lowerBounds.lastIndex { $0 <= value } ?? 0
  }

  /// The range in words: `1`, `3–5`, `101+`.
  public func label(_ index: Int) -> String {
    let lower = EvaluationReport.grouped(lowerBounds[index])
    guard index + 1 < lowerBounds.count else { return lower + "+" }
    let last = lowerBounds[index + 1] - 1
    return last == lowerBounds[index] ? lower : "\(lower)–\(EvaluationReport.grouped(last))"
  }
}
