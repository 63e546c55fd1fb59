public import FeedEvents

/// A social app that never was: people with tastes, authors, and posts that live for hours, all from one seed.
///
/// Tastes, contents and appeal are *planted*, so unlike with real data it is known what a person would like best: the
/// quality of a list is a number, not an opinion. The app has no clock. Time is given to it, and how time is cut changes
/// nothing: two calls of ``advance(to:)`` give together what one would have given.
///
///     var app = SyntheticApp(SyntheticParameters())
///     let happened = app.advance(to: now)              // catalogue updates and events, in order of time
///     app.deliver(list: items, version: 3, to: user)   // people look at what is recommended to them
///     app.affinity(user: user, item: items[0])         // how good was that?
///
/// How it works: visits, posts and arrivals come at random times with the given mean rates. In a visit a person looks at
/// posts from their recommendations, from authors they follow, among the newest, or by appeal, which falls with rank like
/// 1/r (Zipf). Whether they look is a matter of the position in a list, if the parameters say so, and whether they are
/// interested one of affinity alone (``ClickModel``); interest shows in dwell time, clicks, likes, comments, shares and
/// follows, its absence in short views, skips and now and then a hide. Each taste is always on its way to another one. Every function is made of exact arithmetic: the same seed gives the same bytes on every
/// machine.
///
/// Posts and people are remembered for ever; about 300 bytes a post.
public struct SyntheticApp: Sendable {
  /// What happened in a stretch of time.
  public struct Activity: Equatable, Sendable {
    /// Posts that were written, in order of time.
    public var catalog: [CatalogItem] = []
    /// Events, in order of time.
    public var interactions: [Interaction] = []
  }

  enum Happening: Sendable {
    case postWritten
    case postExpired(Int)
    case userJoined
    case visit
    case exposure(user: Int, remaining: Int)
  }

  /// What the app was made with.
  public let parameters: SyntheticParameters
  /// The time the app was last advanced to, in milliseconds since the epoch.
  public internal(set) var now: Int64

  let clickModel: ClickModel
  var random: SplitMix64
  var agenda = Agenda<Happening>()
  var users: [SyntheticUser] = []
  var visitors = WeightedSampler()
  var authors: [SyntheticAuthor] = []
  var posts: [SyntheticPost] = []
  var appeal = WeightedSampler()
  var livePosts = 0
  var eventCount = 0
  let eventPrefix: String
  /// Posts of the start, which the first advance announces.
  private var announcements: [CatalogItem] = []

  /// An app at the beginning of its history.
  public init(_ parameters: SyntheticParameters) {
    precondition(parameters.users > 0 && parameters.authors > 0, "an app needs people and authors")
    self.parameters = parameters
    now = parameters.startsAt
    clickModel = parameters.clickModel
    random = SplitMix64(seed: parameters.seed ^ UInt64(bitPattern: parameters.startsAt) &* 0x9E37_79B9_7F4A_7C15)
    eventPrefix = "e\(String(random.next(), radix: 36))-"
    for number in 0..<parameters.authors {
      let main = random.below(Taste.topics.count)
      let side = (main + 1 + random.below(Taste.topics.count - 1)) % Taste.topics.count
      authors.append(
        SyntheticAuthor(identifier: Self.identifier("a", number), mainTopic: main, sideTopic: side))
    }
    for _ in 0..<parameters.posts {
      announcements.append(write(at: now, age: random.unit()))
    }
    for _ in 0..<parameters.users { join(at: now) }
    schedule(.postWritten, perHour: parameters.postsPerHour, after: now)
    schedule(.userJoined, perHour: parameters.newUsersPerHour, after: now)
    schedule(.visit, perHour: parameters.sessionsPerHour, after: now)
  }

  /// Lets everything happen that is due until a time.
  ///
  /// O(log n) per event. A time in the past changes nothing.
  /// - Parameter now: milliseconds since the epoch.
  /// - Returns: what happened since the last call; from the first call also the posts of the start.
  public mutating func advance(to now: Int64) -> Activity {
    var activity = Activity()
    _ = advance(to: now, stoppingAtVisits: false, into: &activity)
    return activity
  }

  /// The same, but it may stop where a visit begins, for those who want to know how the person is received.
  /// - Returns: the person whose visit begins ``now``; nil at `now`.
  mutating func advance(to now: Int64, stoppingAtVisits: Bool, into activity: inout Activity) -> Int? {
    activity.catalog += announcements
    announcements = []
    while let (time, happening) = agenda.next(dueAt: now) {
      self.now = max(self.now, time)
      var visitor: Int?
      switch happening {
      case .postWritten:
        activity.catalog.append(write(at: time, age: 0))
        schedule(.postWritten, perHour: parameters.postsPerHour, after: time)
      case .postExpired(let post):
        appeal.clear(post)
        livePosts -= 1
      case .userJoined:
        let user = join(at: time)
        visitor = user
        agenda.add(.exposure(user: user, remaining: exposures()), at: time)
        schedule(.userJoined, perHour: parameters.newUsersPerHour, after: time)
      case .visit:
        visitor = visitors.draw(&random)
        if let user = visitor {
          moveOn(user, at: time)
          if parameters.pageLength > 0 { users[user].turnPage(length: parameters.pageLength) }
          agenda.add(.exposure(user: user, remaining: exposures()), at: time)
        }
        schedule(.visit, perHour: parameters.sessionsPerHour, after: time)
      case .exposure(let user, let remaining):
        if let exposure = choosePost(for: user, at: time) {
          react(user, to: exposure, at: time, into: &activity.interactions)
        }
        if remaining > 1 {
          let pause = Self.milliseconds(parameters.secondsPerExposure * 2 * random.unit())
          agenda.add(.exposure(user: user, remaining: remaining - 1), at: time + pause)
        }
      }
      if stoppingAtVisits, let visitor { return visitor }
    }
    self.now = max(self.now, now)
    return nil
  }

