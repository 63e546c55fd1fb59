/// How often the item that a user turned to was among the first 1, 5, 10, 50 and 100 of the list.
public struct HitRates: Equatable, Sendable {
  /// The list lengths that are reported.
  public static let cutoffs = [1, 5, 10, 50, 100]

  /// One rate per cutoff, 0...1, in the order of ``cutoffs``.
  public let rates: [Double]

  /// Rates from counts.
  /// - Parameters:
  ///   - hits: how many events were within each cutoff, in the order of ``cutoffs``.
  ///   - measured: how many events were measured, hits and misses; positive.
  init(hits: [Int], measured: Int) {
    precondition(measured > 0, "a rate needs an event")
    rates = hits.map { Double($0) / Double(measured) }
  }

  /// The rate at one cutoff; nil for a cutoff that is not reported.
  public subscript(cutoff: Int) -> Double? {
    Self.cutoffs.firstIndex(of: cutoff).map { rates[$0] }
  }
}
