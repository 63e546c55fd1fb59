extension Learner {
  /// Learns one event. Both heads predict nothing here: ask ``predict(user:item:)`` and ``rank(of:for:scratch:)`` before.
  ///
  /// - Parameters:
  ///   - user: 1...256 bytes. Gets a row on first sight, within the budget.
  ///   - item: 1...256 bytes. Gets a row on first sight, within the budget; neither row is made unless both can be.
  ///   - effect: what the event means. A rating must be finite.
  ///   - occurredAt: milliseconds since 1970. The greatest so far is the clock of popularity.
  ///   - coordinate: keys the negatives that are drawn.
  @discardableResult
  public mutating func learn(
    user: Span<UInt8>, item: Span<UInt8>, effect: Effect, occurredAt: Int64, at coordinate: Coordinate
  ) -> Learned {
    precondition(effect.rating?.isFinite ?? true, "a rating must be finite")
    let (knownUser, knownItem) = (users.map.row(of: user), items.map.row(of: item))
    if knownUser == nil, !users.hasRoom(recipe.configuration.userRows) {
      tally.refusedUsers += 1
      return .refusedUser
    }
    if knownItem == nil, items.count >= recipe.configuration.itemRows {
      tally.refusedItems += 1
      return .refusedItem
    }
    let userRow = knownUser ?? users.admit(user, recipe: recipe)
    let itemRow = knownItem ?? items.admit(item, recipe: recipe)
    users.touch(userRow)
    items.touch(itemRow)
    tally.events += 1
    bank.advance(to: occurredAt)

    var effect = effect
    if !recipe.usesLowRatings, let rating = effect.rating, rating < 4 {
      effect.weight = 0
    }
    if let rating = effect.rating { learnRating(rating, user: userRow, item: itemRow) }
    learnTaste(
      effect, user: userRow, item: itemRow, occurredAt: min(occurredAt, bank.clock ?? occurredAt), at: coordinate)

    users.records[userRow].lastPartition = coordinate.partition
    users.records[userRow].lastOffset = coordinate.offset
    users.records[userRow].lastOccurredAt = occurredAt
    return .learned(userRow: userRow)
  }

  /// What the event says about taste: towers, popularity, history and seen set. One positive per user and item: a stronger
  /// type adds only what it is stronger by, and popularity counts once, so that nobody stuffs.
  private mutating func learnTaste(
    _ effect: Effect, user: Int, item: Int, occurredAt: Int64, at coordinate: Coordinate
  ) {
    let serial = items.serial(ofRow: item)
    let index = users.records[user].log.indexOfSeen(serial)
    let before = index.map { users.records[user].log.seenWeight(at: $0) } ?? 0
    var after = before

    if effect.undo, before > 0 {
      bank.takeBack(&items.records[item].popularity)
      after = 0
    }
    let weight = Self.sixteenths(effect.weight)
    let isStronger = weight > after
    if isStronger {
      learnPositive(
        user: user, item: item, weight: Float(weight - after) / 16, counts: after == 0, occurredAt: occurredAt,
        at: coordinate)
      after = weight
    }
    if effect.negativeWeight > 0 { learnNegative(user: user, item: item, weight: effect.negativeWeight) }
    if !items.records[item].isKnown { introduce(item) }

    switch effect.history {
    case .none: break
    case .append:
      if isStronger || (weight == 0 && index == nil) {
        users.records[user].log.append(serial, limit: recipe.configuration.historyLength)
      }
    case .remove: users.records[user].log.remove(serial)
    }
    if effect.seen || weight > 0 {
      users.records[user].log.see(serial, weight: after, at: index)
    } else if let index, after != before {
      users.records[user].log.clearWeight(at: index)
    }
  }

  /// A weight as the seen set keeps it: sixteenths, rounded to nearest, at least one for a positive number.
  private static func sixteenths(_ weight: Float) -> UInt8 {
    guard weight > 0 else { return 0 }
    return UInt8(min(max((weight * 16).rounded(.toNearestOrEven), 1), 255))
  }

  /// One step on an explicit negative, w·ln(1 + e^(q·v)), into the user's row only: hides cannot brigade an item.
  private mutating func learnNegative(user: Int, item: Int, weight: Float) {
    defer { scratch.tags.removeAll() }
    let pool = HistoryPool(
      of: users.records[user].log, items: items, tags: tags, recipe: recipe, scratch: &scratch.tags)
    let row = users.towers[user]
    let query = pool.query(user: row.weights, gates: gateValues)
    let vector = itemVector(item)
    let (score, norm) = (query.dot(vector), vector.norm)
    guard score.isFinite, norm.isFinite else {
      tally.revertedSteps += 1
      return
    }
    let slope = min(weight * Exponential.sigmoid(score), Adagrad.gradientNormLimit / max(norm, 1))
    count(recipe.towers.step(row, gradient: vector.scaled(by: slope), forgets: true))
  }

  /// v_j = own_j + Σ tags.
  func itemVector(_ item: Int) -> Vector32 {
    var vector = items.towers[item].weights
    guard recipe.usesTowerTags else { return vector }
    let scale = items.records[item].tagScale
    for position in items.tags(of: item) {
      vector.add(tags.towers[items.tag(at: position)].weights, times: scale)
    }
    return vector
  }

  /// Asks the cache for what ``learn(user:item:effect:occurredAt:at:)`` of this user and item will read. Changes nothing.
  public func prefetch(user: Span<UInt8>, item: Span<UInt8>) {
    if let row = users.map.row(of: user) {
      users.records.prefetch(row)
      users.towers.prefetch(row)
      users.rating.prefetch(row)
    }
    if let row = items.map.row(of: item) {
      items.records.prefetch(row)
      items.towers.prefetch(row)
      items.rating.prefetch(row)
    }
  }
}
