extension Learner {
  /// Learns one event. Nothing is predicted here: ask ``predict(user:item:)`` and ``rank(of:for:reranking:scratch:)`` before.
  ///
  /// - Parameters:
  ///   - user: 1...256 bytes. Gets a row on first sight, in a full table that of whoever had no event for longest.
  ///   - item: 1...256 bytes. Gets a row on first sight, in a full table that of the item that nothing named for longest.
  ///   - author: who made the item, a tag of it from then on; empty where that is not known.
  ///   - effect: what the event means. A rating must be finite.
  ///   - occurredAt: milliseconds since 1970. The greatest so far is the clock of popularity.
  ///   - coordinate: keys the negatives that are drawn.
  @discardableResult
  public mutating func learn(
    user: Span<UInt8>, item: Span<UInt8>, author: Span<UInt8> = Span(), effect: Effect, occurredAt: Int64,
    at coordinate: Coordinate
  ) -> Learned {
    precondition(effect.rating?.isFinite ?? true, "a rating must be finite")
    if !evictedUsers.isEmpty { evictedUsers.removeAll() }
    guard let itemRow = self.itemRow(orNew: item) else {
      tally.refusedItems += 1
      return .refusedItem
    }
    let userRow = self.userRow(orNew: user)
    tally.events += 1
    bank.advance(to: occurredAt)
    let time = min(occurredAt, bank.clock ?? occurredAt)
    if !author.isEmpty { setAuthor(author, of: itemRow) }
    if items.details[itemRow].bornAt == ItemDetail.unborn { items.details[itemRow].bornAt = time }

    var effect = effect
    if !recipe.usesLowRatings, let rating = effect.rating, rating < 4 {
      effect.weight = 0
    }
    // Everything that is said of the pair is said as it was before the event.
    let pool = HistoryPool(
      of: users.records[userRow].log, items: items, tags: tags, recipe: recipe, scratch: &scratch.tags)
    let query = pool.query(user: users.towers[userRow].weights, gates: gateValues)
    defer { scratch.tags.removeAll() }
    let sample = rankerSample(effect, user: userRow, item: itemRow, query: query)
    let entries = users.records[userRow].log.entryCount
    learnTaste(effect, user: userRow, item: itemRow, pool: pool, query: query, occurredAt: time, at: coordinate)
    users.logEntries += users.records[userRow].log.entryCount - entries
    keepLogBudget(for: userRow)
    let residual = effect.rating.flatMap { learnRating($0, user: userRow, item: itemRow) }
    learnRanker(sample, residual: residual, of: userRow)

    note(coordinate, occurredAt, of: userRow)
    return .learned(userRow: userRow)
  }

  /// Learns that a user follows an author, without an item: one step of the user's row and the author's tag towards each other.
  /// - Returns: ``Learned/refusedItem`` if the author is not in the table of tags, and it is full of tags that items carry.
  public mutating func learnFollow(
    of author: Span<UInt8>, by user: Span<UInt8>, weight: Float, occurredAt: Int64, at coordinate: Coordinate
  ) -> Learned {
    if !evictedUsers.isEmpty { evictedUsers.removeAll() }
    guard let tag = authorRow(author) else {
      tally.refusedTags += 1
      return .refusedItem
    }
    tags.follow(tag)
    let userRow = self.userRow(orNew: user)
    tally.events += 1
    bank.advance(to: occurredAt)
    if weight > 0, recipe.usesTowerTags { learnAffinity(user: userRow, tag: tag, weight: weight) }
    note(coordinate, occurredAt, of: userRow)
    return .learned(userRow: userRow)
  }

  private mutating func note(_ coordinate: Coordinate, _ occurredAt: Int64, of user: Int) {
    users.records[user].lastPartition = coordinate.partition
    users.records[user].lastOffset = coordinate.offset
    users.records[user].lastOccurredAt = occurredAt
  }

