import Checkpoints
import FeedEvents
import Testing

@testable import Pipeline

/// A daemon over an undisturbed simulated world with one partition, which is stopped, killed, and robbed of records.
final class AcceptanceScene {
  typealias Simulated = History.Simulated

  static let inputs = [InputPartition(role: .interactions, topic: SimulatedApp.interactionsTopic, partition: 0)]
  static let log = "interactions-0"
  static let journal = "journal-0"

  let cluster = SimulatedCluster(random: Randomness(seed: 1))
  /// The state directory.
  var directory = SimulatedDirectory()
  private var options = Simulated.Options(
    configuration: JournaledConfiguration(), pacing: pacing, clusterID: "simulated", inputs: inputs, incarnation: 0)
  private var time: Int64 = 1_795_000_000_000
  private var produced = 0

  /// Epochs of five records, and no checkpoint but at a stop.
  private static var pacing: Pacing {
    var pacing = Pacing()
    (pacing.epochRecords, pacing.epochMilliseconds, pacing.freezeMilliseconds) = (5, 1, 1)
    pacing.checkpointSeconds = 1_000_000
    return pacing
  }

  /// Six users turn to ten items.
  func produce(_ count: Int) {
    for _ in 0..<count {
      let like = Interaction(
        userID: Array("user-\(produced % 6)".utf8), itemID: Array("item-\(produced * 7 % 10)".utf8), type: .like,
        occurredAt: time + Int64(produced))
      cluster.append(.init(key: like.userID, value: like.encoded(), timestamp: time), to: Self.log)
      produced += 1
    }
  }

  func forget(_ user: Int) {
    cluster.append(.init(key: Array("user-\(user)".utf8), value: nil, timestamp: time), to: Self.log)
    produced += 1
  }

  /// - Parameter calls: after so many calls to the outside world it dies.
  func start(accepting kinds: Set<Acceptance.Kind> = [], calls: Int? = nil) throws -> Simulated {
    options.incarnation += 1
    options.accepts = kinds
    let process = SimulatedProcess(cluster: cluster, callsLeft: calls)
    let now = time
    cluster.writeAllMarkers()
    defer { cluster.writeAllMarkers() }
    return try Simulated(
      world: Simulated.World(
        log: SimulatedLog(process: process), journal: SimulatedJournal(process: process),
        lane: InlineLane(Committer(output: SimulatedOutput(process: process, transactionalID: "shard-0")) { now }),
        workshop: SimulatedWorkshop(process: process), disk: SimulatedDisk(directory: directory, process: process)),
      options: options, now: { now })
  }

  /// Lets the daemon turn until everything is folded and everybody listed.
  func run(_ processor: Simulated) throws {
    var turns = 0
    while processor.nextOffsets[0] < Int64(produced) || processor.owedCount > 0 {
      cluster.writeAllMarkers()
      try #require(try !processor.turn(now: time))
      time += 1_000
      turns += 1
      try #require(turns < 1_000, "\(processor.nextOffsets) of \(produced), \(processor.owedCount) owed")
    }
    cluster.writeAllMarkers()
  }

  /// Lets the daemon end with a checkpoint.
  func stop(_ processor: Simulated) throws {
    while try !processor.turn(now: time, isStopping: true) {
      cluster.writeAllMarkers()
      time += 1_000
    }
    cluster.writeAllMarkers()
  }

  /// What a start is refused for.
  func refusal(accepting kinds: Set<Acceptance.Kind> = []) -> Stop? {
    do {
      _ = try start(accepting: kinds)
      return nil
    } catch {
      return error as? Stop
    }
  }

  /// Somebody changes the journal's text.
  func rewriteJournal(_ change: (String) -> String) {
    cluster.rewrite(Self.journal) { Array(change(String(decoding: $1, as: UTF8.self)).utf8) }
  }

  func journalRecords() -> [JournalRecord] {
    cluster.visibleRecords(Self.journal).map { JournalRecord(offset: $0.offset, value: $0.record.value!) }
  }

  func eras() throws -> [Era] {
    try journalRecords().compactMap {
      if case .start(let start) = try JournalContent(decoding: $0) { start.era } else { nil }
    }
  }

  func epochs() throws -> [JournalEntry] {
    try journalRecords().compactMap {
      if case .epoch(let entry) = try JournalContent(decoding: $0) { entry } else { nil }
    }
  }

  func checkpoints() throws -> [Checkpoint] {
    var disk = QuietDisk(directory: directory)
    return try CheckpointStore.load(from: &disk).compactMap(\.checkpoint)
  }

  func audit(_ checkpoints: [Checkpoint]) throws -> Audit<SimulatedLog>.Report {
    let lists = cluster.visibleRecords("recommendations-0").compactMap { record in
      record.record.value.map { Audit<SimulatedLog>.Published(userID: record.record.key!, value: $0) }
    }
    var audit = try Audit<SimulatedLog>(lists: lists, checkpoints: checkpoints)
    var log = SimulatedLog(process: SimulatedProcess(cluster: cluster, callsLeft: nil))
    var journal = KeptJournal(records: journalRecords())
    return try audit.run(journal: &journal, log: &log, now: { 0 })
  }

  /// Everything that a read_committed reader can check.
  func checkGuarantees() throws {
    try Guarantees(cluster, inputs: Self.inputs, window: EventWindow.limitEvents).check()
  }
}
