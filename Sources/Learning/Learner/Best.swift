extension Learner {
  /// The rows of the items that stand first for `user`, at most `count`, best first.
  ///
  /// Candidates and order are those of ``Ranks/excludingSeen``: the item of rank 1 is the first of the list. A user without
  /// a row gets what nobody in particular gets. O(items + improvements · count).
  public func best(_ count: Int, for user: Span<UInt8>, scratch: inout RankScratch) -> [Int] {
    precondition(count > 0, "a list has at least one place")
    scratch.tags.reserve(tags: tags.count)
    defer { scratch.tags.removeAll() }
    let userRow = users.map.row(of: user)
    score(query(userRow: userRow, scratch: &scratch.tags), &scratch)
    markSeen(userRow, &scratch)

    var best: [Place] = []
    best.reserveCapacity(count)
    for row in 0..<items.count where !scratch.isSeen[row] {
      let record = items.records[row]
      guard record.isKnown else { continue }
      let place = Place(row: row, score: scratch.scores[row], order: record.order)
      if best.count == count {
        guard place.precedes(best[count - 1]) else { continue }
        best.removeLast()
      }
      best.insert(place, at: best.firstIndex { place.precedes($0) } ?? best.endIndex)
    }
    return best.map(\.row)
  }

  /// How many items have had an event, those evicted since included.
  public var knownItems: Int { bank.arrivals }
}

/// A candidate on its way into a list.
private struct Place {
  let row: Int
  let score: Float
  let order: UInt32

  /// Higher scores first, then those seen earlier.
  func precedes(_ other: Place) -> Bool {
    score > other.score || (score == other.score && order < other.order)
  }
}
