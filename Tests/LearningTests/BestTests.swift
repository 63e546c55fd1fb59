import Testing

@testable import Learning

@Suite struct BestTests {
  @Test(arguments: 1...4 as ClosedRange<UInt64>) func `the best are those with the first ranks`(seed: UInt64) {
    var events = RandomEvents(seed: seed)
    events.items = 60
    var learner = Learner(configuration: LearningConfiguration())
    for _ in 0..<400 { events.step(&learner) }
    var scratch = RankScratch()
    for name in (0..<12).map({ "u\($0)" }) + ["nobody"] {
      var expected: [(rank: Int, row: Int)] = []
      for row in 0..<learner.items.count {
        let id = learner.items.map.identifier(of: row)
        guard !learner.hasSeen(user: name.bytes.span, item: id.span),
          let ranks = learner.rank(of: id.span, for: name.bytes.span, scratch: &scratch)
        else { continue }
        expected.append((ranks.excludingSeen, row))
      }
      expected.sort { $0.rank < $1.rank }
      for count in [1, 10, 1_000] {
        let best = learner.best(count, for: name.bytes.span, scratch: &scratch)
        #expect(best == expected.prefix(count).map(\.row), "seed \(seed), \(name)")
      }
      #expect(expected.map(\.rank) == Array(1..<expected.count + 1), "seed \(seed), \(name)")
    }
  }

  @Test func `equal scores are in the order of first sight`() {
    // Nothing but catalog entries and glances: all scores are the same for someone unknown, but for tiny random numbers,
    // which an unknown user's query of zero leaves out.
    var learner = Learner(configuration: LearningConfiguration())
    for item in ["late", "never", "early"] { learner.upsert(item) }
    for (offset, item) in ["early", "middle", "late"].enumerated() {
      learner.learn("u", item, .glance, at: Int64(offset))
    }
    var scratch = RankScratch()
    let best = learner.best(10, for: "nobody".bytes.span, scratch: &scratch)
    #expect(best == ["early", "middle", "late"].map { learner.itemRow($0.bytes.span)! })
    #expect(learner.knownItems == 3)
    #expect(learner.best(10, for: "u".bytes.span, scratch: &scratch).isEmpty)
  }

  @Test func `familiarity counts what was met and who turned to it`() {
    var learner = Learner(configuration: LearningConfiguration())
    func familiarity(_ user: String, _ item: String) -> Familiarity {
      learner.familiarity(user: user.bytes.span, item: item.bytes.span)
    }
    #expect(familiarity("u", "i") == Familiarity(itemsMet: 0, positives: 0))
    learner.learn("u", "i", .positive(), at: 0)
    learner.learn("u", "i", .positive(2), at: 1, time: 900_000_000_000)
    #expect(familiarity("u", "i") == Familiarity(itemsMet: 1, positives: 1), "a stronger positive counts once")
    learner.learn("u", "j", .glance, at: 2)
    learner.learn("v", "i", .positive(), at: 3, time: 1_800_000_000_000)
    #expect(familiarity("u", "i") == Familiarity(itemsMet: 2, positives: 2))
    #expect(familiarity("v", "j") == Familiarity(itemsMet: 1, positives: 0))
    learner.learn("v", "i", .unlike, at: 4, time: 1_800_000_000_000)
    #expect(familiarity("nobody", "i") == Familiarity(itemsMet: 0, positives: 1))
    _ = learner.forget(user: "u".bytes.span)
    #expect(familiarity("u", "i") == Familiarity(itemsMet: 0, positives: 1))
  }
}
