import Checkpoints
import Learning
import Retrieval

/// Makes lists out of frozen items: retrieval finds candidates, the ranker puts them in order, exploration takes its places.
struct ListBuilder {
  /// A place in a list.
  struct Place {
    var row: UInt32
    var score: Float
    /// Nil for an item that is here for its score.
    var propensity: Double?
  }

  let items: FrozenItems
  private let ranker: FrozenRanker?
  private let shape: ListConfiguration
  private let now: Int64
  private let index: ItemIndex
  private let exploration: Exploration
  private var searching = SearchScratch()
  private var ranking = RankerScratch()

  /// Lays the items out for searching. O(items · log items).
  /// - Parameter typicalQueryNorm: the order of the index's blocks suits it. Changes no result.
  init(
    items: FrozenItems, ranker: FrozenRanker?, shape: ListConfiguration, now: Int64, typicalQueryNorm: Float = 1
  ) {
    self.items = items
    self.ranker = ranker
    self.shape = shape
    self.now = now
    index = ItemIndex(
      vectors: items.vectors, biases: items.biases,
      identifiers: ItemIdentifiers(bytes: items.identifiers.bytes, offsets: items.identifiers.offsets),
      expiresAt: items.expiresAt, active: items.active, typicalQueryNorm: typicalQueryNorm)
    exploration = Exploration(items, shape: shape, now: now)
  }

  /// The best items of each user, score descending, ties by id.
  mutating func best(for users: ArraySlice<FrozenUser>) -> [[Hit]] {
    let found = ranker == nil ? shape.length : max(shape.length, shape.candidates)
    let requests = users.map { SearchRequest(query: $0.query, count: found, excluding: $0.seen) }
    let hits = index.search(requests, now: now, scratch: &searching)
    return zip(users, hits).map { rank($1, for: $0) }
  }

  /// The second stage: what retrieval found, in the order of the blended scores.
  private mutating func rank(_ hits: [Hit], for user: FrozenUser) -> [Hit] {
    guard let ranker, !hits.isEmpty else { return hits }
    let scores = ranker.scores(
      blending: hits.map(\.score), of: hits.map(\.row), for: user, scratch: &ranking)
    let blended = zip(hits, scores).map { Hit(row: $0.row, score: $1) }
    return Array(
      blended.sorted { left, right in
        guard left.score == right.score else { return left.score > right.score }
        return items.identifiers.precedes(Int(left.row), Int(right.row))
      }.prefix(shape.length))
  }

  /// Puts what exploration draws among the best: each explored item at a place drawn uniformly, the last of the best make room.
  mutating func explored(_ best: [Hit], for user: FrozenUser, _ random: inout ListRandomness) -> [Place] {
    var places = best.map { Place(row: $0.row, score: $0.score) }
    let drawn = exploration.draw(listed: best.map(\.row), seen: user.seen, &random)
    guard !drawn.isEmpty else { return places }
    places.removeLast(drawn.count)
    let hits = drawn.map { Hit(row: $0.row, score: index.score(row: $0.row, query: user.query)) }
    let scores =
      ranker?.scores(blending: hits.map(\.score), of: hits.map(\.row), for: user, scratch: &ranking)
      ?? hits.map(\.score)
    for (item, score) in zip(drawn, scores) {
      places.insert(
        Place(row: item.row, score: score, propensity: item.propensity), at: random.below(places.count + 1))
    }
    return places
  }
}
