import Checkpoints
public import FeedEvents
public import Learning
import Retrieval

extension Recommender {
  /// Copies item vectors and the users in `rows`, for their lists.
  public func freeze(users rows: [Int], version: UInt64, generatedAt: Int64) -> Freeze {
    Freeze(
      version: version, generatedAt: generatedAt, shape: configuration.lists, seed: configuration.learning.seed,
      items: learner.freezeItems(), ranker: learner.freezeRanker(), users: learner.freezeUsers(rows))
  }

  /// The best items for somebody at `now`, in milliseconds: a list's without exploration, of another length if need be.
  /// O(items · log items).
  /// - Parameter isReranked: whether the ranker has its say. It knows users; what goes with an item is retrieval's to tell.
  public func best(
    _ count: Int, for user: FrozenUser, now: Int64, isReranked: Bool = true
  ) -> [Recommendations.Item] {
    var shape = configuration.lists
    shape.length = count
    shape.explorationOneIn = 0
    var builder = ListBuilder(
      items: learner.freezeItems(), ranker: isReranked ? learner.freezeRanker() : nil, shape: shape, now: now)
    let best = builder.best(for: [user])
    return best[0].map {
      Recommendations.Item(itemID: Array(builder.items.identifiers[Int($0.row)]), score: $0.score)
    }
  }
}
