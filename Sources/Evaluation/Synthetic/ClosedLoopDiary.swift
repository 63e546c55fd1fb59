import FeedEvents
import Pipeline

/// What happened in a ``ClosedLoop``, added up as it happens, always in the same order.
struct ClosedLoopDiary {
  /// Ends of ranges of a new person's events, the last without end.
  static let newcomerEnds = [0, 1, 2, 5, 10, 20, .max]
  /// Ends of ranges of events since the flip; the first is the list that was there when it came.
  static let flipEnds = [0, 2, 5, 10, 20, 40, 80, .max]
  /// Ends of a post's ages, in minutes, the last without end.
  static let ageEnds: [Int64] = [30, 120, 360, .max]
  /// Events since the flip that are kept one by one, for the recovery.
  static let flipResolution = 400

  /// Posts of one age.
  struct Age: Equatable {
    var listed = 0
    var best = 0
    var popular = 0
    var shown = 0
    var listedAffinity = 0.0
    var bestAffinity = 0.0
  }

  /// Lists of flipped people, and what they would be worth if each reached what that person's lists did before: those who
  /// come often are served better, and only they have many events after the flip.
  struct Comeback: Equatable {
    var quality = ListQuality()
    var expected = 0.0

    mutating func add(_ other: Comeback) {
      quality.add(other.quality)
      expected += other.expected
    }

    /// Of the level before; may be above 1.
    var ofBefore: Double? { expected > 0 ? quality.list / expected : nil }

    /// Of what was above chance before.
    var ofBeforeAboveChance: Double? {
      expected > quality.random ? (quality.list - quality.random) / (expected - quality.random) : nil
    }
  }

  /// One place of lists.
  struct Place: Equatable {
    var shown = 0
    var clicked = 0
  }

  let parameters: ClosedLoopParameters
  /// The flip comes when there have been so many events.
  let flipEvent: Int
  private(set) var events = 0
  private(set) var counts = FoldCounts()
  private(set) var types: [Int]
  private(set) var published: [ListQuality]
  private(set) var arriving: [ListQuality]
  private(set) var settled = ListQuality()
  private(set) var oldUsers = ListQuality()
  private(set) var newcomers: [ListQuality]
  private(set) var ages: [Age]
  private(set) var placesTaken = 0
  private(set) var seenPlaces = 0
  private(set) var arrivingPlacesTaken = 0
  private(set) var arrivingSeenPlaces = 0
  private(set) var arrivingExpiredPlaces = 0
  /// By position in the list.
  private(set) var positions: [Place]

  private(set) var hasFlipped = false
  private(set) var flippedUsers = 0
  private(set) var beforeFlip = ListQuality()
  private(set) var flipRanges: [Comeback]
  /// By number of events since the flip.
  private(set) var sinceFlip: [Comeback]
  /// The same moments, of those whose taste did not flip.
  private(set) var unflipped = ListQuality()

  /// Events of each person, but for impressions.
  private var reactions: [Int] = []
  /// What each person's lists were worth shortly before the flip.
  private var shortlyBefore: [Int: ListQuality] = [:]
  /// Each flipped person's events at the flip, and what part of the best possible their lists reached; only of those who had
  /// lists shortly before.
  private var flippedAt: [Int: (events: Int, share: Double)] = [:]

  init(_ parameters: ClosedLoopParameters) {
    precondition(parameters.windows > 0, "a report needs a window")
    self.parameters = parameters
    flipEvent = parameters.flipAt < 1 ? Int(Double(parameters.events) * parameters.flipAt) : .max
    types = Array(repeating: 0, count: InteractionType.known.count)
    published = Array(repeating: ListQuality(), count: parameters.windows)
    arriving = published
    newcomers = Array(repeating: ListQuality(), count: Self.newcomerEnds.count)
    ages = Array(repeating: Age(), count: Self.ageEnds.count)
    positions = Array(repeating: Place(), count: parameters.places)
    flipRanges = Array(repeating: Comeback(), count: Self.flipEnds.count)
    sinceFlip = Array(repeating: Comeback(), count: Self.flipResolution)
  }

  private var window: Int { min(parameters.windows - 1, events * parameters.windows / max(1, parameters.events)) }

