/// The two pools of a user's history, Σ w_k v_{h_k}, and the query made of them.
struct HistoryPool {
  /// Pool of the newest ten, recent ones first.
  private(set) var recent = Vector32()
  /// Pool of the newest hundred.
  private(set) var long = Vector32()

  /// Sums over the history's items and then over its distinct tags, which are left in `scratch` with their coefficients:
  /// v = own + Σ tags makes a sum over items a sum over own embeddings and one over tags, and a genre that fifty items
  /// share is read once. An item that is gone keeps its place and adds nothing.
  @inline(__always)
  init(
    of log: UserLog, items: borrowing Items, tags: borrowing Tags, recipe: borrowing Recipe,
    scratch: inout TagScratch
  ) {
    let count = log.historyCount
    guard recipe.usesHistory, count > 0 else { return }
    let longWeight = recipe.history.long(of: count)
    for age in 0..<count {
      scratch.historyRows[age] = Int32(truncatingIfNeeded: items.row(ofSerial: log.history(age: age)) ?? -1)
    }
    for age in 0..<count {
      if age + 4 < count {
        let ahead = Int(scratch.historyRows[age + 4])
        items.towers.prefetch(ahead)
        items.records.prefetch(ahead)
      }
      let row = Int(scratch.historyRows[age])
      guard row >= 0 else { continue }
      let recentWeight = recipe.history.recent(age: age, of: count)
      let own = items.towers[row].weights
      if recentWeight != 0 { recent.add(own, times: recentWeight) }
      long.add(own, times: longWeight)
      guard recipe.usesTowerTags else { continue }
      let scale = items.records[row].tagScale
      for position in items.tags(of: row) {
        let slot = scratch.slot(of: items.tag(at: position))
        scratch.entries[slot].recent += recentWeight * scale
        scratch.entries[slot].long += longWeight * scale
      }
    }
    for index in 0..<scratch.count {
      let entry = scratch.entries[index]
      let weights = tags.towers[Int(entry.row)].weights
      recent.add(weights, times: entry.recent)
      long.add(weights, times: entry.long)
    }
  }

  /// q = user + a·recent + b·long.
  @inline(__always)
  func query(user: Vector32, gates: GatePair) -> Vector32 {
    var query = user
    query.add(recent, times: gates.recent)
    query.add(long, times: gates.long)
    return query
  }
}

/// The values of the two gates.
struct GatePair {
  /// a.
  let recent: Float
  /// b.
  let long: Float
}
