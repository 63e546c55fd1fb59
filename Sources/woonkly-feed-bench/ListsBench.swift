internal import Checkpoints
internal import Evaluation
internal import Learning
internal import Pipeline
internal import Retrieval

/// Lists over a large catalog, against a plain scan of the same vectors in the same run.
struct ListsBench {
  static let items = 100_000
  static let users = 2_000
  static let scannedUsers = 200
  static let events = 300_000
  static let length = 50

  func run(_ rounds: Int, _ report: inout BenchReport) {
    var parameters = EventLog.town
    parameters.posts = Self.items
    parameters.postsPerHour = 0
    // What was shown and left alone is what the ranker learns from.
    parameters.reportsImpressions = true
    let log = EventLog(events: Self.events, parameters: parameters)
    var recommender = LearningBench.recommender(knowing: log)
    let buffer = LearningBench.buffer(log.interactions[...], input: 1, from: [Int64(log.catalog.count), 0])
    _ = recommender.fold(buffer, to: [Int64(log.catalog.count), Int64(log.interactions.count)])
    let rows = Array(0..<min(Self.users, recommender.learner.counts.users))
    precondition(recommender.learner.freezeRanker() != nil, "the ranker has no say: half of the work would be left out")

    let freezing = (0..<rounds).map { _ in
      seconds { _ = recommender.freeze(users: rows, version: 1, generatedAt: 1) } * 1_000
    }
    report.add("freeze of 100,000 items and 2,000 users", freezing, "ms")
    let freeze = recommender.freeze(users: rows, version: 1, generatedAt: 1)
    let items = recommender.learner.freezeItems()
    let users = recommender.learner.freezeUsers(rows)
    report.add("index of 100,000 items", (0..<rounds).map { _ in seconds { _ = Self.index(items) } * 1_000 }, "ms")

    let scanning = (0..<rounds).map { _ in
      Double(Self.scannedUsers)
        / seconds { for user in users.prefix(Self.scannedUsers) { _ = PlainScan(items).best(for: user, Self.length) } }
    }
    let scanned = report.add("plain scan, top 50", scanning, "users/s")
    let index = Self.index(items)
    var scratch = SearchScratch()
    let searching = (0..<rounds).map { _ in
      Double(users.count)
        / seconds {
          for user in users {
            _ = index.search(query: user.query, count: Self.length, excluding: user.seen, now: 1, scratch: &scratch)
          }
        }
    }
    report.add("index search, top 50", searching, "users/s", against: ("plain scan", scanned))
    let listing = (0..<rounds).map { _ in
      Double(users.count) / seconds { precondition(freeze.lists().lists.count == users.count, "a list is missing") }
    }
    report.add("freeze to encoded lists, 200 re-ranked to 50", listing, "users/s", against: ("plain scan", scanned))
    check(index, items, users)
  }

  /// Faster counts for nothing when the answer is another one.
  private func check(_ index: ItemIndex, _ items: FrozenItems, _ users: [FrozenUser]) {
    var scratch = SearchScratch()
    for user in users.prefix(20) {
      let found = index.search(query: user.query, count: Self.length, excluding: user.seen, now: 1, scratch: &scratch)
      let scores = PlainScan(items).best(for: user, Self.length)
      for (hit, score) in zip(found, scores) {
        precondition(abs(hit.score - score) <= 1e-4 * max(1, abs(score)), "\(hit.score) is not \(score)")
      }
    }
  }

  private static func index(_ items: FrozenItems) -> ItemIndex {
    ItemIndex(
      vectors: items.vectors, biases: items.biases,
      identifiers: ItemIdentifiers(bytes: items.identifiers.bytes, offsets: items.identifiers.offsets),
      expiresAt: items.expiresAt, active: items.active)
  }
}

/// Looks at every item: what anybody would write first, with the vector unit put to use.
struct PlainScan {
  let items: FrozenItems

  init(_ items: FrozenItems) { self.items = items }

  /// The best scores among items not seen, the greatest first.
  func best(for user: FrozenUser, _ count: Int) -> [Float] {
    // Held once: reading them through the struct counts references for every item.
    let (active, biases, rows) = (items.active, items.biases, items.count)
    var isSeen = [Bool](repeating: false, count: rows)
    for row in user.seen { isSeen[Int(row)] = true }
    var best: [Float] = []
    best.reserveCapacity(2 * count)
    var threshold = -Float.infinity
    // SAFETY: four vectors of eight from the query's 32 elements, and from row · 32 on for each row of the items.
    unsafe items.vectors.withUnsafeBytes { vectors in
      unsafe user.query.withUnsafeBytes { query in
        let (q0, q1) = unsafe (Self.load(query, 0), Self.load(query, 32))
        let (q2, q3) = unsafe (Self.load(query, 64), Self.load(query, 96))
        for row in 0..<rows where !isSeen[row] && active[row] {
          let place = row * 128
          var sum = unsafe q0 * Self.load(vectors, place)
          unsafe sum.addProduct(q1, Self.load(vectors, place + 32))
          unsafe sum.addProduct(q2, Self.load(vectors, place + 64))
          unsafe sum.addProduct(q3, Self.load(vectors, place + 96))
          let score = sum.sum() + biases[row]
          guard score > threshold else { continue }
          best.append(score)
          if best.count == 2 * count {
            best.sort(by: >)
            best.removeLast(count)
            threshold = best[count - 1]
          }
        }
      }
    }
    return Array(best.sorted(by: >).prefix(count))
  }

  @inline(__always)
  private static func load(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> SIMD8<Float> {
    // SAFETY: the caller stays within the buffer.
    unsafe bytes.loadUnaligned(fromByteOffset: place, as: SIMD8<Float>.self)
  }
}
