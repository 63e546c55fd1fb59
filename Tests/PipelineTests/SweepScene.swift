import FeedEvents
@testable import Pipeline
import Testing

/// A daemon over an undisturbed simulated world whose clock the test turns.
struct SweepScene {
  typealias Simulated = History.Simulated

  static let inputs = [
    InputPartition(role: .catalog, topic: SimulatedApp.catalogTopic, partition: 0),
    InputPartition(role: .interactions, topic: SimulatedApp.interactionsTopic, partition: 0),
  ]
  static let minute: Int64 = 60_000
  static let hour: Int64 = 60 * minute
  static let day: Int64 = 24 * hour

  let cluster = SimulatedCluster(random: Randomness(seed: 1))
  private let directory = SimulatedDirectory()
  var options = Simulated.Options(
    configuration: JournaledConfiguration(), pacing: Pacing(), clusterID: "simulated", inputs: inputs, incarnation: 0)
  var time: Int64 = 1_795_000_000_000

  mutating func start() throws -> Simulated {
    options.incarnation += 1
    let process = SimulatedProcess(cluster: cluster, callsLeft: nil)
    let now = time
    return try Simulated(
      world: Simulated.World(
        log: SimulatedLog(process: process), journal: SimulatedJournal(process: process),
        lane: InlineLane(Committer(output: SimulatedOutput(process: process, transactionalID: "shard-0")) { now }),
        workshop: SimulatedWorkshop(process: process), disk: SimulatedDisk(directory: directory, process: process)),
      options: options, now: { now })
  }

  /// Lets the daemon turn until `duration` milliseconds have passed.
  mutating func run(_ processor: Simulated, for duration: Int64, step: Int64) throws {
    let end = time + duration
    while time < end {
      cluster.writeAllMarkers()
      try #require(try !processor.turn(now: time))
      time += step
    }
    cluster.writeAllMarkers()
  }

  func produce(_ interaction: Interaction) {
    cluster.append(
      .init(key: interaction.userID, value: interaction.encoded(), timestamp: interaction.occurredAt),
      to: "interactions-0")
  }

  func like(_ user: String, _ item: String, at time: Int64? = nil) {
    produce(
      Interaction(userID: Array(user.utf8), itemID: Array(item.utf8), type: .like, occurredAt: time ?? self.time))
  }

  func forget(_ user: String) {
    cluster.append(.init(key: Array(user.utf8), value: nil, timestamp: time), to: "interactions-0")
  }

  func publish(_ item: String, tags: [String] = [], expires: Int64? = nil) {
    let item = CatalogItem(itemID: Array(item.utf8), tags: tags.map { Array($0.utf8) }, expires: expires)
    cluster.append(.init(key: item.itemID, value: item.encoded(), timestamp: time), to: "items-0")
  }

  /// The lists of a user in the order of the topic, tombstones left out.
  func lists(of user: String) throws -> [Recommendations] {
    let decoder = RecommendationsDecoder()
    return try cluster.visibleRecords("recommendations-0").compactMap {
      guard $0.record.key == Array(user.utf8), let value = $0.record.value else { return nil }
      return try decoder.decode(value)
    }
  }

  /// Everything that a read_committed reader can check, strictly increasing versions among it.
  func checkGuarantees() throws {
    try Guarantees(cluster, inputs: Self.inputs, window: EventWindow.limitEvents).check()
  }
}
