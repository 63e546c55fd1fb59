import Checkpoints
import FeedEvents
import Foundation
import Learning
import Testing

@testable import Pipeline

/// What learner 4 does where learner 3 was: the kept checkpoint and journal, over the log that they came from.
@Suite struct UpgradeTests {
  private typealias Simulated = History.Simulated

  private static func kept(_ name: String) throws -> [UInt8] {
    Array(
      try Data(contentsOf: #require(Bundle.module.url(forResource: name, withExtension: nil, subdirectory: "Kept"))))
  }

  /// A machine on which learner 3 was stopped cleanly.
  private final class Scene {
    let cluster = SimulatedCluster(random: Randomness(seed: 1))
    let directory = SimulatedDirectory()

    /// - Parameter interactions: how many there are; the checkpoint holds the first 400.
    init(interactions: Int = 2 * KeptLog.checkpointedRecords) throws {
      KeptLog.append(interactions, to: cluster)
      for line in try UpgradeTests.kept("journal-1").split(separator: UInt8(ascii: "\n")) {
        cluster.append(.init(value: Array(line)), to: "journal-0")
      }
      directory.write("checkpoint.a", try UpgradeTests.kept("checkpoint-1-learner-3"))
    }

    func start(finishesAtEnd: Bool = false, accepting kinds: Set<Acceptance.Kind> = []) throws -> Simulated {
      let process = SimulatedProcess(cluster: cluster, callsLeft: nil)
      let cluster = cluster
      var options = Simulated.Options(
        configuration: KeptLog.configuration, pacing: Pacing(), clusterID: KeptLog.clusterID,
        inputs: KeptLog.inputs, incarnation: 8, finishesAtEnd: finishesAtEnd)
      options.accepts = kinds
      return try Simulated(
        world: Simulated.World(
          log: SimulatedLog(process: process), journal: SimulatedJournal(process: process),
          lane: InlineLane(
            Committer(output: SimulatedOutput(process: process, transactionalID: "shard-0")) {
              cluster.time += 1
              return cluster.time
            }),
          workshop: SimulatedWorkshop(process: process), disk: SimulatedDisk(directory: directory, process: process)),
        options: options, now: { cluster.time })
    }

    /// Runs to the end, or for some turns.
    func turn(_ processor: Simulated, isStopping: Bool = false, until isEnough: (Simulated) -> Bool = { _ in false })
      throws
    {
      for _ in 0..<10_000 {
        cluster.time += 100
        cluster.settleMarkers()
        if try processor.turn(now: cluster.time, isStopping: isStopping) || isEnough(processor) { return }
      }
      Issue.record("it does not end")
    }

    func eras() throws -> [Era] {
      try cluster.committedJournal().compactMap { if case .start(let start) = $0.content { start.era } else { nil } }
    }

    func checkpoints() throws -> [Checkpoint] {
      var disk = QuietDisk(directory: directory)
      return try CheckpointStore.load(from: &disk).map { try $0.result.get() }
    }

    func audit(_ checkpoints: [Checkpoint]) throws -> Audit<SimulatedLog>.Report {
      var audit = try Audit<SimulatedLog>(lists: [], checkpoints: checkpoints)
      var log = SimulatedLog(process: SimulatedProcess(cluster: cluster, callsLeft: nil))
      cluster.writeAllMarkers()
      var journal = KeptJournal(
        records: cluster.visibleRecords("journal-0").map { JournalRecord(offset: $0.offset, value: $0.record.value!) })
      return try audit.run(journal: &journal, log: &log, now: { 0 })
    }
  }

  /// What learner 4 has after the whole log, from the state that learner 3 left.
  private func finalDigest() throws -> UInt128 {
    let checkpoint = try Checkpoint(decoding: try Self.kept("checkpoint-1-learner-3"))
    var recovered = try Recovery.load(checkpoint, Snapshot(checkpoint))
    var recommender = recovered.takeRecommender()
    recommender.upgrade()
    let rest = KeptLog.records(from: KeptLog.checkpointedRecords, expecting: recommender.positions.map(\.next))
    _ = recommender.fold(rest, to: rest.nextOffsets)
    return recommender.digest
  }

  @Test func `a start where learner 3 stopped cleanly opens an era and goes on`() throws {
    let scene = try Scene()
    let before = scene.directory.read("checkpoint.a")
    let processor = try scene.start(finishesAtEnd: true)
    let checkpoint = try Checkpoint(decoding: try #require(before))
    let era = processor.currentEra
    #expect(era.number == 2 && era.learnerVersion == 4 && era.baseEpoch == 1)
    #expect(era.baseDigest == processor.withRecommender { $0.digest } && era.baseDigest != checkpoint.header.digest)
    #expect(processor.withRecommender { $0.digest == $0.recomputedDigest() })
    #expect(try scene.eras().map(\.learnerVersion) == [3, 4] && scene.eras().last == era)
    #expect(scene.directory.read("checkpoint.a") == before && scene.directory.fileNames == ["checkpoint.a"])

    try scene.turn(processor)
    #expect(try processor.withRecommender { $0.digest } == finalDigest())
    #expect(scene.directory.read("checkpoint.a") == before, "until two checkpoints have been written since")
    #expect(try scene.checkpoints().map(\.header.learnerVersion) == [4, 3])
  }

  @Test func `who crashed before the first checkpoint of the new era goes on in it`() throws {
    let scene = try Scene()
    let first = try scene.start()
    try scene.turn(first) { $0.statistics.epochs >= 1 }
    #expect(first.currentEpoch >= 2 && first.statistics.checkpoints == 0)
    let second = try scene.start(finishesAtEnd: true)
    #expect(second.currentEra == first.currentEra && second.currentEpoch == first.currentEpoch)
    #expect(second.statistics.replayedEpochs > 0)
    try scene.turn(second)
    #expect(try second.withRecommender { $0.digest } == finalDigest())
    #expect(try scene.eras().count == 2)
  }

  @Test func `a stop before the first epoch of the new era leaves a checkpoint of it`() throws {
    let scene = try Scene(interactions: KeptLog.checkpointedRecords)
    let first = try scene.start()
    try scene.turn(first, isStopping: true)
    let written = try scene.checkpoints().map(\.header)
    #expect(written.map(\.epoch) == [1, 1] && Set(written.map(\.learnerVersion)) == [3, 4])
    scene.directory.remove("checkpoint.a")
    let second = try scene.start()
    #expect(second.currentEra == first.currentEra && second.statistics.replayedEpochs == 0)
    #expect(try scene.eras().count == 2)
  }

  /// An epoch after the checkpoint, by whatever learner the era is of.
  private func appendEpoch(to scene: Scene) {
    let rest = KeptLog.records(from: KeptLog.checkpointedRecords, expecting: [24, 400])
    let ranges = KeptLog.inputs.indices.map { index in
      JournalEntry.Range(
        input: KeptLog.inputs[index], from: index == 0 ? 24 : 400, to: rest.nextOffsets[index],
        records: rest.records[index])
    }
    let entry = JournalEntry(epoch: 2, ranges: ranges, digest: 1, deadLetters: [], lists: nil, tombstones: 0)
    scene.cluster.append(.init(value: JournalContent.epoch(entry).encoded()), to: "journal-0")
  }

  private func refusal(_ scene: Scene) throws -> String {
    let before = scene.directory.fileNames.map { scene.directory.read($0) }
    let stop = #expect(throws: Stop.self) { _ = try scene.start() }
    #expect(stop?.reason == .configuration)
    #expect(scene.directory.fileNames.map { scene.directory.read($0) } == before)
    return stop?.message ?? ""
  }

  @Test func `epochs of learner 3 that are in no checkpoint are left to it`() throws {
    let scene = try Scene()
    appendEpoch(to: scene)
    let message = try refusal(scene)
    #expect(message.contains("epoch 2 was folded by learner version 3") && message.contains("stop it cleanly"))
    #expect(message.contains("--accept learner") && message.hasSuffix("This is version 4."))
    #expect(try scene.eras().count == 1)
  }

  @Test
  func
    `epochs of learner 3 that are in no checkpoint are folded again where that is accepted, from its upgraded state`()
    throws
  {
    let scene = try Scene()
    appendEpoch(to: scene)
    let first = try scene.start(accepting: [.learner])
    let era = try #require(first.statistics.accepted?.era)
    #expect(era.number == 2 && era.learnerVersion == 4 && era.baseEpoch == 2)
    #expect(era.accepted == Acceptance(fromEra: 1, fromEpoch: 2, learner: Acceptance.Epochs(first: 2, last: 2)))
    #expect(try first.withRecommender { $0.digest } == finalDigest() && era.baseDigest == finalDigest())
    let checkpoints = try scene.checkpoints()
    #expect(checkpoints.map(\.header.learnerVersion) == [4, 3])

    // Who lost that checkpoint comes to the same state on the way that the journal describes.
    scene.directory.remove("checkpoint.b")
    let second = try scene.start()
    #expect(second.statistics.accepted == nil && second.statistics.replayedEpochs == 1)
    #expect(second.currentEra == era && second.withRecommender { $0.digest } == era.baseDigest)

    let report = try scene.audit(checkpoints)
    #expect(
      report.unaudited.map(\.epochs) == [1...2] && report.unaudited.map(\.learnerVersion) == [3]
        && report.firstEpoch == 0)
    let stop = #expect(throws: Stop.self) { try scene.audit([checkpoints[1]]) }
    #expect(stop?.message.contains("era 2 began with a state that was accepted") == true, "\(stop as Any)")
  }

  @Test func `a gap is accepted together with an upgrade: the state that learner 3 left is upgraded first`() throws {
    let scene = try Scene()
    scene.cluster.truncate(SimulatedCluster.name(KeptLog.inputs[1].topic, 0), below: 500)
    let stop = #expect(throws: Stop.self) { _ = try scene.start() }
    #expect(stop?.reason == .unusableData && stop?.message.contains("--accept gap") == true, "\(stop as Any)")
    let first = try scene.start(accepting: [.gap])
    let era = try #require(first.statistics.accepted?.era)
    #expect(era.learnerVersion == 4 && era.accepted?.learner == nil && era.accepted?.gaps.map(\.to) == [500])
    scene.directory.remove("checkpoint.b")
    let second = try scene.start(finishesAtEnd: true)
    #expect(second.currentEra == era && second.withRecommender { $0.digest } == era.baseDigest)
    try scene.turn(second)
    let report = try scene.audit(scene.checkpoints())
    #expect(report.gaps == 1 && report.firstEpoch == 2 && report.lastEpoch == second.currentEpoch)
  }

  @Test func `a directory that stayed behind an upgrade is told from one that was not stopped cleanly`() throws {
    let scene = try Scene()
    appendEpoch(to: scene)
    let era = Era(
      number: 2, learnerVersion: 4, baseEpoch: 2, baseDigest: 2, configuration: KeptLog.configuration.canonicalText,
      positions: [])
    scene.cluster.append(
      .init(value: JournalContent.start(StartRecord(incarnation: 9, era: era)).encoded()), to: "journal-0")
    let message = try refusal(scene)
    #expect(message.contains("learner version 4 has gone on after epoch 2") && message.contains("stayed behind"))

    // Where no other one is left, it goes on in place of the state that the journal tells of.
    let first = try scene.start(accepting: [.learner])
    let accepted = try #require(first.statistics.accepted?.era)
    #expect(
      accepted.accepted == Acceptance(fromEra: 2, fromEpoch: 2, learner: Acceptance.Epochs(first: 2, last: 2))
        && accepted.number == 3)
    #expect(try accepted.baseDigest == finalDigest())
    scene.directory.remove("checkpoint.b")
    #expect(try scene.start().currentEra == accepted)
  }

  @Test(arguments: [2, 5] as [UInt32]) func `a checkpoint by a learner that is too old or newer is left alone`(
    version: UInt32
  )
    throws
  {
    let scene = try Scene()
    let checkpoint = try Checkpoint(decoding: try Self.kept("checkpoint-1-learner-3"))
    var header = checkpoint.header
    header.learnerVersion = version
    scene.directory.write("checkpoint.a", Checkpoint(header: header, sections: checkpoint.sections).encoded())
    #expect(try refusal(scene).contains("written by learner version \(version), this is version 4"))
  }

  @Test func `an era of a newer learner is left alone`() throws {
    let scene = try Scene()
    let era = Era(
      number: 2, learnerVersion: 5, baseEpoch: 1, baseDigest: 2, configuration: KeptLog.configuration.canonicalText,
      positions: [])
    scene.cluster.append(
      .init(value: JournalContent.start(StartRecord(incarnation: 9, era: era)).encoded()), to: "journal-0")
    #expect(try refusal(scene).contains("era 2 was opened by learner version 5"))
  }

  @Test func `a checkpoint that claims learner 4 without saying whose the batch is, is refused`() throws {
    let scene = try Scene()
    let checkpoint = try Checkpoint(decoding: try Self.kept("checkpoint-1-learner-3"))
    var header = checkpoint.header
    header.learnerVersion = 4
    scene.directory.write("checkpoint.a", Checkpoint(header: header, sections: checkpoint.sections).encoded())
    #expect(try refusal(scene).contains("learning.ranker"))
  }

  @Test func `an audit begins behind what learner 3 folded, and says so`() throws {
    let scene = try Scene()
    let processor = try scene.start(finishesAtEnd: true)
    try scene.turn(processor)
    let checkpoints = try scene.checkpoints()
    let report = try scene.audit(checkpoints)
    #expect(report.unaudited == [UnauditedEpochs(eras: 1...1, learnerVersion: 3, epochs: 1...1)])
    #expect(report.firstEpoch == 2 && report.lastEpoch == processor.currentEpoch && report.eras == 2)
    #expect(report.checkpoints == 1 && report.digest == processor.withRecommender { $0.digest })

    let stop = #expect(throws: Stop.self) { try scene.audit([]) }
    #expect(stop?.reason == .configuration)
    #expect(
      stop?.message.contains("epoch 1 of era 1 was folded by learner version 3, which alone can audit it") == true)

    // From the later checkpoint on there is nothing left to fold.
    let later = try scene.audit([checkpoints[0]])
    #expect(later.firstEpoch == 0 && later.unaudited.map(\.learnerVersion) == [3, 4])
    #expect(later.unaudited.last?.epochs == 2...processor.currentEpoch)
  }
}