  /// How many people there are.
  public var userCount: Int { users.count }

  /// The identifiers of all people, the oldest first.
  public var userIdentifiers: [[UInt8]] { users.map(\.identifier) }

  /// How many posts are live.
  public var livePostCount: Int { livePosts }
}

extension SyntheticApp {
  /// Random times with a mean distance: uniform up to twice the mean, which needs no logarithm.
  private mutating func schedule(_ happening: Happening, perHour rate: Double, after time: Int64) {
    guard rate > 0 else { return }
    agenda.add(happening, at: time + Self.milliseconds(2 * random.unit() * 3_600 / rate))
  }

  /// At least one millisecond.
  static func milliseconds(_ seconds: Double) -> Int64 {
    max(1, Int64(seconds * 1_000))
  }

  private mutating func exposures() -> Int {
    1 + Int(2 * random.unit() * max(0, parameters.exposuresPerSession - 0.5))
  }

  /// `age` is the part of its life that the post has behind it.
  private mutating func write(at time: Int64, age: Double) -> CatalogItem {
    let author = random.below(authors.count)
    let (main, side) = (authors[author].mainTopic, authors[author].sideTopic)
    let content = Taste.about(main, and: side, &random)
    let lifetime = Self.milliseconds(parameters.postLifetimeHours * 3_600 * (0.5 + random.unit()))
    let created = time - Int64(age * Double(lifetime))
    let number = posts.count
    let post = SyntheticPost(
      identifier: Self.identifier("p", number), author: author, content: content, createdAt: created,
      expiresAt: created + lifetime)
    posts.append(post)
    appeal.append(drawAppeal())
    livePosts += 1
    authors[author].newest.append(number)
    if authors[author].newest.count > SyntheticAuthor.newestLimit { authors[author].newest.removeFirst() }
    agenda.add(.postExpired(number), at: post.expiresAt)

    let topics = content.topicsByWeight.prefix(2).map { Taste.topics[$0] }
    let format = ["photo", "text", "video"][random.below(3)]
    return CatalogItem(
      itemID: post.identifier,
      title: Array("\(topics[0]) and \(topics[1]), no. \(number)".utf8),
      tags: [Array("topic:\(topics[0])".utf8), Array("format:\(format)".utf8)],
      author: authors[author].identifier,
      created: created,
      expires: post.expiresAt,
      active: true)
  }

  /// 1 / u for uniform u has rank r in proportion to 1 / r: Zipf's law with exponent 1. Bounded, in hundredths.
  private mutating func drawAppeal() -> Int {
    Int(100 / max(0.002, random.unit()))
  }

  @discardableResult
  private mutating func join(at time: Int64) -> Int {
    var user = SyntheticUser(
      identifier: Self.identifier("u", users.count), from: randomTaste(), to: randomTaste(),
      movesSince: time, movesForMilliseconds: turnover())
    for _ in 0..<12 {
      let author = random.below(authors.count)
      let content = Taste.about(authors[author].mainTopic, and: authors[author].sideTopic, &random)
      if user.from.affinity(to: content) > parameters.affinityThreshold, !user.follows.contains(author) {
        user.follows.append(author)
      }
    }
    users.append(user)
    // Pareto with index 2: most come seldom, a few ten times as often as the average.
    visitors.append(Int(100 / max(0.0001, random.unit()).squareRoot()))
    return users.count - 1
  }

  mutating func randomTaste() -> Taste { Taste.random(&random, skew: parameters.tasteSkew) }

  mutating func turnover() -> Int64 {
    guard parameters.tasteTurnoverDays > 0 else { return 0 }
    return Self.milliseconds(parameters.tasteTurnoverDays * 86_400 * (0.5 + random.unit()))
  }

  /// Gives a taste that has arrived its next destination.
  private mutating func moveOn(_ user: Int, at time: Int64) {
    guard users[user].hasArrived(at: time) else { return }
    users[user].from = users[user].to
    users[user].to = randomTaste()
    users[user].movesSince = time
    users[user].movesForMilliseconds = turnover()
  }

  private static func identifier(_ kind: String, _ number: Int) -> [UInt8] {
    let digits = String(number)
    return Array("\(kind)_\(String(repeating: "0", count: max(0, 6 - digits.count)))\(digits)".utf8)
  }

  /// The number in an identifier of this app.
  static func number(_ kind: String, _ identifier: [UInt8]) -> Int? {
    guard identifier.starts(with: "\(kind)_".utf8) else { return nil }
    return Int(String(decoding: identifier.dropFirst(2), as: UTF8.self))
  }
}
