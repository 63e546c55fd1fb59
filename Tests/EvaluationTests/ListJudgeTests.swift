import FeedEvents
import Testing

@testable import Evaluation

@Suite struct ListJudgeTests {
  private static func app(hours: Int64 = 3) -> SyntheticApp {
    var parameters = ClosedLoopParameters.feed
    parameters.users = 200
    parameters.posts = 300
    var app = SyntheticApp(parameters)
    _ = app.advance(to: app.now + hours * 3_600_000)
    return app
  }

  private static func judge(_ list: [Int], for user: Int, of app: SyntheticApp) -> ListJudge.Judgement {
    var judge = ListJudge(places: 10)
    var popularity = RecentPopularity()
    judge.look(at: app, &popularity)
    return judge.judge(list, for: user, of: app)
  }

  @Test func `the best possible list is what the app says it is, and reaches all of itself`() {
    let app = Self.app()
    for user in 0..<50 {
      let best = app.bestPossible(user: app.users[user].identifier, count: 10)
      let posts = best.compactMap { app.postNumber($0.itemID) }
      let judgement = Self.judge(posts, for: user, of: app)
      #expect(judgement.best == posts)
      #expect(judgement.quality.listShare == 1)
      #expect(abs(judgement.quality.best - best.reduce(0) { $0 + $1.affinity }) < 1e-12)
    }
  }

  @Test func `no list is worth more than the best possible`() {
    let app = Self.app()
    var random = SplitMix64(seed: 7)
    for _ in 0..<300 {
      let user = random.below(app.users.count)
      var posts: [Int] = []
      while posts.count < 10 {
        let post = random.below(app.posts.count)
        if !posts.contains(post) { posts.append(post) }
      }
      let quality = Self.judge(posts, for: user, of: app).quality
      #expect(quality.list <= quality.best && quality.popular <= quality.best && quality.random <= quality.best)
      #expect(quality.random > 0)
    }
  }

  @Test func `what was looked at and what has expired is worth nothing`() throws {
    let app = Self.app(hours: 8)
    let user = try #require(
      app.users.indices.first { app.users[$0].seen.contains { app.posts[$0].expiresAt > app.now } })
    let seen = try #require(app.users[user].seen.filter { app.posts[$0].expiresAt > app.now }.min())
    let expired = try #require(app.posts.indices.first { app.posts[$0].expiresAt <= app.now })
    let judgement = Self.judge([seen, expired], for: user, of: app)
    #expect(judgement.quality.list == 0)
    #expect(judgement.seenPlaces == 1 && judgement.expiredPlaces == 1)
    #expect(!judgement.best.contains(seen) && !judgement.popular.contains(seen))
  }

  @Test func `chance is the mean of what is live and new`() {
    let app = Self.app()
    let user = app.users[3].identifier
    let all = app.bestPossible(user: user, count: .max)
    let mean = all.reduce(0) { $0 + $1.affinity } / Double(all.count)
    #expect(abs(Self.judge([], for: 3, of: app).quality.random - 10 * mean) < 1e-9)
  }

  @Test func `popularity is that of the last two hours`() {
    var popularity = RecentPopularity()
    let minute: Int64 = 60_000
    let start = 1_760_000_000_000 / (10 * minute) * (10 * minute)
    for _ in 0..<5 { popularity.note(0, at: start) }
    for _ in 0..<3 { popularity.note(1, at: start + 60 * minute) }
    #expect(popularity.ranked([0, 1, 2, 3], at: start + 61 * minute) == [0, 1, 3, 2])
    #expect(popularity.ranked([0, 1, 2, 3], at: start + 119 * minute) == [0, 1, 3, 2])
    #expect(popularity.ranked([0, 1, 2, 3], at: start + 121 * minute) == [1, 3, 2, 0])
    #expect(popularity.ranked([0, 1, 2, 3], at: start + 1_000 * minute) == [3, 2, 1, 0])
  }
}
