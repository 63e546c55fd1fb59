/// How often each item was recommended, and how evenly.
public struct RecommendationCounts: Sendable {
  /// How many lists were counted.
  public private(set) var lists = 0
  /// How many places they had together.
  public private(set) var places = 0
  /// By row of the item; rows beyond the end were never recommended.
  private var counts: [UInt32] = []

  /// No lists yet.
  public init() {}

  /// Counts a list, given as rows of distinct items.
  public mutating func count(_ list: [Int]) {
    lists += 1
    places += list.count
    for row in list {
      if row >= counts.count { counts += repeatElement(0, count: row + 1 - counts.count) }
      counts[row] += 1
    }
  }

  /// How many items were recommended at least once.
  public var recommended: Int { counts.count { $0 > 0 } }

  /// The share of `knownItems` items that were recommended at least once, 0...1; nil without lists or items.
  ///
  /// Catalog coverage: Ge, Delgado-Battenfeld & Jannach, *Beyond accuracy*, RecSys 2010.
  /// - Parameter knownItems: how many items there are, those never recommended included.
  public func coverage(of knownItems: Int) -> Double? {
    guard lists > 0, knownItems > 0 else { return nil }
    return Double(recommended) / Double(knownItems)
  }

  /// The Gini index of how often the items were recommended: 0 if all equally often, 1 if always the same one.
  ///
  /// G = Σⱼ (2j − n − 1) p(iⱼ) / (n − 1), where iⱼ are the n items in ascending order of p, their share of all places:
  /// Shani & Gunawardana, *Evaluating recommendation systems*, Recommender Systems Handbook, 2011, section 8.3.3. The
  /// numerator is a whole number, so that nothing is lost in the sum. O(items · log items).
  /// - Parameter knownItems: n; those never recommended included.
  /// - Returns: nil without a recommendation, or with fewer than two items.
  public func gini(of knownItems: Int) -> Double? {
    guard places > 0, knownItems > 1 else { return nil }
    let ascending = ascending
    let never = knownItems - ascending.count
    precondition(never >= 0, "\(ascending.count) items were recommended of \(knownItems)")
    var sum = 0
    for (index, count) in ascending.enumerated() { sum += (2 * (never + index + 1) - knownItems - 1) * count }
    return Double(sum) / (Double(knownItems - 1) * Double(places))
  }

  /// The Lorenz curve: the share of all places that the least recommended part of the items has.
  ///
  /// M. O. Lorenz, *Methods of measuring the concentration of wealth*, 1905.
  /// - Parameters:
  ///   - knownItems: how many items there are.
  ///   - steps: into how many equal parts the items are divided.
  /// - Returns: `steps + 1` shares from 0 to 1, linear between items; empty without a recommendation.
  public func lorenz(of knownItems: Int, steps: Int) -> [Double] {
    guard places > 0, knownItems > 0 else { return [] }
    let ascending = ascending
    let never = knownItems - ascending.count
    var (shares, taken, sum) = ([Double](), 0, 0)
    for step in 0...steps {
      // In parts of an item, to stay with whole numbers: item + part / steps.
      let (item, part) = (knownItems * step).quotientAndRemainder(dividingBy: steps)
      while taken < item {
        sum += taken < never ? 0 : ascending[taken - never]
        taken += 1
      }
      let next = part == 0 || item < never ? 0 : ascending[item - never]
      shares.append((Double(sum) + Double(next) * Double(part) / Double(steps)) / Double(places))
    }
    return shares
  }

  private var ascending: [Int] { counts.lazy.filter { $0 > 0 }.map { Int($0) }.sorted() }
}
