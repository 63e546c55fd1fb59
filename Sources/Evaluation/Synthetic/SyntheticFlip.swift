extension SyntheticApp {
  /// So many new tastes are tried before the one that is least like the old is taken.
  private static let flipTries = 4

  /// All of a sudden, a share of the people likes something else; whom they follow they find out later.
  ///
  /// O(people). - Returns: the numbers of those people, ascending.
  mutating func flipTastes(share: Double) -> [Int] {
    var flipped: [Int] = []
    for user in users.indices where random.chance(share) {
      let old = users[user].taste(at: now)
      var (new, likeness) = (old, 2.0)
      for _ in 0..<Self.flipTries {
        let taste = randomTaste()
        let affinity = taste.affinity(to: old)
        if affinity < likeness { (new, likeness) = (taste, affinity) }
      }
      users[user].from = new
      users[user].to = randomTaste()
      users[user].movesSince = now
      users[user].movesForMilliseconds = turnover()
      flipped.append(user)
    }
    return flipped
  }
}
