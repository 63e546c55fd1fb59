import Checkpoints
import FeedEvents
import Learning
@testable import Pipeline
import Testing

@Suite struct AuditTests {
  private struct Scene {
    var journal: [JournalRecord]
    var lists: [Audit<SimulatedLog>.Published]
    let cluster: SimulatedCluster
    let window: Int
    var checkpoints: [Checkpoint] = []

    func audit() throws -> Audit<SimulatedLog>.Report {
      var audit = try Audit<SimulatedLog>(
        lists: lists, checkpoints: checkpoints, window: window, learnerVersion: Learner.version)
      var log = SimulatedLog(process: SimulatedProcess(cluster: cluster, callsLeft: nil))
      var journal = KeptJournal(records: journal)
      return try audit.run(journal: &journal, log: &log, now: { 0 })
    }
  }

  private static let shape = HistoryShape(
    records: 120, starts: 4, turns: 80, calls: 400, hasRetention: false, hasUpgrades: false)

  private func scene(seed: UInt64) throws -> Scene {
    let history = History(seed: seed, shape: Self.shape)
    try history.run()
    let cluster = history.cluster
    return Scene(
      journal: cluster.visibleRecords("journal-0").map { JournalRecord(offset: $0.offset, value: $0.record.value!) },
      lists: cluster.visibleRecords("recommendations-0").compactMap { record in
        record.record.value.map { Audit<SimulatedLog>.Published(userID: record.record.key!, value: $0) }
      }, cluster: cluster, window: history.options.window, checkpoints: [])
  }

  /// The same with its last two checkpoints, the newest first.
  private func sceneWithCheckpoints() throws -> Scene {
    for seed in 1... as PartialRangeFrom<UInt64> {
      let history = History(seed: seed, shape: Self.shape)
      try history.run()
      var disk = QuietDisk(directory: history.machines[history.current].directory)
      let checkpoints = try CheckpointStore.load(from: &disk).compactMap(\.checkpoint)
      guard checkpoints.count == 2, checkpoints[1].header.epoch > 1,
        checkpoints[0].header.epoch > checkpoints[1].header.epoch
      else { continue }
      var scene = try scene(seed: seed)
      scene.checkpoints = checkpoints
      return scene
    }
    throw Violation(.checkpoints, "no history has two checkpoints")
  }

  @Test func `a journal that was deleted below the older checkpoint is audited from there, and the report says so`()
    throws
  {
    var scene = try sceneWithCheckpoints()
    let (newest, older) = (scene.checkpoints[0].header, scene.checkpoints[1].header)
    scene.journal.removeAll { $0.offset < older.journalOffset }
    scene.lists.removeAll()
    let report = try scene.audit()
    #expect(report.firstEpoch == older.epoch + 1 && report.lastEpoch >= newest.epoch && report.checkpoints >= 1)
    #expect(report.unaudited.first?.epochs.lowerBound == 1 && report.unaudited.last?.epochs.upperBound == older.epoch)

    // Where the older one is too old, the newer one is begun with.
    scene.journal.removeAll { $0.offset < newest.journalOffset }
    #expect(try scene.audit().unaudited.last?.epochs.upperBound == newest.epoch)
  }

  @Test func `a journal of which too much was deleted says what is missing`() throws {
    var scene = try sceneWithCheckpoints()
    let newest = scene.checkpoints[0].header
    scene.journal.removeAll { $0.offset <= newest.journalOffset }
    if !scene.journal.isEmpty {
      let message = #expect(throws: Stop.self) { try scene.audit() }?.message
      #expect(message?.contains("the records between were deleted") == true, "\(message ?? "")")
    }
    scene.journal = []
    #expect(#expect(throws: Stop.self) { try scene.audit() }?.message.contains("the journal was lost") == true)
    scene.checkpoints = []
    try #require(!scene.lists.isEmpty)
    #expect(#expect(throws: Stop.self) { try scene.audit() }?.message.contains("the journal holds no era") == true)
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>) func `what really happened passes`(seed: UInt64) throws {
    let scene = try scene(seed: seed)
    let report = try scene.audit()
    #expect(report.firstEpoch == 1 && report.lastEpoch > 1)
    #expect(report.lists == scene.lists.count && report.lists > 0)
  }

  @Test func `a list with other bytes is found`() throws {
    var scene = try scene(seed: 1)
    let index = scene.lists.count / 2
    let text = String(decoding: scene.lists[index].value, as: UTF8.self)
    let changed = text.replacing(#""score":"#, with: #""score": "#, maxReplacements: 1)
    try #require(changed != text)
    scene.lists[index] = Audit.Published(userID: scene.lists[index].userID, value: Array(changed.utf8))
    let stop = #expect(throws: Stop.self) { try scene.audit() }
    #expect(stop?.message.contains("other bytes") == true)
  }

  @Test func `a list with a time that the journal does not have is found`() throws {
    var scene = try scene(seed: 1)
    let list = scene.lists[0]
    var decoded = try RecommendationsDecoder().decode(list.value)
    decoded.generatedAt += 1
    scene.lists[0] = Audit.Published(userID: list.userID, value: decoded.encoded())
    #expect(#expect(throws: Stop.self) { try scene.audit() }?.message.contains("other bytes") == true)
  }

  @Test func `an epoch that the journal has with another digest is found, and so is one that is missing`() throws {
    let original = try scene(seed: 2)
    let index = try #require(
      original.journal.lastIndex { String(decoding: $0.value, as: UTF8.self).contains(#""kind":"epoch""#) })
    guard case .epoch(let entry) = try JournalContent(decoding: original.journal[index]) else { return }
    let forged = JournalEntry(
      epoch: entry.epoch, ranges: entry.ranges, digest: entry.digest ^ 1, deadLetters: entry.deadLetters,
      lists: entry.lists, tombstones: entry.tombstones)

    var scene = original
    scene.journal[index] = JournalRecord(
      offset: scene.journal[index].offset, value: JournalContent.epoch(forged).encoded())
    #expect(#expect(throws: Stop.self) { try scene.audit() }?.message.contains("the code diverged") == true)

    scene = original
    let earlier = try #require(
      original.journal.firstIndex { String(decoding: $0.value, as: UTF8.self).contains(#""epoch":2,"#) })
    scene.journal.remove(at: earlier)
    #expect(#expect(throws: Stop.self) { try scene.audit() }?.message.contains("the journal is broken") == true)
  }

  @Test func `a log that was changed is told from code that diverged`() throws {
    let scene = try scene(seed: 3)
    let partition = "interactions-0"
    scene.cluster.tamper(partition)
    #expect(#expect(throws: Stop.self) { try scene.audit() }?.message.contains("the log changed") == true)
  }
}
