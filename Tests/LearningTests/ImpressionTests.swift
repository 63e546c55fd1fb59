import Testing

@testable import Learning

/// Impressions, and authors.
struct ImpressionTests {
  private func hasSeen(_ learner: borrowing Learner, _ user: String, _ item: String) -> Bool {
    learner.hasSeen(user: user.bytes.span, item: item.bytes.span)
  }

  @Test func `three impressions without an answer make an item seen, two do not`() {
    var learner = Learner(configuration: LearningConfiguration())
    for offset in 0..<Int64(2) { learner.learn("u", "i", .impression, at: offset) }
    learner.learn("u", "j", .impression, at: 2)
    #expect(hasSeen(learner, "u", "i") == false)
    learner.learn("u", "i", .impression, at: 3)
    #expect(hasSeen(learner, "u", "i") == true)
    #expect(hasSeen(learner, "u", "j") == false)
    let log = learner.users.records[0].log
    #expect(log.shown.count == 1 && log.historyCount == 0, "what is seen needs no memory of impressions")
    #expect(learner.items.details[0].impressions == 3 && learner.counts.positives == 0)
  }

  @Test func `an answer makes the impressions before it forgotten`() {
    var learner = Learner(configuration: LearningConfiguration())
    for offset in 0..<Int64(2) { learner.learn("u", "i", .impression, at: offset) }
    learner.learn("u", "i", .engagement, at: 2)
    #expect(hasSeen(learner, "u", "i") == true)
    #expect(learner.users.records[0].log.shown.count == 0)
    learner.learn("u", "i", .impression, at: 3)
    let log = learner.users.records[0].log
    #expect(log.seenWeight(at: 0) == 16 && log.historyCount == 1, "an impression takes no positive back")
  }

  @Test func `impressions never push what was seen out, and their memory has an end`() {
    var learner = Learner(configuration: LearningConfiguration())
    learner.learn("u", "first", .engagement, at: 0)
    for offset in 1...Int64(3 * UserLog.shownLimit) { learner.learn("u", "i\(offset)", .impression, at: offset) }
    #expect(hasSeen(learner, "u", "first") == true)
    #expect(learner.users.records[0].log.shown.count == UserLog.shownLimit)
    // Longer ago than the memory reaches: the count starts again.
    for offset in 0..<Int64(2) { learner.learn("u", "i1", .impression, at: 10_000 + offset) }
    #expect(hasSeen(learner, "u", "i1") == false)
  }

  @Test func `an author is a tag that no tag of the catalog can be taken for`() {
    var learner = Learner(configuration: LearningConfiguration())
    learner.upsert("i", tags: ["a", "\u{FF}a"])
    learner.learn(
      user: "u".bytes.span, item: "i".bytes.span, author: "a".bytes.span, effect: .engagement, occurredAt: 0,
      at: Coordinate(partition: 0, offset: 0))
    #expect(learner.counts.tags == 3 && learner.items.tags(of: 0).count == 3)
    #expect(learner.items.details[0].author == 2)
    // Said again, or said otherwise: the first word counts, until the catalog has another.
    learner.learn(
      user: "u".bytes.span, item: "i".bytes.span, author: "b".bytes.span, effect: .engagement, occurredAt: 0,
      at: Coordinate(partition: 0, offset: 1))
    #expect(learner.items.details[0].author == 2 && learner.items.tags(of: 0).count == 3)
    _ = learner.upsert(item: "i".bytes.span, tags: [], author: "b".bytes.span, expiresAt: 0, active: true)
    #expect(learner.items.tags(of: 0).count == 1 && learner.items.details[0].author == 3)
  }

  @Test func `someone who follows an author and did nothing else is shown that author's new posts first`() throws {
    var learner = Learner(configuration: LearningConfiguration())
    var random = TestRandom(seed: 4)
    for offset in 0..<4_000 {
      let group = Int.random(in: 0..<4, using: &random)
      learner.learn(
        user: "u\(group)-\(Int.random(in: 0..<30, using: &random))".bytes.span,
        item: "i\(group)-\(Int.random(in: 0..<20, using: &random))".bytes.span, author: "a\(group)".bytes.span,
        effect: .engagement, occurredAt: Int64(offset), at: Coordinate(partition: 0, offset: Int64(offset)))
    }
    for group in 0..<4 {
      _ = learner.upsert(
        item: "new\(group)".bytes.span, tags: [], author: "a\(group)".bytes.span, expiresAt: 0, active: true)
      learner.learn("someone", "new\(group)", .impression, at: 5_000 + Int64(group))
    }
    _ = learner.learnFollow(
      of: "a2".bytes.span, by: "fan".bytes.span, weight: 1, occurredAt: 6_000,
      at: Coordinate(partition: 0, offset: 6_000))
    var scratch = RankScratch()
    let ranks = (0..<4).map { learner.rank(of: "new\($0)".bytes.span, for: "fan".bytes.span, scratch: &scratch)! }
    for group in [0, 1, 3] { #expect(ranks[2].excludingSeen < ranks[group].excludingSeen) }
  }
}
