import Checkpoints
import Testing

@testable import Learning

/// What of a forgotten user can reach a checkpoint.
struct ForgettingTests {
  private static let name = "UNMISTAKABLE-1f6b90d2"

  private func holds(_ section: Section, _ bytes: [UInt8]) -> Bool {
    let payload = section.payload
    guard payload.count >= bytes.count else { return false }
    return (0...payload.count - bytes.count).contains { start in
      payload[start] == bytes[0] && payload[start..<start + bytes.count].elementsEqual(bytes)
    }
  }

  private func bytes(_ vector: Vector32) -> [UInt8] {
    vector.elements.flatMap { element in (0..<4).map { UInt8(truncatingIfNeeded: element.bitPattern >> (8 * $0)) } }
  }

  /// Everybody likes and rates a few things.
  private func learner() -> Learner {
    var learner = Learner(configuration: LearningConfiguration())
    for event in 0..<60 as Range<Int64> {
      learner.learn(event % 3 == 0 ? Self.name : "u\(event % 7)", "i\(event % 11)", .positive(rating: 4), at: event)
    }
    return learner
  }

  @Test func `neither the id nor the embeddings of a freed row are written`() throws {
    var learner = self.learner()
    let found = learner.userRow(Self.name.bytes.span)
    let row = try #require(found)
    let name = Self.name.bytes
    let (taste, taught) = (bytes(learner.users.towers[row].weights), bytes(learner.users.towers[row].accumulators))
    let factors = bytes(learner.users.rating[row].weights)
    let written = learner.sections().filter { holds($0, name) }.map(\.name)
    #expect(written == ["learning.users"], "the search finds what is there")
    let before = learner.sections()
    for vector in [taste, taught, factors] { #expect(before.contains { holds($0, vector) }) }

    let freed = learner.forget(user: name.span)
    #expect(freed == row)
    learner.seal()
    for section in learner.sections() {
      for part in [name, taste, taught, factors] { #expect(!holds(section, part), "\(section.name)") }
    }
    // The memory of a free row is only overwritten when somebody else gets it.
    #expect(bytes(learner.users.towers[row].weights) == taste)
    learner.learn("somebody-else", "i1", .positive(), at: 100)
    let given = learner.userRow("somebody-else".bytes.span)
    #expect(given == row)
    #expect(bytes(learner.users.towers[row].weights) != taste)
  }

  @Test func `a user who comes back begins anew`() throws {
    var forgotten = learner()
    var fresh = Learner(configuration: LearningConfiguration())
    _ = forgotten.forget(user: Self.name.bytes.span)
    for item in 0..<11 {
      let remembers = forgotten.hasSeen(user: Self.name.bytes.span, item: "i\(item)".bytes.span)
      #expect(!remembers)
    }
    let row = forgotten.users.admit(Self.name.bytes.span, recipe: forgotten.recipe)
    let first = fresh.users.admit(Self.name.bytes.span, recipe: fresh.recipe)
    #expect(forgotten.users.towers[row].weights.elements == fresh.users.towers[first].weights.elements)
    #expect(forgotten.users.records[row].log.historyCount == 0 && forgotten.users.records[row].log.seenCount == 0)
    #expect(forgotten.users.records[row].lastOffset == -1)
  }

  @Test func `the ranker's unfinished batch keeps numbers, of at most 63 events, and no id`() throws {
    var learner = Learner(configuration: LearningConfiguration())
    for event in 0..<10 as Range<Int64> { learner.learn(Self.name, "i\(event)", .positive(rating: 4), at: event) }
    let found = learner.userRow(Self.name.bytes.span)
    let row = try #require(found)
    let query = bytes(learner.users.towers[row].weights)
    _ = learner.forget(user: Self.name.bytes.span)
    learner.seal()
    let sections = learner.sections()
    let ranker = try #require(sections.first { $0.name == "learning.ranker" })
    let nothing = Learner(configuration: LearningConfiguration()).sections()
    let empty = try #require(nothing.first { $0.name == "learning.ranker" })
    #expect(ranker.payload.count > empty.payload.count, "ten events wait in it")
    #expect(!holds(ranker, Self.name.bytes))
    #expect(holds(ranker, query), "what an event said of its user waits with it")
    for event in 10..<80 as Range<Int64> { learner.learn("u", "i\(event)", .positive(rating: 4), at: event) }
    learner.seal()
    let laterSections = learner.sections()
    let later = try #require(laterSections.first { $0.name == "learning.ranker" })
    #expect(!holds(later, Self.name.bytes) && !holds(later, query))
  }
}
