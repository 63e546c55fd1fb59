import Checkpoints
import Testing

@testable import Learning

/// Full tables: who goes, who comes, and what is left of whom.
struct EvictionTests {
  private func small(users: Int = 5, items: Int = 7, tags: Int = 4, entries: Int = 1_000_000) -> LearningConfiguration {
    var configuration = LearningConfiguration()
    configuration.userRows = users
    configuration.itemRows = items
    configuration.tagRows = tags
    configuration.logEntries = entries
    configuration.negatives = 5
    return configuration
  }

  /// A name as the table of tags has it: authors' begin with 0xFF.
  private func tagID(_ name: String) -> [UInt8] {
    name.hasPrefix("@") ? [0xFF] + name.dropFirst().utf8 : name.bytes
  }

  private func expect(_ learner: borrowing Learner, holds naive: NaiveTables, _ comment: String) {
    let users = (0..<learner.users.records.count).filter { learner.users.map.isLive($0) }
      .sorted { learner.users.records[$0].lastTouch < learner.users.records[$1].lastTouch }
    #expect(users.map { learner.userIdentifier($0) } == naive.users.map(\.bytes), "\(comment)")
    #expect(learner.users.recency.oldest == users.first, "\(comment)")
    let items = (0..<learner.items.count)
      .sorted { learner.items.details[$0].lastTouch < learner.items.details[$1].lastTouch }
    #expect(items.map { learner.items.map.identifier(of: $0) } == naive.items.map(\.name.bytes), "\(comment)")
    #expect(learner.items.recency.oldest == items.first, "\(comment)")
    for (row, item) in zip(items, naive.items) {
      let tags = learner.items.tags(of: row).map { learner.tags.map.identifier(of: learner.items.tag(at: $0)) }
      #expect(tags == item.tags.map(tagID), "\(comment)")
      let author = Int(learner.items.details[row].author)
      #expect((author < 0 ? nil : learner.tags.map.identifier(of: author)) == item.author.map(tagID), "\(comment)")
      // Serials are given out in the order in which items come, to each return another one.
      #expect(learner.items.serial(ofRow: row) == item.incarnation, "\(comment)")
      #expect(learner.items.row(ofSerial: UInt32(item.incarnation)) == row, "\(comment)")
    }
    #expect(learner.tags.count == naive.tags.count, "\(comment)")
    for tag in naive.tags { #expect(learner.tags.map.row(of: tagID(tag).span) != nil, "\(comment)") }
    let abandoned = (0..<learner.tags.count).filter { learner.tags.records[$0].abandonedAt > 0 }
      .sorted { learner.tags.records[$0].abandonedAt < learner.tags.records[$1].abandonedAt }
    #expect(abandoned.map { learner.tags.map.identifier(of: $0) } == naive.abandoned.map(tagID), "\(comment)")
    let counts = learner.counts
    #expect(counts.evicted.users == naive.evicted.users && counts.evicted.items == naive.evicted.items, "\(comment)")
    #expect(counts.evicted.tags == naive.evicted.tags && counts.refusedTags == naive.refusedTags, "\(comment)")
    #expect(counts.refusedItems == 0)
    // What is left of what a user has seen, and nothing of items that are gone.
    for user in learner.freezeUsers(users) {
      let name = String(decoding: user.identifier, as: UTF8.self)
      let rows = (naive.seen[name] ?? []).compactMap { incarnation in
        naive.items.firstIndex { $0.incarnation == incarnation }.map { UInt32(items[$0]) }
      }
      #expect(user.seen == rows, "\(comment), \(name)")
      #expect(Set(user.seen).count == user.seen.count)
    }
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func `tables of any size hold what a naive model holds`(seed: UInt64) throws {
    print("seed \(seed)")
    var random = TestRandom(seed: seed)
    func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
    let configuration = small(users: 1 + below(7), items: 1 + below(9), tags: 1 + below(6))
    var naive = NaiveTables(
      userRows: configuration.userRows, itemRows: configuration.itemRows, tagRows: configuration.tagRows)
    var learner = Learner(configuration: configuration)
    for step in 0..<1_200 {
      let (user, item, author) = ("u\(below(11))", "i\(below(15))", "@a\(below(4))")
      let by = below(3) == 0 ? author : nil
      let maker = by.map { Array($0.bytes.dropFirst()) } ?? []
      switch below(12) {
      case 0:
        naive.forget(user)
        _ = learner.forget(user: user.bytes.span)
      case 1...3:
        let tags = (0..<below(4)).map { _ in "t\(below(6))" }
        naive.upsert(item, tags: tags, author: by)
        _ = learner.upsert(
          item: item.bytes.span, tags: tags.map(\.bytes), author: maker.span,
          expiresAt: 0, active: true)
      case 4:
        let isLearned = naive.follow(user, author)
        let followed = Array(author.bytes.dropFirst())
        let learned = learner.learnFollow(
          of: followed.span, by: user.bytes.span, weight: 1, occurredAt: Int64(step),
          at: Coordinate(partition: 0, offset: Int64(step)))
        #expect((learned != .refusedItem) == isLearned)
      default:
        naive.learn(user, item, author: by)
        let effect = [Effect.positive(), .positive(2, rating: 4), .hide(), .glance][below(4)]
        learner.learn(
          user: user.bytes.span, item: item.bytes.span, author: maker.span,
          effect: effect, occurredAt: Int64(step) * 1_000_000, at: Coordinate(partition: 0, offset: Int64(step)))
      }
      expect(learner, holds: naive, "seed \(seed) step \(step)")
      if below(60) == 0 {
        learner.seal()
        #expect(learner.digest == learner.recomputedDigest(), "seed \(seed) step \(step)")
        learner = try Learner(configuration: configuration, sections: learner.sections())
        expect(learner, holds: naive, "seed \(seed) step \(step), read again")
      }
    }
    #expect(learner.isFinite == true)
    #expect(naive.evicted.users > 0 && naive.evicted.items > 0 && naive.evicted.tags > 0)
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func `however epochs and restarts cut one log, full tables come to one digest`(seed: UInt64) throws {
    print("seed \(seed)")
    var digests: Set<UInt128> = []
    for cuts in 0..<6 as Range<UInt64> {
      var random = TestRandom(seed: seed &* 1_000 &+ cuts)
      var events = RandomEvents(seed: seed)
      var learner = Learner(configuration: small(entries: 60))
      for _ in 0..<1_500 {
        events.step(&learner)
        #expect(learner.counts.logEntries <= 60)
        if Int.random(in: 0..<30, using: &random) == 0 {
          learner.seal()
          #expect(learner.digest == learner.recomputedDigest())
        }
        if Int.random(in: 0..<150, using: &random) == 0 {
          learner.seal()
          let again = try Learner(configuration: learner.configuration, sections: learner.sections())
          #expect(again.digest == learner.digest && again.counts == learner.counts)
          learner = again
        }
      }
      learner.seal()
      digests.insert(learner.digest)
      let evicted = learner.counts.evicted
      #expect(evicted.users > 50 && evicted.items > 50 && evicted.tags > 10, "\(evicted)")
    }
    #expect(digests.count == 1)
  }

  @Test func `an item that returns is new to those who saw it`() {
    var learner = Learner(configuration: small(users: 9, items: 2))
    learner.learn("u", "a", .positive(), at: 1)
    learner.learn("u", "b", .positive(), at: 2)
    learner.learn("v", "c", .positive(), at: 3)
    #expect(learner.itemRow("a".bytes.span) == nil && learner.itemRow("c".bytes.span) == 0)
    #expect(learner.hasSeen(user: "u".bytes.span, item: "a".bytes.span) == false)
    #expect(learner.hasSeen(user: "u".bytes.span, item: "c".bytes.span) == false, "it has a's row and not a's serial")
    learner.learn("v", "a", .positive(), at: 4)
    #expect(learner.itemRow("a".bytes.span) == 1)
    #expect(learner.hasSeen(user: "u".bytes.span, item: "a".bytes.span) == false)
    #expect(learner.freezeUsers([0])[0].seen == [])
    #expect(learner.hasSeen(user: "v".bytes.span, item: "a".bytes.span) == true)
    #expect(learner.items.row(ofSerial: 0) == nil && learner.items.row(ofSerial: 1) == nil)
    #expect(learner.items.row(ofSerial: 2) == 0 && learner.items.row(ofSerial: 3) == 1)
    // A positive of a newcomer counts, though the user once liked the predecessor.
    let row = learner.itemRow("a".bytes.span)!
    learner.learn("u", "a", .positive(), at: 5)
    #expect(learner.items.records[row].popularity.counts[0] == 2)
    // Nothing is taken back that the newcomer never had.
    learner.learn("u", "b", .unlike, at: 6)
    #expect(learner.items.records[learner.itemRow("b".bytes.span)!].popularity.counts[0] == 0)
  }

  @Test func `an evicted user comes back as a stranger`() {
    var learner = Learner(configuration: small(users: 2))
    learner.learn("u", "a", .positive(), at: 1)
    learner.learn("v", "a", .positive(), at: 2)
    learner.learn("u", "b", .positive(), at: 3)
    #expect(learner.learn("w", "a", .positive(), at: 4) == .learned(userRow: 1))
    #expect(learner.evictedUsers == [1] && learner.userRow("v".bytes.span) == nil)
    #expect(learner.learn("v", "b", .positive(), at: 5) == .learned(userRow: 0))
    #expect(learner.evictedUsers == [0])
    #expect(learner.hasSeen(user: "v".bytes.span, item: "a".bytes.span) == false)
    // Somebody who was forgotten left a free row: nobody has to go.
    #expect(learner.forget(user: "w".bytes.span) == 1)
    #expect(learner.learn("x", "b", .positive(), at: 6) == .learned(userRow: 1))
    #expect(learner.evictedUsers.isEmpty && learner.counts.evicted.users == 2)
  }

  @Test func `negatives, and what others learn on the way, keep nobody in`() {
    var learner = Learner(configuration: small(users: 9, items: 3))
    for (offset, item) in ["a", "b", "c"].enumerated() { learner.learn("u", item, .positive(), at: Int64(offset)) }
    // "a" is in the history and among the draws of all these, and still the one that nothing named for longest.
    for offset in 3..<40 {
      learner.learn("v\(offset % 3)", offset % 2 == 0 ? "b" : "c", .positive(), at: Int64(offset))
    }
    learner.learn("u", "d", .positive(), at: 50)
    #expect(learner.itemRow("a".bytes.span) == nil && learner.counts.evicted.items == 1)
  }

  @Test func `popularity's n is of those who are there, and the order of arrival never goes back`() {
    var learner = Learner(configuration: small(items: 3))
    for offset in 0..<50 { learner.learn("u", "i\(offset)", .positive(), at: Int64(offset)) }
    #expect(learner.bank.items == 3 && learner.bank.arrivals == 50 && learner.knownItems == 50)
    #expect((0..<3).map { learner.items.records[$0].order }.sorted() == [47, 48, 49])
    learner.upsert("never named by an event")
    #expect(learner.bank.items == 2 && learner.bank.arrivals == 50)
  }

  @Test func `a tag that an item carries stays, and one that none does goes in the order of being left`() {
    var learner = Learner(configuration: small(tags: 3))
    learner.upsert("x", tags: ["a", "b"])
    learner.upsert("y", tags: ["b", "c"])
    learner.upsert("z", tags: ["d"])
    #expect(learner.counts.refusedTags == 1, "all are carried")
    learner.upsert("x", tags: ["b"])
    learner.upsert("y", tags: ["b"])
    // Left: "a", then "c". What is said of one item only lets "a" go.
    learner.upsert("z", tags: ["d"])
    #expect(learner.tags.map.row(of: "a".bytes.span) == nil && learner.tags.map.row(of: "c".bytes.span) != nil)
    #expect(learner.counts.evicted.tags == 1 && learner.counts.refusedTags == 1)
    // Three new ones for an item: the first two do not push each other out.
    learner.upsert("w", tags: ["e", "f", "g"])
    #expect(learner.tags.map.row(of: "e".bytes.span) != nil && learner.tags.map.row(of: "f".bytes.span) == nil)
    #expect(learner.items.tags(of: learner.itemRow("w".bytes.span)!).count == 1)
    learner.seal()
    #expect(learner.digest == learner.recomputedDigest())
  }

  @Test func `the items that users are remembered to have met stay within their budget`() {
    var learner = Learner(configuration: small(users: 100, items: 1_000, entries: 50))
    // Twelve items each are 24 entries: two users fit.
    for user in 0..<5 {
      for item in 0..<12 {
        learner.learn("u\(user)", "i\(item)", .positive(), at: Int64(user * 12 + item))
        #expect(learner.counts.logEntries <= 50)
      }
    }
    #expect(learner.counts.users == 2 && learner.counts.evicted.users == 3)
    #expect(learner.userRow("u3".bytes.span) != nil && learner.userRow("u4".bytes.span) != nil)
    // One alone forgets the oldest items instead.
    for item in 0..<200 { learner.learn("u4", "j\(item)", .positive(), at: Int64(1_000 + item)) }
    #expect(learner.counts.users == 1 && learner.counts.logEntries == 50)
    #expect(learner.hasSeen(user: "u4".bytes.span, item: "j199".bytes.span) == false, "the history alone takes it all")
    learner.seal()
    #expect(learner.digest == learner.recomputedDigest())
  }

  @Test func `where serials run out, new items are refused and counted, and nothing else changes`() throws {
    var learner = Learner(configuration: small(items: 2))
    learner.learn("u", "a", .positive(), at: 1)
    try learner.items.restore(nextSerial: UserLog.noSerial - 1)
    learner.learn("u", "b", .positive(), at: 2)
    #expect(learner.items.serial(ofRow: 1) == UserLog.noSerial - 1)
    learner.seal()
    let users = learner.users.digest
    #expect(learner.learn("v", "c", .positive(), at: 3) == .refusedItem)
    #expect(learner.upsert(item: "c".bytes.span, tags: ["t".bytes], expiresAt: 0, active: true) == .refused)
    learner.seal()
    #expect(learner.counts.refusedItems == 2 && learner.counts.users == 1 && learner.counts.tags == 0)
    #expect(learner.users.digest == users && learner.counts.evicted == Evictions())
    #expect(learner.learn("v", "a", .positive(), at: 4) == .learned(userRow: 1))
  }

  @Test func `a budget that was lowered holds from the next newcomer on, and one that was raised at once`() {
    var learner = Learner(configuration: small())
    for offset in 0..<5 { learner.learn("u\(offset)", "i\(offset)", .positive(), at: Int64(offset)) }
    learner.reconfigure(small(users: 2, items: 2))
    learner.learn("v", "j", .positive(), at: 10)
    #expect(learner.counts.users == 5 && learner.counts.items == 5, "rows that are there stay in use")
    #expect(learner.userRow("u0".bytes.span) == nil && learner.itemRow("i0".bytes.span) == nil)
    learner.reconfigure(small(users: 6, items: 6))
    learner.learn("w", "k", .positive(), at: 11)
    #expect(learner.counts.users == 6 && learner.counts.items == 6 && learner.counts.evicted.users == 1)
  }

  @Test func `200,000 ids that come once leave tables, maps and ids as large as the budget`() throws {
    let budget = 1_000
    var configuration = small(users: budget, items: budget, tags: 100, entries: 5_000)
    configuration.negatives = 2
    var learner = Learner(configuration: configuration)
    var slots = (users: 0, items: 0, tags: 0, serials: 0)
    for offset in 0..<200_000 {
      let name = "\(offset) of an id that is not the shortest"
      learner.learn(
        user: name.bytes.span, item: name.bytes.span, author: "\(offset / 3)".bytes.span, effect: .glance,
        occurredAt: 0, at: Coordinate(partition: 0, offset: Int64(offset)))
      if offset % 5_000 == 0 { learner.seal() }
      if offset == 5 * budget {
        slots = (
          learner.users.map.slotCount, learner.items.map.slotCount, learner.tags.map.slotCount,
          learner.items.serials.capacity
        )
      }
    }
    #expect(learner.counts.users == budget && learner.counts.items == budget && learner.counts.tags == 100)
    #expect(learner.users.records.count == budget && learner.users.free.isEmpty)
    #expect(learner.users.map.slotCount == slots.users && learner.items.map.slotCount == slots.items)
    #expect(learner.tags.map.slotCount == slots.tags && learner.items.serials.capacity == slots.serials)
    #expect(learner.items.serials.count == budget && slots.serials <= 4 * budget)
    // 45 bytes each, a third of garbage, a quarter of room to grow, and the step of 4 KiB.
    #expect(learner.users.map.storedBytes < 45 * budget * 2 + 8_192)
    #expect(learner.items.map.storedBytes < 45 * budget * 2 + 8_192)
    #expect(learner.items.tagPool.count < 2 * budget + 2 * 4_096)
    learner.seal()
    #expect(learner.digest == learner.recomputedDigest())
    let again = try Learner(configuration: configuration, sections: learner.sections())
    #expect(again.digest == learner.digest)
  }
}
