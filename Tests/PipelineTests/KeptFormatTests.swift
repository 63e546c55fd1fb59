import Checkpoints
import FeedEvents
import Foundation
import Testing

@testable import Learning
@testable import Pipeline

/// A checkpoint and a journal as a daemon wrote them that people run: what reads them today must read them for ever, or refuse them by
/// name. They are never written anew. A format that replaces theirs brings files of its own, beside these.
///
/// `WOONKLY_KEEP_FORMAT=DIRECTORY` lets ``KeptLog`` write such files, of today's formats.
@Suite struct KeptFormatTests {
  /// What a daemon said about its state when it wrote the checkpoint, by the learner's version.
  private static let digests: [UInt32: String] = [
    3: "e3e38407d6d80d27949bbcd6f7c38b96", 4: "f65f66fe83b3e091eeaf71eae2135988",
  ]
  /// What learner 4 said after it had folded the rest of the log: on its own state, and on that of learner 3.
  private static let laterDigests: [UInt32: String] = [
    3: "adfba3b24108c794650cb9bfed2c8017", 4: "10606c2e1e3b09ce00588e4b4c5afaf4",
  ]

  private func kept(_ name: String) throws -> [UInt8] {
    Array(
      try Data(contentsOf: #require(Bundle.module.url(forResource: name, withExtension: nil, subdirectory: "Kept"))))
  }

  private func stored(_ bytes: [UInt8]) throws -> StoredState {
    let directory = SimulatedDirectory()
    directory.write("checkpoint.a", bytes)
    var disk = SimulatedDisk(
      directory: directory,
      process: SimulatedProcess(cluster: SimulatedCluster(random: Randomness(seed: 1)), callsLeft: nil))
    return try StoredState.newest(on: &disk)
  }

  @Test(arguments: [3, 4] as [UInt32])
  func `a checkpoint of format 1 gives the state it was written with`(learner: UInt32) throws {
    let state = try stored(try kept("checkpoint-1-learner-\(learner)"))
    let digest = Self.digests[learner]
    #expect(state.header.epoch == 1 && state.header.learnerVersion == learner)
    #expect(state.header.digest.hexadecimal == digest)
    #expect(state.recommender.digest.hexadecimal == digest)
    #expect(state.recommender.recomputedDigest().hexadecimal == digest)
    let counts = state.recommender.learner.counts
    #expect(counts.evicted.users > 0 && counts.evicted.items > 0, "the log fills its tables")
  }

  @Test(arguments: [3, 4] as [UInt32])
  func `the state goes on where learner 4 went, on its own and on that of learner 3`(learner: UInt32) throws {
    let state = try stored(try kept("checkpoint-1-learner-\(learner)"))
    let version = state.header.learnerVersion
    #expect(version == learner)
    var recommender = state.takeRecommender()
    let rest = KeptLog.records(from: KeptLog.checkpointedRecords, expecting: recommender.positions.map(\.next))
    let yield = recommender.fold(rest, to: rest.nextOffsets)
    #expect(yield.counts.duplicates > 0, "an event of before the checkpoint comes again")
    #expect(recommender.digest.hexadecimal == Self.laterDigests[learner])
    #expect(recommender.digest == recommender.recomputedDigest())
  }

  @Test func `the log that they came from gives the very bytes today`() throws {
    #expect(try KeptLog.checkpoint().encoded() == kept("checkpoint-1-learner-4"))
    #expect(try KeptLog.journal() == kept("journal-1-learner-4"))
  }

  @Test(arguments: ["journal-1", "journal-1-learner-4"])
  func `a journal of format 1 says what it said`(name: String) throws {
    let learner: UInt32 = name == "journal-1" ? 3 : 4
    let lines = try kept(name).split(separator: UInt8(ascii: "\n")).map(Array.init)
    try #require(lines.count == 2)
    guard case .start(let start) = try JournalContent(decoding: JournalRecord(offset: 0, value: lines[0])),
      case .epoch(let entry) = try JournalContent(decoding: JournalRecord(offset: 1, value: lines[1]))
    else { throw Missing() }
    #expect(start.incarnation == 7 && start.era?.number == 1 && start.era?.learnerVersion == learner)
    #expect(entry.epoch == 1 && entry.ranges.count == 2 && entry.digest.hexadecimal == Self.digests[learner])
    #expect(entry.ranges[1].count == KeptLog.checkpointedRecords && entry.deadLetters.count == 1)
    #expect(entry.tombstones == 2 && entry.lists?.count == 3)
    for (line, content) in zip(lines, [JournalContent.start(start), .epoch(entry)]) {
      #expect(content.encoded() == line)
    }
  }

  private struct Missing: Error {}

  private static let target = ProcessInfo.processInfo.environment["WOONKLY_KEEP_FORMAT"]

  @Test(.enabled(if: target != nil, "WOONKLY_KEEP_FORMAT names no directory")) func `files to keep are written`() throws
  {
    let directory = URL(filePath: Self.target!)
    try Data(KeptLog.checkpoint().encoded()).write(
      to: directory.appending(path: "checkpoint-1-learner-\(Learner.version)"))
    try Data(KeptLog.journal()).write(to: directory.appending(path: "journal-1-learner-\(Learner.version)"))
    var folded = KeptLog.folded()
    let digest = folded.recommender.digest.hexadecimal
    let rest = KeptLog.records(from: KeptLog.checkpointedRecords, expecting: folded.recommender.positions.map(\.next))
    _ = folded.recommender.fold(rest, to: rest.nextOffsets)
    var upgraded = try stored(try kept("checkpoint-1-learner-3")).takeRecommender()
    _ = upgraded.fold(rest, to: rest.nextOffsets)
    print(
      "digest \(digest), later \(folded.recommender.digest.hexadecimal), on learner 3's \(upgraded.digest.hexadecimal)")
  }
}
