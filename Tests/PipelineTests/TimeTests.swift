import FeedEvents
import Testing

@testable import Learning
@testable import Pipeline

/// What `occurred_at` may do, and what it may not.
@Suite struct TimeTests {
  private static let input = InputPartition(role: .interactions, topic: "interactions", partition: 4)
  private static let now: Int64 = 1_795_315_069_113
  private static let hour: Int64 = 3_600_000

  private struct Event {
    var user = "anna"
    var item = "i"
    var type = InteractionType.like
    var occurredAt = TimeTests.now
    /// The record's.
    var timestamp = TimeTests.now
  }

  private func recommender() -> Recommender {
    Recommender(configuration: JournaledConfiguration(), positions: [InputPosition(input: Self.input, next: 0)])
  }

  /// Folds an epoch. Times are written as they are, whether or not they may be sent.
  @discardableResult
  private func fold(_ events: [Event], into recommender: inout Recommender) -> FoldYield {
    let next = recommender.positions[0].next
    var buffer = RecordBuffer(expecting: [next])
    for (index, event) in events.enumerated() {
      let value =
        #"{"user_id":"\#(event.user)","item_id":"\#(event.item)","type":"\#(event.type.name)","occurred_at":\#(event.occurredAt)}"#
      buffer.append(
        input: 0, offset: next + Int64(index), timestamp: event.timestamp, key: Array(event.user.utf8),
        value: Array(value.utf8))
    }
    let yield = recommender.fold(buffer, to: buffer.nextOffsets)
    #expect(yield.counts.records == events.count)
    #expect(recommender.digest == recommender.recomputedDigest())
    return yield
  }

  private func history(_ user: String, _ recommender: borrowing Recommender) -> [String] {
    guard let row = recommender.learner.userRow(Array(user.utf8).span) else { return [] }
    let log = recommender.learner.users.records[row].log
    var items: [String] = []
    for age in 0..<log.historyCount {
      let item = recommender.learner.items.row(ofSerial: log.history(age: age))
      items.append(String(decoding: recommender.learner.items.map.identifier(of: item), as: UTF8.self))
    }
    return items
  }

  private func basedOn(_ user: String, _ recommender: borrowing Recommender) throws -> Recommendations.Origin {
    let found = recommender.learner.userRow(Array(user.utf8).span)
    let row = try #require(found)
    let lists = recommender.freeze(users: [row], version: 1, generatedAt: Self.now).lists().lists
    return try RecommendationsDecoder().decode(try #require(lists.first?.value)).basedOn
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>) func `the clock is the latest time so far and never goes back`(
    seed: UInt64
  ) {
    var random = Randomness(seed: seed)
    var recommender = recommender()
    var latest: Int64?
    for _ in 0..<200 {
      let event = Event(
        item: "i\(random.below(9))", type: [.like, .skip, .impression][random.below(3)],
        occurredAt: Self.now - Int64(random.below(1_000)) * Self.hour)
      fold([event], into: &recommender)
      latest = max(latest ?? 0, event.occurredAt)
      #expect(recommender.learner.latestTime == latest, "seed \(seed)")
    }
  }

  @Test func `a late event is the newest of its user's history, and based_on names it with its own time`() throws {
    var recommender = recommender()
    let late = Self.now - 100 * Self.hour
    fold(
      [Event(user: "bert", item: "other"), Event(item: "first"), Event(item: "late", occurredAt: late)],
      into: &recommender)
    #expect(history("anna", recommender) == ["late", "first"])
    #expect(
      try basedOn("anna", recommender) == Recommendations.Origin(partition: 4, offset: 2, occurredAt: late))
    #expect(recommender.learner.latestTime == Self.now)
  }

  @Test func `a late like counts for popularity what is left of it`() throws {
    func counts(_ ages: [Int64]) throws -> SIMD4<Double> {
      var recommender = recommender()
      fold([Event(user: "somebody", item: "other")], into: &recommender)
      fold(ages.enumerated().map { Event(user: "u\($0)", occurredAt: Self.now - $1) }, into: &recommender)
      let found = recommender.learner.itemRow(Array("i".utf8).span)
      let row = try #require(found)
      return recommender.learner.items.records[row].popularity.counts
    }
    let (fresh, old) = (try counts([0]), try counts([6 * Self.hour]))
    #expect(old[0] == fresh[0], "one scale never forgets")
    for (speed, halfLives) in [(1, 6.0 / 720), (2, 6.0 / 72), (3, 1)] {
      let left = Exponential.exp2(-halfLives)
      #expect(abs(old[speed] / fresh[speed] - left) < 1e-9)
    }
    let ancient = try counts([Self.now])
    #expect(ancient[0] == fresh[0] && ancient[3] == 0, "of a like from 1970 nothing is left but that it was")
  }

