import Checkpoints
import Testing

@testable import Learning

struct DigestTests {
  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func `the incremental digest equals the one from scratch`(seed: UInt64) {
    print("seed \(seed)")
    var events = RandomEvents(seed: seed)
    var learner = Learner(configuration: LearningConfiguration())
    for step in 0..<1500 {
      events.step(&learner)
      if Int.random(in: 0..<20, using: &events.random) == 0 {
        learner.seal()
        #expect(learner.digest == learner.recomputedDigest(), "seed \(seed) step \(step)")
      }
    }
    learner.seal()
    #expect(learner.digest == learner.recomputedDigest())
    #expect(learner.isFinite == true)
  }

  @Test func `where epochs end does not matter`() {
    var digests: Set<UInt128> = []
    for every in [1, 7, 100, 100_000] {
      var events = RandomEvents(seed: 11)
      var learner = Learner(configuration: LearningConfiguration())
      for step in 1...1200 {
        events.step(&learner)
        if step % every == 0 { learner.seal() }
      }
      learner.seal()
      digests.insert(learner.digest)
    }
    #expect(digests.count == 1)
  }

  @Test func `one bit anywhere is another digest`() {
    var events = RandomEvents(seed: 12)
    var learner = Learner(configuration: LearningConfiguration())
    for _ in 0..<800 { events.step(&learner) }
    learner.seal()
    let sealed = learner.digest
    #expect(learner.recomputedDigest() == sealed)
    // A write that goes around the door is found by the recomputation.
    let row = learner.items.towers[3]
    var weights = row.weights
    let before = weights
    weights[17] = weights[17].nextUp
    row.weights = weights
    #expect(learner.recomputedDigest() != sealed)
    row.weights = before
    #expect(learner.recomputedDigest() == sealed)
    learner.gates[1].weight = learner.gates[1].weight.nextUp
    #expect(learner.recomputedDigest() != sealed)
  }

  @Test func `forgetting a user leaves the digest of one who never was, but for what others learned`() {
    var learner = Learner(configuration: LearningConfiguration())
    learner.upsert("i")
    learner.seal()
    let before = learner.users.digest
    learner.learn("u", "i", .glance, at: 1)
    learner.seal()
    #expect(learner.users.digest != before)
    #expect(learner.forget(user: "u".bytes.span) == 0)
    learner.seal()
    #expect(learner.users.digest == before)
    #expect(learner.userRow("u".bytes.span) == nil)
    #expect(learner.forget(user: "u".bytes.span) == nil)
    // The row is given out again, with initial values of the new id.
    learner.learn("v", "i", .glance, at: 2)
    #expect(learner.userRow("v".bytes.span) == 0)
    #expect(learner.userIdentifier(0) == "v".bytes)
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `a learner read from its sections goes on bit for bit`(seed: UInt64) throws {
    print("seed \(seed)")
    var events = RandomEvents(seed: seed)
    var first = Learner(configuration: LearningConfiguration())
    for _ in 0..<Int.random(in: 0..<1500, using: &events.random) { events.step(&first) }
    first.seal()
    var second = try Learner(configuration: first.configuration, sections: first.sections())
    #expect(second.digest == first.digest)
    #expect(second.counts == first.counts)
    #expect(second.sections() == first.sections())
    var copy = events
    for _ in 0..<800 {
      events.step(&first)
      copy.step(&second)
    }
    first.seal()
    second.seal()
    #expect(second.digest == first.digest)
    #expect(second.recomputedDigest() == first.digest)
    #expect(second.sections() == first.sections())
  }

  @Test(arguments: [false, true])
  func `sections that do not hang together are refused and never trap`(isFull: Bool) throws {
    var events = RandomEvents(seed: 30)
    var configuration = LearningConfiguration()
    if isFull { (configuration.userRows, configuration.itemRows, configuration.tagRows) = (5, 7, 4) }
    var learner = Learner(configuration: configuration)
    for _ in 0..<300 { events.step(&learner) }
    let sections = learner.sections()
    for missing in sections.indices {
      var some = sections
      some.remove(at: missing)
      #expect(throws: CheckpointError.missingSection(Learner.sectionNames[missing])) {
        _ = try Learner(configuration: LearningConfiguration(), sections: some)
      }
    }
    var random = TestRandom(seed: 31)
    for _ in 0..<300 {
      var broken = sections
      let which = Int.random(in: 0..<broken.count, using: &random)
      var payload = broken[which].payload
      if Bool.random(using: &random) {
        payload.removeLast(Int.random(in: 1...payload.count, using: &random))
      } else {
        payload[Int.random(in: 0..<payload.count, using: &random)] ^=
          UInt8(1) << UInt8.random(in: 0..<8, using: &random)
      }
      broken[which] = Section(name: broken[which].name, version: broken[which].version, payload: payload)
      // Either it is refused, or it is another model: what it is not is the same one, or a crash.
      if let other = try? Learner(configuration: LearningConfiguration(), sections: broken) {
        learner.seal()
        #expect(other.recomputedDigest() == other.digest)
      }
    }
  }
}
