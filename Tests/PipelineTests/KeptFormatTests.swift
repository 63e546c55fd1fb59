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
  /// What the daemon said about its state when it wrote the checkpoint, and after it had folded the rest of the log.
  private static let digest = "e3e38407d6d80d27949bbcd6f7c38b96"
  private static let laterDigest = "0a74b5a9e14e41056ec9c2e0043dfd01"

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

  @Test func `a checkpoint of format 1 by learner 3 gives the state it was written with`() throws {
    let state = try stored(try kept("checkpoint-1-learner-3"))
    #expect(state.header.epoch == 1 && state.header.learnerVersion == 3)
    #expect(state.header.digest.hexadecimal == Self.digest)
    #expect(state.recommender.digest.hexadecimal == Self.digest)
    #expect(state.recommender.recomputedDigest().hexadecimal == Self.digest)
    let counts = state.recommender.learner.counts
    #expect(counts.evicted.users > 0 && counts.evicted.items > 0, "the log fills its tables")
  }

  @Test func `the state goes on where the program that wrote it went`() throws {
    let state = try stored(try kept("checkpoint-1-learner-3"))
    let checkpoint = try Checkpoint(decoding: try kept("checkpoint-1-learner-3"))
    var recovered = try Recovery.load(checkpoint, Snapshot(checkpoint))
    var recommender = recovered.takeRecommender()
    #expect(recommender.digest == state.recommender.digest)
    let rest = KeptLog.records(from: KeptLog.checkpointedRecords, expecting: recommender.positions.map(\.next))
    let yield = recommender.fold(rest, to: rest.nextOffsets)
    #expect(yield.counts.duplicates > 0, "an event of before the checkpoint comes again")
    #expect(recommender.digest.hexadecimal == Self.laterDigest)
  }

  @Test func `the log that it came from gives the very bytes today`() throws {
    #expect(try KeptLog.checkpoint().encoded() == kept("checkpoint-1-learner-3"))
    #expect(try KeptLog.journal() == kept("journal-1"))
  }

  @Test func `a journal of format 1 says what it said`() throws {
    let lines = try kept("journal-1").split(separator: UInt8(ascii: "\n")).map(Array.init)
    try #require(lines.count == 2)
    guard case .start(let start) = try JournalContent(decoding: JournalRecord(offset: 0, value: lines[0])),
      case .epoch(let entry) = try JournalContent(decoding: JournalRecord(offset: 1, value: lines[1]))
    else { throw Missing() }
    #expect(start.incarnation == 7 && start.era?.number == 1 && start.era?.learnerVersion == 3)
    #expect(entry.epoch == 1 && entry.ranges.count == 2 && entry.digest.hexadecimal == Self.digest)
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
    try Data(KeptLog.checkpoint().encoded()).write(to: directory.appending(path: "checkpoint-1-learner-3"))
    try Data(KeptLog.journal()).write(to: directory.appending(path: "journal-1"))
    var folded = KeptLog.folded()
    let digest = folded.recommender.digest.hexadecimal
    let rest = KeptLog.records(from: KeptLog.checkpointedRecords, expecting: folded.recommender.positions.map(\.next))
    _ = folded.recommender.fold(rest, to: rest.nextOffsets)
    print("digest \(digest), later \(folded.recommender.digest.hexadecimal)")
  }
}