  @Test func `an item is as old as the first event that was folded for it`() throws {
    var recommender = recommender()
    fold([Event(), Event(user: "bert", occurredAt: Self.now - Self.hour)], into: &recommender)
    let found = recommender.learner.itemRow(Array("i".utf8).span)
    let row = try #require(found)
    #expect(recommender.learner.items.details[row].bornAt == Self.now)
  }

  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func `when events occurred changes no position, no count and nobody's claim to a list`(seed: UInt64) {
    var random = Randomness(seed: seed)
    var events = (0..<120).map { _ in
      Event(
        user: "u\(random.below(9))", item: "i\(random.below(20))",
        type: [.like, .view, .hide, .impression, .rating][random.below(5)],
        occurredAt: Self.now - Int64(random.below(100_000)) * Self.hour)
    }
    var some = recommender()
    var others = recommender()
    let first = fold(events, into: &some)
    let times = events.map(\.occurredAt).shuffled(using: &random)
    for index in events.indices { events[index].occurredAt = times[index] }
    let second = fold(events, into: &others)
    #expect(first.debts == second.debts && first.counts == second.counts)
    #expect(some.positions.map(\.next) == others.positions.map(\.next))
    for user in 0..<9 { #expect(history("u\(user)", some) == history("u\(user)", others), "seed \(seed)") }
    #expect(some.learner.latestTime == others.learner.latestTime)
    #expect(some.digest != others.digest)
  }

  @Test func `five minutes ahead of the record are learned, a millisecond more is not`() {
    var recommender = recommender()
    let limit = Recommender.futureLimitMilliseconds
    let yield = fold(
      [Event(occurredAt: Self.now + limit), Event(occurredAt: Self.now + limit + 1)], into: &recommender)
    #expect(yield.counts.learned == 1 && yield.counts.deadLetters == ["time_ahead_of_record": 1])
    #expect(recommender.learner.latestTime == Self.now + limit)
  }

  @Test func `without a timestamp an event is no later than what is known`() throws {
    var recommender = recommender()
    let year2200: Int64 = 7_258_118_400_000
    fold([Event(occurredAt: year2200, timestamp: -1)], into: &recommender)
    #expect(recommender.learner.latestTime == 0, "nothing is known yet")
    fold([Event(item: "j"), Event(user: "carl", item: "z")], into: &recommender)
    fold([Event(item: "k", occurredAt: year2200, timestamp: -1)], into: &recommender)
    #expect(recommender.learner.latestTime == Self.now)
    #expect(try basedOn("anna", recommender).occurredAt == Self.now)
    fold([Event(item: "l", occurredAt: Self.now - 5, timestamp: -1)], into: &recommender)
    #expect(try basedOn("anna", recommender).occurredAt == Self.now - 5)
    // Popularity goes on: what is liked now has the weight of now.
    fold(
      [Event(user: "bert", item: "m", occurredAt: Self.now + Self.hour, timestamp: Self.now + Self.hour)],
      into: &recommender)
    let found = recommender.learner.itemRow(Array("m".utf8).span)
    let row = try #require(found)
    let view = recommender.learner.bank.view()
    let record = recommender.learner.items.records[row]
    #expect(view.shares(record.popularity.counts, block: record.popularity.block)[3] > 0.2)
  }

  private static let extremes: [Int64] = [
    .min, .min + 1, -253_402_300_799_999, -1, 0, 1, now, 253_402_300_799_999, 253_402_300_800_000, .max - 1, .max,
  ]

  @Test(arguments: [-1, 0, now, Int64.max]) func `no time traps or poisons the model`(timestamp: Int64) throws {
    var random = Randomness(seed: UInt64(bitPattern: timestamp))
    var recommender = recommender()
    fold([Event(item: "first")], into: &recommender)
    for round in 0..<20 {
      let events = Self.extremes.shuffled(using: &random).map {
        Event(
          user: "u\(random.below(5))", item: "i\(round)",
          type: [.like, .rating, .impression, .unlike][random.below(4)],
          occurredAt: $0, timestamp: timestamp)
      }
      let counts = fold(events, into: &recommender).counts
      #expect(counts.deadLetters["time_negative"] == 4 && counts.deadLetters["time_too_late"] == 3)
    }
    fold([Event(user: "u0", item: "last")], into: &recommender)
    let rows = (0..<5).compactMap { recommender.learner.userRow(Array("u\($0)".utf8).span) }
    for list in recommender.freeze(users: rows, version: 1, generatedAt: Self.now).lists().lists {
      let decoded = try RecommendationsDecoder().decode(try #require(list.value))
      #expect(!decoded.items.isEmpty && decoded.items.allSatisfy { $0.score.isFinite })
    }
    for speed in 0..<4 { #expect(recommender.learner.bank.totals[speed].isFinite) }
  }
}
