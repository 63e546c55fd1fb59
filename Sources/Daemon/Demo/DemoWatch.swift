internal import Evaluation
internal import FeedEvents

/// Looks over one person's shoulder: that of whoever has had the most lists, as long as they stay.
struct DemoWatch {
  /// What the person has now.
  private(set) var list: FollowedList?
  /// What lists are worth to everyone, a sample of them.
  private(set) var everyone = ListWorth.Average()
  private var count = 0
  private var user: [UInt8]?
  private var listsByUser: [[UInt8]: Int] = [:]
  private var before: Set<[UInt8]> = []
  private var seenAt: Int64 = 0

  /// One in so many lists is judged: that looks at every post.
  static let judgedInterval = 8
  /// So many entries are shown: the picture has to fit into 24 lines.
  static let shownEntries = 8
  /// The first choice is made after so long, and another one when the person has had no list for so long.
  static let firstChoiceNanoseconds: Int64 = 2_000_000_000
  static let patienceNanoseconds: Int64 = 10_000_000_000

  /// Chooses somebody when there is nobody, or nobody any more.
  mutating func choose(now: Int64) {
    guard now > (user == nil ? Self.firstChoiceNanoseconds : seenAt + Self.patienceNanoseconds) else { return }
    // Ties go to the smaller id: the order of a dictionary is another one at every start.
    let chosen =
      listsByUser.max {
        $0.value == $1.value ? $1.key.lexicographicallyPrecedes($0.key) : $0.value < $1.value
      }?.key
    seenAt = now
    guard let chosen, chosen != user else { return }
    (user, list, before) = (chosen, nil, [])
  }

  /// Takes note of a list that was delivered.
  mutating func see(_ recommendations: Recommendations, app: SyntheticApp, titles: [[UInt8]: String], now: Int64) {
    listsByUser[recommendations.userID, default: 0] += 1
    count += 1
    if count % Self.judgedInterval == 0 { everyone.add(Self.judge(recommendations, app)) }
    guard let user, user == recommendations.userID, recommendations.version > (list?.version ?? -1) else { return }
    seenAt = now
    let items = recommendations.items.map(\.itemID)
    let entries = items.prefix(Self.shownEntries).map { item in
      FollowedList.Entry(
        title: titles[item] ?? String(decoding: item, as: UTF8.self),
        affinity: app.affinity(user: user, item: item) ?? 0, isNew: list != nil && !before.contains(item))
    }
    let newCount = list == nil ? 0 : items.count { !before.contains($0) }
    list = FollowedList(
      user: String(decoding: user, as: UTF8.self), topics: app.favoriteTopics(user: user, count: 3),
      version: recommendations.version, count: (list?.count ?? 0) + 1, entries: entries, length: items.count,
      newCount: newCount,
      worth: Self.judge(recommendations, app))
    before = Set(items)
  }

  private static func judge(_ recommendations: Recommendations, _ app: SyntheticApp) -> ListWorth {
    let user = recommendations.userID
    let possible = app.bestPossible(user: user, count: .max).map(\.affinity)
    return ListWorth(
      mean: mean(recommendations.items.compactMap { app.affinity(user: user, item: $0.itemID) }),
      best: mean(possible.prefix(recommendations.items.count)), chance: mean(possible))
  }

  private static func mean(_ values: some Collection<Double>) -> Double {
    values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
  }
}

/// What a list is worth to whom it is for: mean planted affinities, 0...1.
struct ListWorth: Sendable {
  /// Of the list.
  var mean = 0.0
  /// Of the best list there could be.
  var best = 0.0
  /// Of all posts that could be in it.
  var chance = 0.0

  /// A mean in which older lists count less and less.
  struct Average: Sendable {
    /// The part that each new list has, once so many have come.
    static let share = 0.005

    private(set) var value = ListWorth()
    private(set) var count = 0

    mutating func add(_ worth: ListWorth) {
      count += 1
      let share = max(Self.share, 1 / Double(count))
      value.mean += share * (worth.mean - value.mean)
      value.best += share * (worth.best - value.best)
      value.chance += share * (worth.chance - value.chance)
    }
  }
}