  // MARK: Events

  mutating func note(_ event: Interaction, of app: SyntheticApp) {
    events += 1
    if let index = InteractionType.known.firstIndex(of: event.type) { types[index] += 1 }
    guard let user = app.userNumber(event.userID) else { return }
    while reactions.count <= user { reactions.append(0) }
    if event.type != .impression { reactions[user] += 1 }
    guard let post = app.postNumber(event.itemID) else { return }
    if event.type == .impression { ages[age(of: post, at: event.occurredAt, app)].shown += 1 }
    if let position = event.position.map({ Int($0) }), position < positions.count {
      if event.type == .impression { positions[position].shown += 1 }
      if event.type == .click { positions[position].clicked += 1 }
    }
  }

  mutating func note(_ counts: FoldCounts) { self.counts.add(counts) }

  // MARK: Lists

  /// A list that was just published, or with `isOld` the one that a person had when the taste flipped.
  mutating func noteList(_ judgement: ListJudge.Judgement, for user: Int, of app: SyntheticApp, isOld: Bool) {
    let quality = judgement.quality
    noteSinceFlip(quality, for: user)
    guard !isOld else { return }
    published[window].add(quality)
    placesTaken += judgement.listed.count + judgement.seenPlaces + judgement.expiredPlaces
    seenPlaces += judgement.seenPlaces
    if events >= parameters.events / 2, !hasFlipped {
      settled.add(quality)
      shortlyBefore[user, default: ListQuality()].add(quality)
    }
    if user < parameters.app.users {
      oldUsers.add(quality)
    } else if user < reactions.count {
      newcomers[Self.range(reactions[user], Self.newcomerEnds)].add(quality)
    }
    noteAges(judgement, for: user, of: app)
  }

  /// The list that a person finds at the beginning of a visit, and what of it is shown: neither what has expired nor what
  /// was looked at before.
  mutating func noteArrival(whole: ListJudge.Judgement, shown: ListJudge.Judgement) {
    arriving[window].add(shown.quality)
    arrivingPlacesTaken += whole.listed.count + whole.seenPlaces + whole.expiredPlaces
    arrivingSeenPlaces += whole.seenPlaces
    arrivingExpiredPlaces += whole.expiredPlaces
  }

  private mutating func noteAges(_ judgement: ListJudge.Judgement, for user: Int, of app: SyntheticApp) {
    let taste = app.users[user].taste(at: app.now)
    for post in judgement.listed {
      let age = age(of: post, at: app.now, app)
      ages[age].listed += 1
      ages[age].listedAffinity += taste.affinity(to: app.posts[post].content)
    }
    for post in judgement.best {
      let age = age(of: post, at: app.now, app)
      ages[age].best += 1
      ages[age].bestAffinity += taste.affinity(to: app.posts[post].content)
    }
    for post in judgement.popular { ages[age(of: post, at: app.now, app)].popular += 1 }
  }

  private func age(of post: Int, at time: Int64, _ app: SyntheticApp) -> Int {
    let minutes = (time - app.posts[post].createdAt) / 60_000
    return Self.ageEnds.firstIndex { minutes < $0 } ?? Self.ageEnds.count - 1
  }

  // MARK: The flip

  mutating func noteFlip(of users: [Int]) {
    hasFlipped = true
    flippedUsers = users.count
    for user in users {
      guard let quality = shortlyBefore[user] else { continue }
      beforeFlip.add(quality)
      flippedAt[user] = (reactions[user], quality.listShare ?? 0)
    }
  }

  private mutating func noteSinceFlip(_ quality: ListQuality, for user: Int) {
    guard hasFlipped else { return }
    guard let start = flippedAt[user] else {
      if shortlyBefore[user] != nil { unflipped.add(quality) }
      return
    }
    let count = reactions[user] - start.events
    let comeback = Comeback(quality: quality, expected: start.share * quality.best)
    flipRanges[Self.range(count, Self.flipEnds)].add(comeback)
    if count < sinceFlip.count { sinceFlip[count].add(comeback) }
  }

  private static func range(_ count: Int, _ ends: [Int]) -> Int {
    ends.firstIndex { count <= $0 } ?? ends.count - 1
  }
}