  /// What the event says about taste: towers, popularity, history and seen set. One positive per user and item: a stronger
  /// type adds only what it is stronger by, and popularity counts once, so that nobody stuffs.
  private mutating func learnTaste(
    _ effect: Effect, user: Int, item: Int, pool: HistoryPool, query: Vector32, occurredAt: Int64,
    at coordinate: Coordinate
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
        Positive(
          user: user, item: item, weight: Float(weight - after) / 16, counts: after == 0, occurredAt: occurredAt,
          isLiked: isLiked(effect), isEngaged: effect.engaged == true),
        pool: pool, query: query, at: coordinate)
      after = weight
    }
    if effect.negativeWeight > 0 {
      learnNegative(user: user, item: item, weight: effect.negativeWeight, query: query)
    }
    if !items.records[item].isKnown { introduce(item) }

    switch effect.history {
    case .none: break
    case .append:
      if isStronger || (weight == 0 && index == nil) {
        users.records[user].log.append(serial, limit: recipe.configuration.historyLength)
      }
    case .remove: users.records[user].log.remove(serial)
    }
    var isSeen = effect.seen || weight > 0
    if effect.seenAfterImpressions > 0 {
      items.details[item].impressions &+= items.details[item].impressions == .max ? 0 : 1
      if index == nil { isSeen = users.records[user].log.show(serial) >= effect.seenAfterImpressions }
    }
    if isSeen {
      users.records[user].log.see(serial, weight: after, at: index)
    } else if let index, after != before {
      users.records[user].log.clearWeight(at: index)
    }
  }

  /// Whether the event is a rating above the mean of those before it.
  private func isLiked(_ effect: Effect) -> Bool {
    guard let rating = effect.rating, ratings.count > 0 else { return false }
    return Double(rating) > ratings.mean
  }

  /// A weight as the seen set keeps it: sixteenths, rounded to nearest, at least one for a positive number.
  private static func sixteenths(_ weight: Float) -> UInt8 {
    guard weight > 0 else { return 0 }
    return UInt8(min(max((weight * 16).rounded(.toNearestOrEven), 1), 255))
  }

  /// One step on an explicit negative, w·ln(1 + e^(q·v)), into the user's row only: hides cannot brigade an item.
  private mutating func learnNegative(user: Int, item: Int, weight: Float, query: Vector32) {
    let row = users.towers[user]
    let vector = itemVector(item)
    let (score, norm) = (query.dot(vector), vector.norm)
    guard score.isFinite, norm.isFinite else {
      tally.revertedSteps += 1
      return
    }
    let slope = min(weight * Exponential.sigmoid(score), Adagrad.gradientNormLimit / max(norm, 1))
    count(recipe.towers.step(row, gradient: vector.scaled(by: slope), forgets: true))
  }

  /// One step on w·ln(1 + e^(−u·t)): the user's own row and the tag's vector, without the history, which the follow says nothing of.
  private mutating func learnAffinity(user: Int, tag: Int, weight: Float) {
    tags.touch(tag)
    let (userRow, tagRow) = (users.towers[user], tags.towers[tag])
    let (userVector, tagVector) = (userRow.weights, tagRow.weights)
    let (score, userNorm, tagNorm) = (userVector.dot(tagVector), userVector.norm, tagVector.norm)
    guard score.isFinite, userNorm.isFinite, tagNorm.isFinite else {
      tally.revertedSteps += 1
      return
    }
    let slope = -min(weight * Exponential.sigmoid(-score), Adagrad.gradientNormLimit / max(userNorm, tagNorm, 1))
    count(recipe.towers.step(userRow, gradient: tagVector.scaled(by: slope), forgets: true))
    count(recipe.towers.step(tagRow, gradient: userVector.scaled(by: slope), forgets: true))
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
      users.recency.prefetch(row)
      users.towers.prefetch(row)
      users.rating.prefetch(row)
    }
    if let row = items.map.row(of: item) {
      items.records.prefetch(row)
      items.recency.prefetch(row)
      items.towers.prefetch(row)
      items.rating.prefetch(row)
    }
  }
}
