import Checkpoints
import FeedEvents
import Learning
import Pipeline
import Testing

/// One seed, one history: a daemon over a simulated world that is killed, unplugged, stalled and refused at random until its
/// input is folded and its lists are out.
struct History {
  typealias Simulated = Processor<
    SimulatedLog, SimulatedJournal, InlineLane<SimulatedOutput>, SimulatedWorkshop, SimulatedDisk
  >

  let seed: UInt64
  let cluster: SimulatedCluster
  var app: SimulatedApp
  var random: Randomness
  var options: Simulated.Options
  private var directory = SimulatedDirectory()
  private var time: Int64 = 10_000_000
  private(set) var starts = 0
  private(set) var stops: [Stop] = []

  init(seed: UInt64, plantedBug: PlantedBug? = nil) {
    self.seed = seed
    random = Randomness(seed: seed)
    cluster = SimulatedCluster(random: Randomness(seed: random.next()))
    let partitionCount = random.chance(40) ? 1 : 1 + random.below(3)
    app = SimulatedApp(
      random: Randomness(seed: random.next()), partitionCount: partitionCount, hasCatalog: random.chance(50))
    var pacing = Pacing()
    pacing.epochRecords = 1 + random.below(40)
    pacing.epochMilliseconds = 1 + random.below(200)
    pacing.freezeMilliseconds = 1 + random.below(400)
    pacing.freezeUsers = 1 + random.below(12)
    pacing.listsPerEpoch = 1 + random.below(8)
    pacing.checkpointSeconds = 1 + random.below(3)
    var configuration = JournaledConfiguration()
    configuration.lists.length = 1 + random.below(8)
    options = Simulated.Options(
      configuration: configuration, pacing: pacing, clusterID: "simulated", inputs: app.inputs, incarnation: 0)
    options.plantedBug = plantedBug
  }

  /// Runs to the end.
  /// - Throws: ``Violation`` where the daemon stops for a reason that the world did not give it.
  mutating func run() throws {
    let recordCount = 60 + random.below(200)
    var produced = 0
    cluster.faultPercent = random.below(6)
    var zombies: [Simulated] = []
    for _ in 0..<(2 + random.below(5)) {
      let process = SimulatedProcess(
        cluster: cluster, callsLeft: random.below(400), diskCallsLeft: random.chance(60) ? random.below(30) : nil)
      guard let processor = try start(process) else { continue }
      var turnsLeft = random.below(80)
      while turnsLeft > 0, !process.isDead {
        turnsLeft -= 1
        if produced < recordCount, random.chance(50) {
          let count = min(recordCount - produced, random.below(20))
          app.produce(count, to: cluster)
          produced += count
        }
        guard try turn(processor, process) else { break }
        // A deposed instance wakes up: it must find itself fenced and leave everything alone.
        if let zombie = zombies.last, random.chance(20) { try wake(zombie) }
      }
      if !process.isDead, random.chance(30) {
        // It stalls. The successor, on another machine, has a disk of its own.
        zombies.append(processor)
        directory = SimulatedDirectory()
      } else if random.chance(60) {
        directory.losePower(&random, cluster: cluster)
      } else if random.chance(10) {
        directory.flipBit(&random, cluster: cluster)
      }
      // Changing what is learned opens an era.
      if random.chance(10) { changeConfiguration() }
    }
    app.produce(recordCount - produced, to: cluster)

    // The last run is left alone, and ends by itself.
    cluster.faultPercent = 0
    cluster.writeAllMarkers()
    options.finishesAtEnd = true
    let process = SimulatedProcess(cluster: cluster, callsLeft: nil)
    guard let processor = try start(process) else { throw Violation("the undisturbed start failed: \(stops.last!)") }
    var turns = 0
    while try turn(processor, process) {
      turns += 1
      if turns > 20_000 { throw Violation("the undisturbed run does not end") }
    }
    cluster.writeAllMarkers()
  }

  private mutating func changeConfiguration() {
    options.configuration.learning.rate = [0.05, 0.11, 0.2][random.below(3)]
    options.configuration.lists.length = 1 + random.below(8)
  }

  mutating func start(_ process: SimulatedProcess) throws -> Simulated? {
    starts += 1
    options.incarnation = random.next()
    let output = SimulatedOutput(process: process, transactionalID: "shard-0")
    var ticks = time
    let lane = InlineLane(
      Committer(output: output, plantedBug: options.plantedBug) {
        ticks += 1
        return ticks
      })
    let now = time
    do throws(Stop) {
      return try Simulated(
        world: Simulated.World(
          log: SimulatedLog(process: process), journal: SimulatedJournal(process: process), lane: lane,
          workshop: SimulatedWorkshop(process: process),
          disk: SimulatedDisk(directory: directory, process: process)),
        options: options, now: { now })
    } catch {
      try allow(error, process)
      return nil
    }
  }

  /// Returns whether the process goes on.
  mutating func turn(_ processor: Simulated, _ process: SimulatedProcess) throws -> Bool {
    time += Int64(random.below(150))
    cluster.settleMarkers()
    do throws(Stop) {
      return try !processor.turn(now: time)
    } catch {
      try allow(error, process)
      return false
    }
  }

  private mutating func wake(_ zombie: Simulated) throws {
    do throws(Stop) { _ = try zombie.turn(now: time) } catch {
      guard error.reason == .retryLater || error.reason == .internalError else {
        throw Violation("a zombie stops with \(error.reason): \(error)")
      }
    }
  }

  /// Stops that the world's faults explain; anything else is a violation.
  private mutating func allow(_ stop: Stop, _ process: SimulatedProcess) throws {
    stops.append(stop)
    if process.isDead { return }
    switch stop.reason {
    case .retryLater, .unavailable: return
    case .internalError where stop.message.contains("was aborted"): return
    default: throw Violation("stopped by itself with \(stop.reason): \(stop)")
    }
  }
}

/// A guarantee that does not hold.
struct Violation: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
