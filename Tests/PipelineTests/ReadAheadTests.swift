import FeedEvents
import Learning
@testable import Pipeline
import Testing

/// What a replay holds of records that no epoch wants yet.
@Suite struct ReadAheadTests {
  private static let inputs = (0..<2).map {
    InputPartition(role: .interactions, topic: SimulatedApp.interactionsTopic, partition: $0)
  }

  private let cluster = SimulatedCluster(random: Randomness(seed: 1))

  init() {
    for partition in 0..<2 {
      for offset in 0..<600 {
        let like = Interaction(
          userID: Array("u_\(offset % 7)".utf8), itemID: Array("p_\(offset % 5)".utf8), type: .like,
          occurredAt: Int64(offset))
        cluster.append(
          .init(key: like.userID, value: like.encoded(), timestamp: Int64(offset)),
          to: SimulatedCluster.name(SimulatedApp.interactionsTopic, Int32(partition)))
      }
    }
  }

  private static func recommender() -> Recommender {
    Recommender(
      configuration: JournaledConfiguration(), positions: inputs.map { InputPosition(input: $0, next: 0) })
  }

  /// Epochs that end where `ends` says, as they were journaled.
  private func journal(_ ends: [[Int64]]) -> [JournalEntry] {
    var recommender = Self.recommender()
    let records = Self.inputs.map {
      cluster.visibleRecords(SimulatedCluster.name($0.topic, $0.partition))
    }
    return ends.enumerated().map { number, ends in
      var buffer = RecordBuffer(expecting: recommender.positions.map(\.next))
      for (input, position) in recommender.positions.enumerated() {
        for (offset, record) in records[input] where offset >= position.next && offset < ends[input] {
          buffer.append(
            input: input, offset: offset, timestamp: record.timestamp, key: record.key, value: record.value)
        }
      }
      let ranges = JournalEntry.Range.accounts(of: buffer, from: recommender.positions, to: ends)
      _ = recommender.fold(buffer, to: ends)
      return JournalEntry(
        epoch: UInt64(number + 1), ranges: ranges, digest: recommender.digest, deadLetters: [], lists: nil,
        tombstones: 0)
    }
  }

  /// Replays, and returns the most records and bytes that were read ahead.
  private func replay(
    _ journal: [JournalEntry], _ readAhead: Replay<SimulatedLog>.ReadAhead
  ) throws -> (records: Int, bytes: Int) {
    var recommender = Self.recommender()
    var log = SimulatedLog(process: SimulatedProcess(cluster: cluster, callsLeft: nil))
    var replay = Replay<SimulatedLog>(from: recommender.positions, readAhead: readAhead)
    var most = (records: 0, bytes: 0)
    for entry in journal {
      _ = try replay.fold(entry, into: &recommender, from: &log, now: { 0 })
      most.records = max(most.records, replay.pendingCount.records)
      most.bytes = max(most.bytes, replay.pendingCount.bytes)
    }
    return most
  }

  /// One input is folded to its end before the other begins.
  private static let lopsided = (1...60).map { [Int64($0) * 10, 0] } + (1...60).map { [600, Int64($0) * 10] }

  @Test func `an input that waits its turn is not read ahead beyond the limit, however many epochs it waits`() throws {
    let journal = journal(Self.lopsided)
    let all = try replay(journal, .init(limitRecords: .max, limitBytes: .max, pollLimitRecords: 16))
    #expect(all.records > 200)
    let few = try replay(journal, .init(limitRecords: 40, limitBytes: .max, pollLimitRecords: 16))
    #expect(few.records <= 40 + 2 * 16, "\(few)")
    let small = try replay(journal, .init(limitRecords: .max, limitBytes: 4_000, pollLimitRecords: 16))
    #expect(small.bytes <= 4_000 + 2 * 16 * 120 && small.bytes < all.bytes / 3, "\(small)")
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>) func `whatever the limits, the same is folded`(seed: UInt64) throws {
    var random = Randomness(seed: seed)
    var ends: [[Int64]] = [[0, 0]]
    while ends.last! != [600, 600] {
      ends.append(ends.last!.map { min(600, $0 + Int64(random.chance(30) ? 0 : random.below(60))) })
    }
    let journal = journal(ends)
    _ = try replay(
      journal,
      .init(
        limitRecords: random.below(100), limitBytes: random.below(10_000), pollLimitRecords: 1 + random.below(30)))
  }

  @Test(arguments: [0, 300, 700, 1_000, 1_150])
  func `records that are gone from the end of a range are told, whenever reading was narrowed`(limit: Int) throws {
    let journal = journal([[600, 600]])
    let partition = cluster.partition(SimulatedCluster.name(SimulatedApp.interactionsTopic, 0))
    for offset in 590..<600 { partition.entries[offset] = .control }
    let stop = #expect(throws: Stop.self) {
      try replay(journal, .init(limitRecords: limit, limitBytes: .max, pollLimitRecords: 16))
    }
    #expect(stop?.message.contains("the log changed") == true)
  }
}
