import Learning

/// Gives items that have hardly been shown a place in lists: without one nobody would ever find out whether they are any good.
///
/// One place in ``ListConfiguration/explorationOneIn`` goes to an item drawn uniformly from the fresh ones that the user has not
/// met and that are not in the list anyway. What is drawn has a known probability, and that goes out with the list: clicks on
/// what was shown for its score alone say little about a ranking that was not shown (Bottou et al., *Counterfactual reasoning and
/// learning systems*, JMLR 14 (2013), §4).
struct Exploration {
  /// An item that was drawn, and with which probability.
  struct Drawn: Equatable {
    let row: UInt32
    /// The probability with which the user's list of this version has the item for a drawn one.
    let propensity: Double
  }

  private let oneIn: Int
  /// Rows of the fresh items that lists may hold, ascending.
  private let pool: [UInt32]
  /// One bit for each item: whether it is in the pool.
  private var isFresh: [UInt64]

  /// Finds the fresh items, once for all lists of a freeze. O(items).
  /// - Parameter now: milliseconds; what has expired by then is left out.
  init(_ items: FrozenItems, shape: ListConfiguration, now: Int64) {
    oneIn = shape.explorationOneIn
    var pool: [UInt32] = []
    isFresh = Array(repeating: 0, count: (items.count + 63) / 64)
    if oneIn > 0 {
      for row in 0..<items.count
      where items.exposures[row] < shape.explorationImpressions && items.active[row]
        && (items.expiresAt[row] == 0 || items.expiresAt[row] > now)
      {
        pool.append(UInt32(row))
        isFresh[row / 64] |= 1 << UInt64(row % 64)
      }
    }
    self.pool = pool
  }

  /// Draws distinct items for a list. O(seen + listed), since no more than those can be in the way.
  ///
  /// A list of n places has n / oneIn of them on average: the whole part always, one more with the probability that is left.
  /// - Parameters:
  ///   - listed: rows of the list as it is without exploration, each once.
  ///   - seen: rows that the user has met, each once and none of them listed.
  func draw(listed: [UInt32], seen: [UInt32], _ random: inout ListRandomness) -> [Drawn] {
    guard !pool.isEmpty, !listed.isEmpty else { return [] }
    let (whole, rest) = listed.count.quotientAndRemainder(dividingBy: oneIn)
    // Drawn whatever comes of it: how many items are eligible changes no other draw.
    let places = whole + (random.below(oneIn) < rest ? 1 : 0)
    let eligible = pool.count - listed.count(where: contains) - seen.count(where: contains)
    guard places > 0, eligible > 0 else { return [] }
    let (fewer, more) = (Double(min(whole, eligible)), Double(min(whole + 1, eligible)))
    let expected = (Double(oneIn - rest) * fewer + Double(rest) * more) / Double(oneIn)
    let propensity = expected / Double(eligible)

    var drawn: [Drawn] = []
    for _ in 0..<min(places, eligible) {
      let row = one(of: eligible - drawn.count, &random) { row in
        listed.contains(row) || seen.contains(row) || drawn.contains { $0.row == row }
      }
      drawn.append(Drawn(row: row, propensity: propensity))
    }
    return drawn
  }

  /// How often a draw may hit something that is in the way before the pool is gone through. A pool of which half is in the way
  /// has at most 10,000 items, so that this is cheap, and any larger one comes to it in one of 2⁶⁴ cases.
  private static var drawLimit: Int { 64 }

  /// One of the pool's `eligible` rows that are not in the way, each with the same probability.
  private func one(of eligible: Int, _ random: inout ListRandomness, isInTheWay: (UInt32) -> Bool) -> UInt32 {
    for _ in 0..<Self.drawLimit {
      let row = pool[random.below(pool.count)]
      if !isInTheWay(row) { return row }
    }
    var left = random.below(eligible)
    for row in pool where !isInTheWay(row) {
      if left == 0 { return row }
      left -= 1
    }
    preconditionFailure("fewer items are eligible than were counted")
  }

  private func contains(_ row: UInt32) -> Bool { isFresh[Int(row) / 64] & 1 << UInt64(row % 64) != 0 }
}
