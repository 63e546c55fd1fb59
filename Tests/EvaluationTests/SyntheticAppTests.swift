import FeedEvents
import Testing

@testable import Evaluation

private let hour: Int64 = 3_600_000

private func smallParameters(seed: UInt64 = 1) -> SyntheticParameters {
  var parameters = SyntheticParameters()
  parameters.seed = seed
  parameters.users = 300
  parameters.authors = 40
  parameters.posts = 400
  parameters.postsPerHour = 50
  parameters.sessionsPerHour = 400
  return parameters
}

@Suite struct SyntheticAppTests {
  @Test(arguments: [1, 2, 3] as [UInt64]) func `the same seed gives the same history, however time is cut`(seed: UInt64)
  {
    var whole = SyntheticApp(smallParameters(seed: seed))
    let expected = whole.advance(to: whole.now + 5 * hour)
    #expect(expected.interactions.count > 10_000)

    var cut = SyntheticApp(smallParameters(seed: seed))
    let end = cut.now + 5 * hour
    var pieces = SyntheticApp.Activity()
    var step: Int64 = 1
    while cut.now < end {
      let piece = cut.advance(to: min(end, cut.now + step))
      pieces.catalog += piece.catalog
      pieces.interactions += piece.interactions
      step = step * 7 % 1_000_003
    }
    #expect(pieces == expected, "seed \(seed)")

    var other = SyntheticApp(smallParameters(seed: seed + 100))
    #expect(other.advance(to: end).interactions != expected.interactions)
  }

  @Test func `events are in order of time, about live posts, and have identifiers of their own`() throws {
    var app = SyntheticApp(smallParameters())
    let activity = app.advance(to: app.now + 12 * hour)
    let catalog = Dictionary(uniqueKeysWithValues: activity.catalog.map { ($0.itemID, $0) })
    #expect(zip(activity.interactions, activity.interactions.dropFirst()).allSatisfy { $0.occurredAt <= $1.occurredAt })
    #expect(Set(activity.interactions.map(\.eventID)).count == activity.interactions.count)
    for event in activity.interactions where event.type != .unlike && event.type != .unfollow {
      let post = try #require(catalog[event.itemID])
      #expect(try #require(post.created) <= event.occurredAt)
      #expect(event.occurredAt < (try #require(post.expires)))
      #expect(post.author == event.authorID)
    }
  }

  @Test func `the history of a seed is the same on every machine`() {
    var app = SyntheticApp(smallParameters())
    let activity = app.advance(to: app.now + hour)
    // FNV-1a, 64 bits, over the encoded records.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in (activity.catalog.map { $0.encoded() } + activity.interactions.map { $0.encoded() }).joined() {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
    #expect(activity.interactions.count == 10_016)
    #expect(hash == 14_765_366_080_734_808_856)
  }

  @Test func `every event and every post is one that can be sent`() throws {
    var app = SyntheticApp(smallParameters())
    let activity = app.advance(to: app.now + hour)
    for event in activity.interactions { try event.validate() }
    for item in activity.catalog { try item.validate() }
    let decoded = try #require(activity.interactions.last.map { try InteractionDecoder().decode($0.encoded()) })
    #expect(decoded == activity.interactions.last)
  }

