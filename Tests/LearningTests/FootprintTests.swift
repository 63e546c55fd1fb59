import Checkpoints
import Testing

@testable import Learning

struct FootprintTests {
  private func configuration(users: Int, items: Int, tags: Int, entries: Int) -> LearningConfiguration {
    var configuration = LearningConfiguration()
    configuration.userRows = users
    configuration.itemRows = items
    configuration.tagRows = tags
    configuration.logEntries = entries
    configuration.negatives = 2
    return configuration
  }

  private func id(_ kind: String, _ number: Int, length: Int = 256) -> [UInt8] {
    let name = "\(kind)\(number)".bytes
    return name + [UInt8](repeating: 0x78, count: length - name.count)
  }

  /// The tables' sections, without what does not grow.
  private func bytes(_ learner: borrowing Learner) -> Int {
    learner.sections().filter { ["learning.users", "learning.items", "learning.tags"].contains($0.name) }
      .reduce(0) { $0 + $1.payload.count }
  }

  @Test func `a checkpoint of full tables with the longest ids is as large as the bound, and no larger`() {
    let full = configuration(users: 300, items: 200, tags: 400, entries: 12_000)
    var learner = Learner(configuration: full)
    var offset: Int64 = 0
    for item in 0..<400 {
      let tags = (0..<32).map { id("t", (item * 32 + $0) % 400) }
      _ = learner.upsert(item: id("i", item).span, tags: tags, expiresAt: 0, active: true)
    }
    for round in 0..<40 {
      for user in 0..<250 {
        offset += 1
        learner.learn(
          user: id("u", user).span, item: id("i", 399 - (user + round) % 200).span, effect: .glance,
          occurredAt: 0, at: Coordinate(partition: 0, offset: offset))
      }
    }
    // And some with next to nothing.
    for user in 0..<300 {
      offset += 1
      learner.learn(
        user: id("u", user).span, item: id("i", 399).span, effect: .glance, occurredAt: 0,
        at: Coordinate(partition: 0, offset: offset))
    }
    learner.seal()
    let counts = learner.counts
    #expect(counts.users == 300 && counts.items == 200 && counts.tags == 400 && counts.logEntries > 9_000)
    let one = Footprint(configuration(users: 1, items: 1, tags: 1, entries: 0))
    // Of as many rows as there are, without the megabytes for what does not grow.
    let held = Footprint(
      configuration(users: counts.users, items: 200, tags: 400, entries: counts.logEntries))
    let bound = held.checkpoint - one.checkpoint
    let found = bytes(learner)
    #expect(found <= bound + 4_096 && found > bound * 9 / 10, "\(found) of \(bound)")
  }

  @Test func `every budget has its part in the bounds`() {
    let least = Footprint(configuration(users: 1_000, items: 1_000, tags: 1_000, entries: 1_000))
    for more in [
      configuration(users: 100_000, items: 1_000, tags: 1_000, entries: 1_000),
      configuration(users: 1_000, items: 100_000, tags: 1_000, entries: 1_000),
      configuration(users: 1_000, items: 1_000, tags: 100_000, entries: 1_000),
      configuration(users: 1_000, items: 1_000, tags: 1_000, entries: 10_000_000),
    ] {
      let footprint = Footprint(more)
      #expect(footprint.state > least.state + 50_000_000 && footprint.checkpoint > least.checkpoint + 40_000_000)
      #expect(footprint.frozenItems > least.frozenItems || more.itemRows == 1_000)
    }
  }
}
