/// The retrieval notebook's model: one embedding for each user and each item, scored by their product and learned by
/// ``InBatchSoftmax``.
///
/// It ranks every item of the data set for each event to be tested. The notebook does so with the items that the user has met
/// among them, which is ``Quality/includingSeen``; ``Quality/hitRates`` leaves out those that the user has met in training.
public struct SeedRetrieval: SeedModel {
  var users: SeedEmbedding
  var items: SeedEmbedding

  /// Begins with Keras's default initial values.
  public init(users: Int, items: Int, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    self.users = SeedEmbedding(rows: users, &random)
    self.items = SeedEmbedding(rows: items, &random)
  }

  /// Steps on all events, whatever their label.
  public mutating func learn(_ batch: SeedBatch) {
    accumulate(batch.examples)
    for example in batch.examples {
      users.step(example.user)
      items.step(example.item)
    }
  }

  /// Adds up the gradients of Σ_i (ln Σ_j e^(u_i·v_j) − u_i·v_i).
  mutating func accumulate(_ examples: ArraySlice<SeedExample>) {
    var softmax = InBatchSoftmax(examples, users: users, items: items)
    softmax.accumulate(users: &users, items: &items)
    for example in examples {
      for (user, item) in zip(SeedEmbedding.blocks(of: example.user), SeedEmbedding.blocks(of: example.item)) {
        users.gradients[user] -= items.weights[item]
        items.gradients[item] -= users.weights[user]
      }
    }
  }

  /// Ranks all items for each event, for one user after the other.
  public func quality(on test: SeedBatch, after train: SeedBatch, progress: (Int) -> Void) -> Quality {
    var counts = [Int](repeating: 0, count: items.rows)
    var seen = [[Int]](repeating: [], count: users.rows)
    for example in train.examples {
      counts[example.item] += 1
      seen[example.user].append(example.item)
    }
    var wanted = [[Int]](repeating: [], count: users.rows)
    for example in test.examples { wanted[example.user].append(example.item) }

    var metrics = PrequentialMetrics()
    for user in 0..<users.rows where !wanted[user].isEmpty {
      let scores = scores(of: user)
      var isSeen = [Bool](repeating: false, count: items.rows)
      for item in seen[user] { isSeen[item] = true }
      for item in wanted[user] {
        // Nothing to be found: it had been met.
        let ranking =
          isSeen[item]
          ? RankOutcome.unmeasured
          : .ranked(Self.standing(of: item, scores: scores, counts: counts, isSeen: isSeen))
        metrics.record(prediction: nil, label: nil, ranking: ranking)
      }
      progress(metrics.count)
    }
    return metrics.all
  }

  private func scores(of user: Int) -> [Float] {
    let query = SeedEmbedding.blocks(of: user)
    return (0..<items.rows).map { item in
      var sum = SIMD8<Float>.zero
      for (a, b) in zip(query, SeedEmbedding.blocks(of: item)) { sum.addProduct(users.weights[a], items.weights[b]) }
      return sum.folded
    }
  }

  /// 1 + items with a higher score + those with the same score in an earlier row.
  private static func standing(
    of item: Int, scores: [Float], counts: [Int], isSeen: [Bool]
  ) -> RankOutcome.Standing {
    var (including, excluding, popularity) = (1, 1, 1)
    for other in scores.indices where other != item {
      if scores[other] > scores[item] || (scores[other] == scores[item] && other < item) {
        including += 1
        if !isSeen[other] { excluding += 1 }
      }
      let isMore = counts[other] > counts[item] || (counts[other] == counts[item] && other < item)
      if isMore, !isSeen[other] { popularity += 1 }
    }
    return RankOutcome.Standing(excludingSeen: excluding, includingSeen: including, popularity: popularity)
  }
}