  @Test func `every kind of event of a social app happens`() {
    var app = SyntheticApp(smallParameters())
    let types = Set(app.advance(to: app.now + 24 * hour).interactions.map { "\($0.type)" })
    #expect(
      types.isSuperset(of: [
        "impression", "view", "click", "like", "comment", "share", "follow", "purchase", "rating", "skip", "hide",
        "report", "unlike", "unfollow",
      ]), "\(types.sorted())")
  }

  @Test func `affinity drives choices`() throws {
    var app = SyntheticApp(smallParameters())
    // In short steps, so that the affinity asked for is the one at the time of the event.
    var (affinities, likes, stars) = ([Double](), [Double](), [(Double, Double)]())
    for _ in 0..<120 {
      var liked: Set<[[UInt8]]> = []
      let events = app.advance(to: app.now + hour / 10).interactions
      for event in events where event.type == .like { liked.insert([event.userID, event.itemID]) }
      for event in events {
        let affinity = try #require(app.affinity(user: event.userID, item: event.itemID))
        if event.type == .impression {
          affinities.append(affinity)
          likes.append(liked.contains([event.userID, event.itemID]) ? 1 : 0)
        } else if event.type == .rating {
          stars.append((affinity, try #require(event.value)))
        }
      }
    }
    let likeCorrelation = correlation(affinities, likes)
    #expect(likeCorrelation > 0.4, "\(likeCorrelation) over \(likes.count) impressions")
    let starCorrelation = correlation(stars.map(\.0), stars.map(\.1))
    #expect(starCorrelation > 0.7, "\(starCorrelation) over \(stars.count) ratings")
  }

  @Test func `without a slope affinity drives nothing`() throws {
    var parameters = smallParameters()
    parameters.affinitySlope = 0
    var app = SyntheticApp(parameters)
    let events = app.advance(to: app.now + 12 * hour).interactions
    let liked = Set(events.filter { $0.type == .like }.map { [$0.userID, $0.itemID] })
    let shown = events.filter { $0.type == .impression }
    let affinities = try shown.map { try #require(app.affinity(user: $0.userID, item: $0.itemID)) }
    let value = correlation(affinities, shown.map { liked.contains([$0.userID, $0.itemID]) ? 1 : 0 })
    #expect(abs(value) < 0.03, "\(value) over \(shown.count) impressions")
  }

  @Test func `popularity has a Zipf head`() {
    var parameters = smallParameters()
    parameters.followedShare = 0
    parameters.newestShare = 0
    parameters.postLifetimeHours = 1_000
    parameters.users = 3_000
    var app = SyntheticApp(parameters)
    var counts: [[UInt8]: Int] = [:]
    for event in app.advance(to: app.now + 12 * hour).interactions where event.type == .impression {
      counts[event.itemID, default: 0] += 1
    }
    let ranked = counts.values.sorted(by: >)
    let total = ranked.reduce(0, +)
    // Of 1,000 items under Zipf's law the first tenth would take 69 %; people see a post once only, which flattens the top.
    let head = Double(ranked.prefix(ranked.count / 10).reduce(0, +)) / Double(total)
    #expect(head > 0.45 && head < 0.75, "\(head) of \(total)")
    // The slope between rank 10 and rank 100: a tenth.
    let slope = Double(ranked[9]) / Double(ranked[99])
    #expect(slope > 4 && slope < 15, "\(slope)")
  }

  @Test func `tastes drift, and do not when they are told not to`() {
    func meanChange(turnoverDays: Double) -> Double {
      var parameters = smallParameters()
      parameters.tasteTurnoverDays = turnoverDays
      parameters.sessionsPerHour = 20
      var app = SyntheticApp(parameters)
      let start = app.now
      _ = app.advance(to: start + 48 * hour)
      let changes = app.users.map { 1 - $0.taste(at: start).affinity(to: $0.taste(at: start + 48 * hour)) }
      return changes.reduce(0, +) / Double(changes.count)
    }
    #expect(meanChange(turnoverDays: 0) < 1e-12)
    let slow = meanChange(turnoverDays: 20)
    let fast = meanChange(turnoverDays: 2)
    #expect(slow > 0.001)
    #expect(fast > 10 * slow, "\(fast), \(slow)")
  }

  @Test func `a taste that has arrived sets out again`() {
    var parameters = smallParameters()
    parameters.tasteTurnoverDays = 0.1
    var app = SyntheticApp(parameters)
    let before = app.users.map(\.to)
    _ = app.advance(to: app.now + 24 * hour)
    let moved = zip(before, app.users).count { $0 != $1.to }
    #expect(moved > before.count * 9 / 10, "\(moved) of \(before.count)")
  }

  @Test func `people join and posts come and go`() {
    var app = SyntheticApp(smallParameters())
    let (people, first) = (app.userCount, app.advance(to: app.now))
    #expect(first.catalog.count == 400)
    let day = app.advance(to: app.now + 24 * hour)
    #expect(abs(app.userCount - people - 480) < 100, "\(app.userCount)")
    #expect(abs(day.catalog.count - 1_200) < 150, "\(day.catalog.count)")
    #expect(abs(app.livePostCount - 400) < 120, "\(app.livePostCount)")
    let authors = Set(day.interactions.map(\.userID))
    #expect(authors.contains(app.userIdentifiers[people + 10]))
  }

  @Test func `the best possible list is live, new to the person, and in order of affinity`() throws {
    var app = SyntheticApp(smallParameters())
    let catalog = app.advance(to: app.now + 6 * hour).catalog
    let user = app.userIdentifiers[17]
    let best = app.bestPossible(user: user, count: 20)
    #expect(best.count == 20)
    #expect(zip(best, best.dropFirst()).allSatisfy { $0.affinity >= $1.affinity })
    let mean = best.reduce(0) { $0 + $1.affinity } / 20
    let all = try catalog.filter { try #require($0.expires) > app.now }
      .map { try #require(app.affinity(user: user, item: $0.itemID)) }
    #expect(mean > 1.3 * all.reduce(0, +) / Double(all.count))
    #expect(best[0].affinity == app.affinity(user: user, item: best[0].itemID))
    #expect(app.bestPossible(user: Array("u_999999".utf8), count: 5).isEmpty)
    #expect(app.affinity(user: user, item: Array("p_999999".utf8)) == nil)
    #expect(app.affinity(user: user, item: Array("p_-1".utf8)) == nil)
  }

  @Test func `people look at what is recommended to them, and like it if it is good`() {
    func likesPerImpression(good: Bool) -> (rate: Double, positions: Int) {
      var app = SyntheticApp(smallParameters())
      var (impressions, likes, positions) = (0, 0, 0)
      for round in 1...24 {
        if good {
          for user in app.userIdentifiers {
            app.deliver(list: app.bestPossible(user: user, count: 30).map(\.itemID), version: Int64(round), to: user)
          }
        }
        for event in app.advance(to: app.now + hour / 2).interactions {
          if event.type == .impression { impressions += 1 }
          if event.type == .like { likes += 1 }
          if event.listVersion != nil, event.position != nil { positions += 1 }
        }
      }
      return (Double(likes) / Double(impressions), positions)
    }
    let (without, none) = likesPerImpression(good: false)
    let (with, some) = likesPerImpression(good: true)
    #expect(none == 0)
    #expect(some > 1_000)
    #expect(with > 1.5 * without, "\(with), \(without)")
  }

  @Test func `a list that is not newer is ignored`() {
    var app = SyntheticApp(smallParameters())
    _ = app.advance(to: app.now)
    let user = app.userIdentifiers[0]
    let posts = app.bestPossible(user: user, count: 2).map(\.itemID)
    app.deliver(list: [posts[0]], version: 5, to: user)
    app.deliver(list: [posts[1]], version: 5, to: user)
    app.deliver(list: [posts[1]], version: 4, to: user)
    #expect(app.users[0].recommended.posts == [SyntheticApp.number("p", posts[0])])
    app.deliver(list: [posts[1], Array("nonsense".utf8)], version: 6, to: user)
    #expect(app.users[0].recommended.posts == [SyntheticApp.number("p", posts[1])])
  }
}

/// Pearson's correlation.
private func correlation(_ left: [Double], _ right: [Double]) -> Double {
  let count = Double(left.count)
  let (leftMean, rightMean) = (left.reduce(0, +) / count, right.reduce(0, +) / count)
  var (product, leftSquare, rightSquare) = (0.0, 0.0, 0.0)
  for (l, r) in zip(left, right) {
    product += (l - leftMean) * (r - rightMean)
    leftSquare += (l - leftMean) * (l - leftMean)
    rightSquare += (r - rightMean) * (r - rightMean)
  }
  return product / (leftSquare * rightSquare).squareRoot()
}
