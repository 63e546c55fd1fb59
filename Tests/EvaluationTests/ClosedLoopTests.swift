import FeedEvents
import Pipeline
import Testing

@testable import Evaluation

@Suite struct ClosedLoopTests {
  private static func parameters(events: Int = 60_000, seed: UInt64 = 1) -> ClosedLoopParameters {
    var parameters = ClosedLoopParameters()
    parameters.events = events
    parameters.app.seed = seed
    parameters.app.users = 500
    parameters.app.posts = 600
    parameters.app.newUsersPerHour = 80
    return parameters
  }

  private static func report(
    _ parameters: ClosedLoopParameters, _ configuration: JournaledConfiguration = .init()
  ) -> ClosedLoopReport {
    var loop = ClosedLoop(parameters, configuration: configuration)
    while !loop.isOver { loop.step() }
    return loop.report
  }

  /// One run that several tests look at.
  private static let learned = report(parameters())

  @Test func `the same figures come out of every run, however epochs cut the events`() {
    var parameters = Self.parameters(events: 6_000)
    // The digest apart: what of the catalog comes before which event is for the epochs to say, and with it when an item was named
    // last.
    func figures() -> Substring { Self.report(parameters).json.split(separator: #","digest""#)[0] }
    let expected = Self.report(parameters)
    #expect(Self.report(parameters).json == expected.json)
    for records in [1, 37, 1_000_000] {
      parameters.epochRecords = records
      #expect(expected.json.hasPrefix(figures()), "epochs of \(records)")
    }
    #expect(Self.report(Self.parameters(events: 6_000, seed: 2)).json != expected.json)
  }

  @Test(arguments: [1, 2] as [UInt64]) func `lists end up better than popularity, and popularity than chance`(
    seed: UInt64
  ) {
    let report = Self.learned
    let settled = report.settled
    let (list, popular, random) = (settled.listShare ?? 0, settled.popularShare ?? 1, settled.randomShare ?? 1)
    #expect(list > popular + 0.15 && popular > random, "\(list), \(popular), \(random)")
    #expect(list < 1)
    #expect((report.windows[5].listShare ?? 0) > (report.windows[0].listShare ?? 1), "it learns")
    #expect((report.settled.aboveChance ?? 0) > 0.3)
  }

  @Test func `new people are reached from their first event on, and served better with each`() {
    let report = Self.learned
    #expect(report.newUsers.dropFirst().allSatisfy { $0.lists > 20 }, "\(report.newUsers.map(\.lists))")
    let (first, last) = (report.newUsers[1].listShare ?? 1, report.newUsers[6].listShare ?? 0)
    #expect(last > first + 0.1, "\(first), \(last)")
  }

  @Test func `a flipped taste makes lists worse, and events make them better again`() throws {
    let report = Self.learned
    let before = try #require(report.beforeFlip.listShare)
    let at = try #require(report.sinceFlip[0].listShare)
    let later = try #require(report.sinceFlip[6].listShare)
    #expect(at < 0.7 * before && later > at + 0.1, "\(before), \(at), \(later)")
  }

  @Test func `without a flip there is nothing to come back from`() {
    var parameters = Self.parameters(events: 10_000)
    parameters.flipAt = 1
    let report = Self.report(parameters)
    #expect(report.recoveryEvents == nil && report.sinceFlip.allSatisfy { $0.lists == 0 })
    #expect(report.json.contains("\"flip\":null"))
  }

  @Test func `no list holds what has expired, what was reacted to, or anything twice`() {
    var loop = ClosedLoop(Self.parameters(events: 12_000), configuration: .init())
    var lists = 0
    var reacted: [Set<Int>] = []
    while !loop.isOver {
      let before = loop.app.users.map(\.delivered.version)
      loop.step()
      for user in before.indices where loop.app.users[user].delivered.version > before[user] {
        let posts = loop.app.users[user].delivered.posts
        lists += 1
        #expect(posts.allSatisfy { loop.app.posts[$0].expiresAt > loop.app.now })
        #expect(Set(posts).count == posts.count && posts.count <= 50)
      }
      reacted = loop.app.users.map { Set($0.likes) }
    }
    for (user, posts) in zip(loop.app.users, reacted) {
      // The last list was made after the last event, but for what happened since the freeze before the last.
      #expect(user.delivered.version < 0 || posts.isDisjoint(with: user.delivered.posts))
    }
    #expect(lists > 1_000)
  }

  @Test func `every event arrives: nothing is rejected, and what should be learned is`() {
    var loop = ClosedLoop(Self.parameters(events: 8_000), configuration: .init())
    while !loop.isOver { loop.step() }
    let counts = loop.diary.counts
    #expect(counts.deadLetters.isEmpty && counts.refused == 0 && counts.unknownTypes.isEmpty)
    #expect(counts.records == loop.eventCount + loop.app.posts.count)
    #expect(counts.learned > loop.eventCount / 4)
  }

  @Test func `exposure is reported: impressions with list, place and surface, follows with the author alone`() {
    var app = SyntheticApp(Self.parameters().app)
    let hour: Int64 = 3_600_000
    for user in app.userIdentifiers {
      app.deliver(list: app.bestPossible(user: user, count: 50).map(\.itemID), version: 3, to: user)
    }
    let events = app.advance(to: app.now + 3 * hour).interactions
    let shown = events.filter { $0.type == .impression && $0.surface == Array("for_you".utf8) }
    #expect(shown.count > 1_000)
    #expect(shown.allSatisfy { $0.listVersion == 3 && $0.position != nil && $0.authorID != nil })
    #expect(events.allSatisfy { ($0.listVersion != nil) == ($0.surface == Array("for_you".utf8)) })
    let follows = events.filter { $0.type == .follow }
    #expect(!follows.isEmpty && follows.allSatisfy { $0.itemID.isEmpty && $0.authorID != nil })
    // Half of all that is shown further down is passed over.
    let views = events.count { $0.type == .view }
    let impressions = events.count { $0.type == .impression }
    #expect(impressions > 2 * events.count { $0.type == .click } && impressions > views)
  }

  @Test func `a page of a list stays on the screen while a newer one waits`() {
    var app = SyntheticApp(Self.parameters().app)
    let user = app.userIdentifiers[0]
    app.users[0].turnPage(length: 10)
    app.deliver(list: app.bestPossible(user: user, count: 50).map(\.itemID), version: 1, to: user)
    app.users[0].turnPage(length: 10)
    #expect(app.users[0].recommended.version == 1 && app.users[0].recommended.pageEnd == 10)
    app.deliver(list: app.bestPossible(user: user, count: 50).map(\.itemID), version: 2, to: user)
    #expect(app.users[0].recommended.version == 1)
    app.users[0].recommended.next = 10
    app.users[0].turnPage(length: 10)
    #expect(app.users[0].recommended.version == 2 && app.users[0].recommended.next == 0)
  }

  @Test func `shares of a report add up, and its table says what its JSON says`() {
    let report = Self.report(Self.parameters(events: 8_000))
    let ages = report.diary.ages.map { report.ageShares($0) }
    #expect(abs(ages.reduce(0) { $0 + ($1.listed ?? 0) } - 1) < 1e-9)
    #expect(abs(ages.reduce(0) { $0 + ($1.best ?? 0) } - 1) < 1e-9)
    #expect(report.diary.types.reduce(0, +) == report.events)
    #expect(
      report.windows.reduce(0) { $0 + $1.lists } == report.oldUsers.lists + report.newUsers.reduce(0) { $0 + $1.lists })
    #expect(
      report.table.contains("digest \(report.digestText)")
        && report.json.contains("\"digest\":\"\(report.digestText)\""))
  }
}
