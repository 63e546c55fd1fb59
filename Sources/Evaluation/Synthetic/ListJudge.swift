/// Judges lists at one moment of a ``SyntheticApp``, with the truth at hand.
struct ListJudge {
  /// What was found about one list.
  struct Judgement {
    var quality = ListQuality()
    /// The posts in the first places, but for those that are worth nothing.
    var listed: [Int] = []
    /// The best there could have been, the best first.
    var best: [Int] = []
    /// The most popular.
    var popular: [Int] = []
    /// Places taken by posts that the person has looked at before.
    var seenPlaces = 0
    /// Places taken by posts that have expired.
    var expiredPlaces = 0
  }

  /// So many places of a list count.
  let places: Int
  private var live: [Int] = []
  private var ranked: [Int] = []
  /// By post, false between judgements.
  private var isSeen: [Bool] = []
  private var top: [(affinity: Double, post: Int)] = []

  init(places: Int) {
    precondition(places > 0, "a list without places is worth nothing")
    self.places = places
  }

  /// Takes in what is live and popular now. O(posts · log posts).
  mutating func look(at app: SyntheticApp, _ popularity: inout RecentPopularity) {
    live = app.posts.indices.filter { app.posts[$0].expiresAt > app.now }
    ranked = popularity.ranked(live, at: app.now)
  }

  /// Judges a list as of the last look. O(live posts).
  /// - Parameter isFiltered: judges what is left of the list without posts that are worth nothing.
  mutating func judge(
    _ list: [Int], for user: Int, of app: SyntheticApp, isFiltered: Bool = false
  ) -> Judgement {
    while isSeen.count < app.posts.count { isSeen.append(false) }
    let person = app.users[user]
    // Marked in any order, read in one.
    for post in person.seen { isSeen[post] = true }
    defer { for post in person.seen { isSeen[post] = false } }

    let taste = person.taste(at: app.now)
    let list = isFiltered ? list.filter { !isSeen[$0] && app.posts[$0].expiresAt > app.now } : list
    var judgement = Judgement()
    var (sum, count) = (0.0, 0)
    top.removeAll(keepingCapacity: true)
    for post in live where !isSeen[post] {
      let affinity = taste.affinity(to: app.posts[post].content)
      sum += affinity
      count += 1
      consider(post, affinity)
    }
    judgement.best = top.map(\.post)
    for post in ranked where !isSeen[post] {
      if judgement.popular.count == places { break }
      judgement.popular.append(post)
    }
    for post in list.prefix(places) {
      if app.posts[post].expiresAt <= app.now {
        judgement.expiredPlaces += 1
      } else if isSeen[post] {
        judgement.seenPlaces += 1
      } else {
        judgement.listed.append(post)
      }
    }
    func worth(_ posts: [Int]) -> Double {
      posts.reduce(0) { $0 + taste.affinity(to: app.posts[$1].content) }
    }
    judgement.quality.lists = 1
    judgement.quality.list = worth(judgement.listed)
    judgement.quality.best = worth(judgement.best)
    judgement.quality.popular = worth(judgement.popular)
    judgement.quality.random = count > 0 ? sum / Double(count) * Double(min(places, count)) : 0
    return judgement
  }

  /// Keeps the best so far in order; of equals the older one stays in front.
  private mutating func consider(_ post: Int, _ affinity: Double) {
    if top.count == places {
      guard affinity > top[places - 1].affinity else { return }
      top.removeLast()
    }
    var index = top.count
    while index > 0, top[index - 1].affinity < affinity { index -= 1 }
    top.insert((affinity, post), at: index)
  }
}
