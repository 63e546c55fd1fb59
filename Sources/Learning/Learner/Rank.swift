/// Memory for ``Learner/rank(of:for:reranking:scratch:)`` and ``Learner/best(_:for:scratch:)``, kept between calls.
public struct RankScratch: ~Copyable {
  var tags = TagScratch()
  var scores: [Float] = []
  var isSeen: [Bool] = []
  var retrieved = CandidateHeap()
  var ranker = RankerScratch()

  /// Empty memory.
  public init() {}
}

/// Where an item stood just before it was learned; 1 is the first place.
public struct Ranks: Equatable, Sendable {
  /// Among the items that the user has not seen.
  public var excludingSeen: Int
  /// Among all.
  public var includingSeen: Int
  /// Among the items that the user has not seen, by number of positives.
  public var popularity: Int
  /// Among the items that the user has not seen, the best of them re-ranked; nil if that was not asked for.
  public var twoStage: Int?

  /// Creates ranks.
  public init(excludingSeen: Int, includingSeen: Int, popularity: Int, twoStage: Int? = nil) {
    self.excludingSeen = excludingSeen
    self.includingSeen = includingSeen
    self.popularity = popularity
    self.twoStage = twoStage
  }
}

extension Learner {
  /// Where `item` stands for `user` among all items with at least one event: 1 + those with a higher score + those with the
  /// same score seen earlier. Nil for an item without events. O(items).
  /// - Parameter reranking: how many of the best are put into the order of their blended scores for ``Ranks/twoStage``; 0 for
  ///   none. An item that is not among them keeps its rank.
  public func rank(
    of item: Span<UInt8>, for user: Span<UInt8>, reranking: Int = 0, scratch: inout RankScratch
  ) -> Ranks? {
    guard let target = items.map.row(of: item), items.records[target].isKnown else { return nil }
    scratch.tags.reserve(tags: tags.count)
    defer { scratch.tags.removeAll() }
    let userRow = users.map.row(of: user)
    let query = self.query(userRow: userRow, scratch: &scratch.tags)
    score(query, &scratch)

    markSeen(userRow, &scratch)
    var ranks = Ranks(excludingSeen: 1, includingSeen: 1, popularity: 1)
    let (score, order) = (scratch.scores[target], items.records[target].order)
    let positives = items.records[target].popularity.counts[0]
    for row in 0..<items.count where row != target {
      let record = items.records[row]
      guard record.isKnown else { continue }
      let isBefore = record.order < order
      if scratch.scores[row] > score || (scratch.scores[row] == score && isBefore) {
        ranks.includingSeen += 1
        if !scratch.isSeen[row] { ranks.excludingSeen += 1 }
      }
      let others = record.popularity.counts[0]
      if !scratch.isSeen[row], others > positives || (others == positives && isBefore) { ranks.popularity += 1 }
    }
    if reranking > 0, recipe.usesRanker {
      ranks.twoStage =
        ranks.excludingSeen > reranking || !ranker.isBlended
        ? ranks.excludingSeen
        : rerank(target, user: userPart(userRow, query: query), count: reranking, &scratch)
    }
    return ranks
  }

  /// The rank of an item after the first `count` unseen ones were put into the order of their blended scores.
  private func rerank(_ target: Int, user: UserPart, count: Int, _ scratch: inout RankScratch) -> Int {
    scratch.retrieved.begin(limit: count)
    for row in 0..<items.count where items.records[row].isKnown && (row == target || !scratch.isSeen[row]) {
      scratch.retrieved.offer(score: scratch.scores[row], order: items.records[row].order, row: UInt32(row))
    }
    let rows = scratch.retrieved.rows
    let view = bank.view()
    let blended = blendedScores(
      rows.map { scratch.scores[Int($0)] }, of: rows.map { itemPart(Int($0), view: view) }, for: user,
      network: ranker.network,
      blend: ranker.blend, scratch: &scratch.ranker)
    guard let position = rows.firstIndex(of: UInt32(target)) else { return count + 1 }
    let (score, order) = (blended[position], items.records[target].order)
    var rank = 1
    for (row, other) in zip(rows, blended) where row != UInt32(target) {
      if other > score || (other == score && items.records[Int(row)].order < order) { rank += 1 }
    }
    return rank
  }

  /// Notes for every row whether the user has met the item; nobody has met anything.
  func markSeen(_ userRow: Int?, _ scratch: inout RankScratch) {
    scratch.isSeen.removeAll(keepingCapacity: true)
    scratch.isSeen.append(contentsOf: repeatElement(false, count: items.count))
    guard let userRow else { return }
    let log = users.records[userRow].log
    for index in 0..<log.seenCount {
      if let row = items.row(ofSerial: log.seen(at: index)) { scratch.isSeen[row] = true }
    }
  }

  /// q of a user, of nobody for nil. Leaves the history's tags in `scratch`.
  func query(userRow: Int?, scratch: inout TagScratch) -> Vector32 {
    guard let userRow else { return Vector32() }
    let pool = HistoryPool(
      of: users.records[userRow].log, items: items, tags: tags, recipe: recipe, scratch: &scratch)
    return pool.query(user: users.towers[userRow].weights, gates: gateValues)
  }

  /// Scores of all items, q·v_j + B_j + o_j.
  func score(_ query: Vector32, _ scratch: inout RankScratch) {
    let count = items.count
    let padded = (count + 7) / 8 * 8
    if scratch.scores.count < padded {
      scratch.scores.append(contentsOf: repeatElement(0, count: padded - scratch.scores.count))
    }
    if recipe.usesTowerTags {
      for tag in 0..<tags.count {
        let slot = scratch.tags.slot(of: tag)
        scratch.tags.entries[slot].dot = tags.towers[tag].weights.dot(query)
      }
    }
    let view = bank.view()
    for start in stride(from: 0, to: count, by: 8) {
      var popularity = SIMD8<Float>(repeating: 1)
      let rows = start..<min(start + 8, count)
      for row in rows {
        let record = items.records[row]
        var score = items.towers[row].weights.dot(query) + record.bias.weight
        if recipe.usesTowerTags, record.tagCount > 0 {
          var sum: Float = 0
          for position in items.tags(of: row) {
            sum += scratch.tags.entries[scratch.tags.slot(of: items.tag(at: position))].dot
          }
          score = score.addingProduct(sum, record.tagScale)
        }
        scratch.scores[row] = score
        let earned = view.popularity(view.shares(record.popularity.counts, block: record.popularity.block))
        popularity[row - start] = max(earned, credit(row))
      }
      guard recipe.usesPopularity else { continue }
      let offsets = Logarithm.log(popularity)
      for row in rows { scratch.scores[row] += offsets[row - start] }
    }
  }
}
