import Checkpoints
import FeedEvents
import Learning
@testable import Pipeline
import Testing

/// The state is a function of the folded records alone.
@Suite struct RecommenderTests {
  private let input = InputPartition(role: .interactions, topic: "interactions", partition: 0)

  private func log(_ count: Int, seed: UInt64) -> SimulatedCluster {
    let cluster = SimulatedCluster(random: Randomness(seed: seed))
    var app = SimulatedApp(random: Randomness(seed: seed), partitionCount: 1, hasCatalog: false)
    app.produce(count, to: cluster)
    return cluster
  }

  /// Folds the whole log in epochs of random lengths, freezing and going through a checkpoint's bytes at random moments.
  private func digest(
    _ cluster: SimulatedCluster, cuts seed: UInt64, emptyCatalogs: Int32 = 0,
    configuration: JournaledConfiguration = JournaledConfiguration()
  ) throws -> UInt128 {
    var random = Randomness(seed: seed)
    let positions =
      (0..<emptyCatalogs).map {
        InputPosition(input: InputPartition(role: .catalog, topic: "items", partition: $0), next: 0)
      } + [InputPosition(input: input, next: 0)]
    let last = positions.count - 1
    var rows: Set<Int> = []
    var recommender = Recommender(configuration: configuration, positions: positions)
    var records = cluster.visibleRecords("interactions-0")[...]
    while !records.isEmpty {
      let part = records.prefix(1 + random.below(60))
      records = records.dropFirst(part.count)
      var buffer = RecordBuffer(expecting: recommender.positions.map(\.next))
      for (offset, record) in part {
        buffer.append(
          input: last, offset: offset, timestamp: record.timestamp, key: record.key, value: record.value)
      }
      let yield = recommender.fold(buffer, to: buffer.nextOffsets)
      #expect(yield.counts.records == part.count)
      #expect(recommender.digest == recommender.recomputedDigest(), "seed \(seed)")
      for debt in yield.debts {
        switch debt {
        case .touched(let row): rows.insert(row)
        case .forgotten(let row), .evicted(let row): rows.remove(row)
        }
      }
      if random.chance(20) {
        let lists = recommender.freeze(users: rows.sorted(), version: 1, generatedAt: 0).lists().lists
        #expect(lists.count == rows.count)
      }
      // A restart: the rest of the log is folded by what came out of the checkpoint's bytes.
      if random.chance(20) {
        let learner = try Learner(
          configuration: recommender.configuration.learning, sections: recommender.learner.sections())
        let inputs = recommender.positions.map(\.input)
        let header = CheckpointHeader(
          learnerVersion: 1, era: 1, epoch: 1, journalOffset: 1, dimension: 1, digest: 0)
        let windows = try EventWindows(
          Checkpoint(header: header, sections: [recommender.windows.section(of: inputs)]),
          seed: recommender.configuration.learning.seed, inputs: inputs, limit: EventWindow.limitEvents)
        recommender = Recommender(
          configuration: recommender.configuration, learner: learner, positions: recommender.positions, windows: windows
        )
      }
    }
    return recommender.digest
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>) func `however epochs cut one log, it gives one digest`(seed: UInt64)
    throws
  {
    let cluster = log(400, seed: seed)
    let digests = try (0..<8).map { try digest(cluster, cuts: seed &* 100 + $0) }
    #expect(Set(digests).count == 1, "seed \(seed)")
    let others = try digest(log(401, seed: seed), cuts: 1)
    #expect(others != digests[0], "one more record is another state")
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>) func `so it does where every table is full`(seed: UInt64) throws {
    var configuration = JournaledConfiguration()
    configuration.learning.userRows = 5
    configuration.learning.itemRows = 7
    configuration.learning.tagRows = 3
    configuration.learning.logEntries = 40
    let cluster = log(400, seed: seed)
    let digests = try (0..<8).map { try digest(cluster, cuts: seed &* 100 + $0, configuration: configuration) }
    #expect(Set(digests).count == 1, "seed \(seed)")
  }

  @Test func `who comes into a full table takes a row, and its owner's debt is struck out before`() {
    var configuration = JournaledConfiguration()
    configuration.learning.userRows = 2
    var recommender = Recommender(configuration: configuration, positions: [InputPosition(input: input, next: 0)])
    var buffer = RecordBuffer(expecting: [0])
    for (offset, user) in ["a", "b", "a", "c", "b"].enumerated() {
      let like = Interaction(userID: Array(user.utf8), itemID: [1], type: .like, occurredAt: 1)
      buffer.append(input: 0, offset: Int64(offset), timestamp: -1, key: like.userID, value: like.encoded())
    }
    let yield = recommender.fold(buffer, to: [5])
    #expect(
      yield.debts == [
        .touched(row: 0), .touched(row: 1), .touched(row: 0), .evicted(row: 1), .touched(row: 1), .evicted(row: 0),
        .touched(row: 0),
      ])
    #expect(yield.counts.evicted.users == 2 && yield.counts.learned == 5 && yield.counts.records == 5)
    var owed = OwedUsers()
    owed.apply(yield.debts, epoch: 1)
    #expect(owed.rows == [0, 1] && owed.waitingCount == 2)
  }

  @Test func `how many partitions an empty catalog has is no part of the state`() throws {
    let cluster = log(100, seed: 3)
    #expect(try digest(cluster, cuts: 1) == digest(cluster, cuts: 2, emptyCatalogs: 12))
  }

  @Test func `an unknown type is counted by name, 64 names and then other`() {
    var recommender = Recommender(
      configuration: JournaledConfiguration(), positions: [InputPosition(input: input, next: 0)])
    var buffer = RecordBuffer(expecting: [0])
    for index in 0..<70 {
      let event = Interaction(
        userID: [1], itemID: [2], type: .unknown("type-\(index)"), occurredAt: 1)
      buffer.append(input: 0, offset: Int64(index), timestamp: -1, key: [1], value: event.encoded())
    }
    let counts = recommender.fold(buffer, to: [70]).counts
    #expect(counts.unknownTypes.count == 65)
    #expect(counts.unknownTypes["other"] == 6)
    #expect(counts.records == 70 && counts.deadLetters.isEmpty)
  }

  @Test func `a value of 10 MB is hashed whole, kept cut, and dead-lettered without being decoded`() {
    var recommender = Recommender(
      configuration: JournaledConfiguration(), positions: [InputPosition(input: input, next: 0)])
    var buffer = RecordBuffer(expecting: [0])
    let huge = [UInt8](repeating: UInt8(ascii: "["), count: 10_000_000)
    buffer.append(input: 0, offset: 0, timestamp: 5, key: [1], value: huge)
    #expect(buffer.bytes.count < 100_000)
    let yield = recommender.fold(buffer, to: [1])
    #expect(yield.counts.deadLetters == ["too_large": 1])
    #expect(yield.deadLetters[0].value == Array(huge.prefix(65_536)))
    let truncated = yield.deadLetters[0].headers.first { $0.name == Array("woonkly-truncated".utf8) }
    #expect(truncated?.value == Array("true".utf8))
  }
}
