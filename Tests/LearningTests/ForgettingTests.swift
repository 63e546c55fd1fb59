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

  @Test func `what waits in the ranker's unfinished batch goes with the user, and the rest stays in its order`() throws
  {
    var learner = self.learner()
    let found = learner.userRow(Self.name.bytes.span)
    let row = UInt32(try #require(found))
    let (inputs, targets) = (learner.ranker.pendingInputs, learner.ranker.pendingTargets)
    let recorded = learner.ranker.pendingOwners
    let owners = try #require(recorded)
    try #require(owners.count == 60 && targets.count == 60 && owners.count { $0 == row } == 20)
    func sample(_ index: Int) -> [Float] {
      Array(inputs[index * RankerShape.inputs..<(index + 1) * RankerShape.inputs])
    }
    let last = try #require(owners.lastIndex(of: row))
    let said = sample(last).prefix(32).flatMap { element in
      (0..<4).map { UInt8(truncatingIfNeeded: element.bitPattern >> (8 * $0)) }
    }
    let before = try ranker(learner.sections())
    #expect(holds(before, said), "the search finds what is there")

    _ = learner.forget(user: Self.name.bytes.span)
    let kept = owners.indices.filter { owners[$0] != row }
    #expect(learner.ranker.pendingOwners == kept.map { owners[$0] })
    #expect(learner.ranker.pendingTargets == kept.map { targets[$0] })
    #expect(learner.ranker.pendingInputs == kept.flatMap(sample))
    learner.seal()
    #expect(learner.digest == learner.recomputedDigest())
    let after = try ranker(learner.sections())
    #expect(!holds(after, said) && !holds(after, Self.name.bytes))
    let restored = try Learner(configuration: learner.configuration, sections: learner.sections())
    #expect(restored.digest == learner.digest && restored.ranker.pendingTargets.count == 40)
  }

  private func ranker(_ sections: [Section]) throws -> Section {
    try #require(sections.first { $0.name == "learning.ranker" })
  }

  @Test func `whose row an evicted user's is now keeps nothing of the evicted one's batch`() {
    var configuration = LearningConfiguration()
    configuration.userRows = 2
    var learner = Learner(configuration: configuration)
    for event in 0..<12 as Range<Int64> {
      learner.learn(event % 3 == 0 ? "gone" : "stays", "i\(event)", .positive(rating: 4), at: event)
    }
    let row = learner.userRow("gone".bytes.span)
    learner.learn("stays", "i0", .positive(rating: 4), at: 12)
    learner.learn("comes", "i1", .positive(rating: 4), at: 13)
    let given = learner.userRow("comes".bytes.span)
    #expect(given == row && learner.evictedUsers == [row])
    #expect(learner.ranker.pendingOwners?.count { Int($0) == row } == 1, "only what the newcomer did")
    #expect(learner.ranker.pendingTargets.count == 10)
    learner.seal()
    #expect(learner.digest == learner.recomputedDigest())
  }

  @Test func `whose samples wait is in the digest, and nobody's are refused`() throws {
    var learner = self.learner()
    learner.seal()
    var sections = learner.sections()
    let index = try #require(sections.firstIndex { $0.name == "learning.ranker" })
    let section = sections[index]
    func owned(by row: UInt8) throws -> UInt128 {
      var payload = section.payload
      payload[payload.count - 4] = row
      sections[index] = Section(name: section.name, version: section.version, payload: payload)
      return try Learner(configuration: learner.configuration, sections: sections).digest
    }
    let rows = learner.userRowCount
    #expect(try owned(by: section.payload[section.payload.count - 4]) == learner.digest)
    #expect(try owned(by: section.payload[section.payload.count - 4] ^ 1) != learner.digest)
    #expect(throws: CheckpointError.self) { try owned(by: UInt8(rows)) }
  }
}
