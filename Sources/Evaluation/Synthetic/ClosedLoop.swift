import FeedEvents
public import Pipeline

/// The whole circle without a broker: people of a ``SyntheticApp`` do things, the recommender learns them, and what it
/// recommends is what people see next.
///
///     advance the app ─► events, through the wire format ─► fold, in epochs ─► freeze, lists ─► deliver ─┐
///     ▲                                                                            └► judge              │
///     └──────────────────────────────────────────────────────────────────────────────────────────────────┘
///
/// Decoder, fold, freeze and lists are the daemon's own. Freezes come at fixed times of the app, so how epochs cut the events
/// changes nothing, and one seed gives the same figures on every run.
///
///     var loop = ClosedLoop(ClosedLoopParameters(), configuration: JournaledConfiguration())
///     while !loop.isOver { loop.step() }
///     print(loop.report.table)
public struct ClosedLoop: ~Copyable {
  /// What it was made of.
  public let parameters: ClosedLoopParameters
  /// How many events there have been.
  public private(set) var eventCount = 0
  /// What people and the recommender did.
  var app: SyntheticApp
  private var recommender: Recommender
  /// Lists go out with the number of the freeze: an epoch's would tell how epochs were cut.
  private var freezes: UInt64 = 0
  private var offsets: [Int64] = [0, 0]
  private var owed = OwedUsers()
  private let decoder = RecommendationsDecoder()
  private var popularity = RecentPopularity()
  private var judge: ListJudge
  private(set) var diary: ClosedLoopDiary
  private let startedAt: Int64

  /// A new app, and a model that knows nothing.
  public init(_ parameters: ClosedLoopParameters, configuration: JournaledConfiguration) {
    precondition(parameters.freezeMilliseconds > 0 && parameters.epochRecords > 0, "time has to pass")
    self.parameters = parameters
    app = SyntheticApp(parameters.app)
    startedAt = app.now
    judge = ListJudge(places: parameters.places)
    diary = ClosedLoopDiary(parameters)
    let inputs = [InputRole.catalog, .interactions].map { InputPartition(role: $0, topic: "", partition: 0) }
    recommender = Recommender(
      configuration: configuration, positions: inputs.map { InputPosition(input: $0, next: 0) })
  }

  /// Whether all events have happened.
  public var isOver: Bool { eventCount >= parameters.events }

  /// The digest of what was learned.
  public var digest: UInt128 { recommender.digest }

  /// What has been found so far.
  public var report: ClosedLoopReport {
    ClosedLoopReport(
      diary, simulatedMilliseconds: app.now - startedAt, users: app.userCount, posts: app.posts.count,
      digest: recommender.digest)
  }

  /// Lives until the next freeze.
  public mutating func step() {
    if !diary.hasFlipped, eventCount >= diary.flipEvent { flip() }
    let activity = live(until: app.now + parameters.freezeMilliseconds)
    for event in activity.interactions {
      diary.note(event, of: app)
      switch event.type {
      case .click, .like, .comment, .share:
        if let post = app.postNumber(event.itemID) { popularity.note(post, at: event.occurredAt) }
      default: break
      }
    }
    eventCount += activity.interactions.count
    learn(activity)
    judge.look(at: app, &popularity)
    publish()
  }

  /// Lets people do things; whoever comes for a visit is asked what the list at hand is worth.
  private mutating func live(until time: Int64) -> SyntheticApp.Activity {
    var activity = SyntheticApp.Activity()
    while let visitor = app.advance(to: time, stoppingAtVisits: true, into: &activity) {
      let list = app.users[visitor].recommended
      guard list.version >= 0 else { continue }
      judge.look(at: app, &popularity)
      let rest = Array(list.posts.dropFirst(list.next))
      diary.noteArrival(
        whole: judge.judge(rest, for: visitor, of: app),
        shown: judge.judge(rest, for: visitor, of: app, isFiltered: true))
    }
    return activity
  }

  private mutating func flip() {
    let flipped = app.flipTastes(share: parameters.flipShare)
    diary.noteFlip(of: flipped)
    judge.look(at: app, &popularity)
    for user in flipped where app.users[user].delivered.version >= 0 {
      diary.noteList(judge.judge(app.users[user].delivered.posts, for: user, of: app), for: user, of: app, isOld: true)
    }
  }

  /// Folds what happened in epochs; each brings the posts that were written before its last event.
  private mutating func learn(_ activity: SyntheticApp.Activity) {
    var catalog = activity.catalog[...]
    var events = activity.interactions[...]
    repeat {
      let epoch = events.prefix(parameters.epochRecords)
      events = events.dropFirst(parameters.epochRecords)
      var buffer = RecordBuffer(expecting: offsets)
      while let item = catalog.first, events.isEmpty || (item.created ?? 0) <= (epoch.last?.occurredAt ?? .max) {
        buffer.append(input: 0, offset: offsets[0], timestamp: -1, key: item.itemID, value: item.encoded())
        offsets[0] += 1
        catalog.removeFirst()
      }
      for event in epoch {
        buffer.append(
          input: 1, offset: offsets[1], timestamp: event.occurredAt, key: event.userID, value: event.encoded())
        offsets[1] += 1
      }
      let yield = recommender.fold(buffer, to: offsets)
      diary.note(yield.counts)
      for change in yield.debts {
        switch change {
        case .touched(let row): owed.touch(row, in: freezes + 1)
        case .forgotten(let row), .evicted(let row): owed.forget(row)
        }
      }
    } while !events.isEmpty
  }

  /// Makes the lists of everyone who is owed one, and hands them over.
  private mutating func publish() {
    freezes += 1
    let rows = owed.take(.max)
    guard !rows.isEmpty else { return }
    let finished = recommender.freeze(users: rows, version: freezes, generatedAt: app.now).lists()
    for list in finished.lists {
      guard let value = list.value else {
        owed.putBack(list.userRow)
        continue
      }
      owed.settle(list.userRow, version: freezes)
      guard let decoded = try? decoder.decode(value), let user = app.userNumber(decoded.userID) else {
        preconditionFailure("a list that its readers cannot read")
      }
      let posts = decoded.items.compactMap { app.postNumber($0.itemID) }
      diary.noteList(judge.judge(posts, for: user, of: app), for: user, of: app, isOld: false)
      app.deliver(list: posts, version: decoded.version, to: user)
    }
  }
}
