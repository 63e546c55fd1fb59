import Checkpoints
import FeedEvents
import Learning
import Testing

@testable import Pipeline

@Suite struct StoredStateTests {
  /// A checkpoint of a model with two users, which owes lists to the users in `rows`.
  private func disk(owing rows: [Int]) throws -> SimulatedDisk {
    var recommender = Recommender(
      configuration: JournaledConfiguration(),
      positions: [InputPosition(input: InputPartition(role: .interactions, topic: "in", partition: 0), next: 0)])
    var records = RecordBuffer(expecting: [0])
    for user in 0..<2 {
      let like = Interaction(userID: Array("u\(user)".utf8), itemID: Array("i".utf8), type: .like, occurredAt: 1)
      records.append(input: 0, offset: Int64(user), timestamp: -1, key: like.userID, value: like.encoded())
    }
    _ = recommender.fold(records, to: [2])
    var owed = OwedUsers()
    for row in rows { owed.touch(row, in: 1) }
    var disk = SimulatedDisk(
      directory: SimulatedDirectory(),
      process: SimulatedProcess(cluster: SimulatedCluster(random: Randomness(seed: 1)), callsLeft: nil))
    let era = Era(
      number: 1, learnerVersion: Learner.version, baseEpoch: 0, baseDigest: 0,
      configuration: JournaledConfiguration().canonicalText, positions: [])
    try Recovery.checkpoint(recommender, owed: owed, era: era, epoch: 1, journalOffset: 1, clusterID: "c", to: &disk)
    return disk
  }

  @Test func `a checkpoint that owes lists to its users is used`() throws {
    var disk = try disk(owing: [0, 1])
    #expect(try StoredState.newest(on: &disk).header.epoch == 1)
  }

  @Test(arguments: [2, 70_000]) func `one that owes a list to nobody is not`(row: Int) throws {
    var disk = try disk(owing: [0, row])
    do throws(Stop) {
      _ = try StoredState.newest(on: &disk)
      Issue.record("row \(row) should have been refused")
    } catch {
      #expect(error.reason == .unusableData && error.message.contains("row \(row)"), "\(error)")
    }
  }
}
