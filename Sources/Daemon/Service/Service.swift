internal import Glibc
package import Host
package import Kafka
internal import Learning
package import Pipeline
package import Setup
package import Telemetry

/// One shard at work on a real cluster: connects, recovers, and turns the loop until it is told to stop.
///
/// `serve`, `demo` and the benchmarks run the same one.
package final class Service {
  package typealias Loop = Processor<KafkaInputLog, KafkaJournalLog, ThreadedLane, ThreadedWorkshop, PosixDisk>

  /// How long a stop may take when the broker does not answer: then the process leaves without a checkpoint.
  static let stopLimitNanoseconds: Int64 = 8_000_000_000

  /// With a lag of more records than this, fetches are kept going; fewer are in the queue anyway.
  static let behindRecords: Int64 = 10_000

  /// The loop.
  package let loop: Loop
  /// Metrics and health, for HTTP.
  package let metrics: ServiceMetrics
  private let consumer: Consumer
  private let lagWatch: LagWatch
  private let waker: FetchWaker
  private let logger: Logger
  private let clusterID: String
  private let lane: ThreadedLane
  private let workshop: ThreadedWorkshop

  /// Connects and recovers.
  /// - Parameters:
  ///   - accepts: what this start may accept, see ``Acceptance``.
  ///   - checksTopics: whether the topics' settings are asked for. The embedded cluster lets that question time out.
  ///   - keepsAccounts: false only in a benchmark, see ``Processor/Options/keepsAccounts``.
  /// - Throws: ``Failure`` with the exit status that fits.
  package init(
    _ configuration: Configuration, finishesAtEnd: Bool = false, accepts: Set<Acceptance.Kind> = [],
    checksTopics: Bool = true, keepsAccounts: Bool = true, metrics: ServiceMetrics, logger: Logger,
    environment: [String: String] = [:]
  ) throws(Failure) {
    self.logger = logger
    self.metrics = metrics
    let disk = try Self.lock(configuration.stateDirectory)
    let properties = try Kafka.KafkaProperties(configuration)
    let deadline = SystemClock.monotonicNanoseconds() + Int64(configuration.startTimeoutSeconds) * 1_000_000_000
    let (cluster, inputs) = try Self.connect(
      configuration, properties, checksTopics: checksTopics, deadline: deadline, logger: logger)
    clusterID = cluster

    let (topics, group, transactionalID) = (
      configuration.topics, configuration.kafka.group, configuration.kafka.transactionalID
    )
    do {
      let consumer = try Consumer(properties, group: group, topics: [topics.items, topics.interactions])
      self.consumer = consumer
      lane = try ThreadedLane(onResult: { consumer.wake() }) { () throws(Stop) in
        do throws(PropertyError) {
          let producer = try TransactionalProducer(properties, transactionalID: transactionalID)
          return Committer(output: KafkaOutput(producer: producer, topics: topics, group: group)) {
            SystemClock.monotonicNanoseconds() / 1_000_000
          }
        } catch {
          throw Stop(.configuration, "\(error)")
        }
      }
      workshop = try ThreadedWorkshop { consumer.wake() }
    } catch let error as PropertyError {
      throw Failure(.configuration, "\(error)")
    } catch {
      throw Failure(.internalError, "\(error)")
    }
    // A recovery reads as fast as it can: from the first record on the consumer must not starve.
    let waker = FetchWaker(for: consumer, partitions: inputs.map { TopicPartition($0.topic, $0.partition) })
    waker.setBehind(true)
    self.waker = waker
    metrics.health.notReady("recovering")
    var options = Loop.Options(
      configuration: configuration.journaled, pacing: configuration.pacing, clusterID: cluster, inputs: inputs,
      incarnation: UInt64.random(in: 0...UInt64(Int64.max)), finishesAtEnd: finishesAtEnd)
    options.keepsAccounts = keepsAccounts
    options.accepts = accepts
    do throws(Stop) {
      loop = try Loop(
        world: Loop.World(
          log: KafkaInputLog(consumer: consumer, logger: logger),
          journal: KafkaJournalLog(properties: properties, group: group, topic: topics.journal), lane: lane,
          workshop: workshop, disk: disk),
        options: options,
        now: SystemClock.wallMilliseconds)
    } catch {
      throw Failure(error)
    }
    do throws(SystemError) {
      lagWatch = try LagWatch(consumer, inputs: inputs, next: loop.nextOffsets)
    } catch {
      throw Failure(.internalError, "\(error)")
    }
    for slot in loop.statistics.damagedSlots {
      logger.error("A checkpoint slot does not verify", ["slot": slot.name, "error": "\(slot.error)"])
    }
    if let ceiling = MemoryCeiling(configuration, holding: loop.withRecommender { $0.learner.counts }) {
      logger.warning("The state was made under larger budgets", ["memory_ceiling_bytes": ceiling.bytes])
    }
    logger.tellAccepted(loop.statistics.accepted, of: accepts)
    metrics.count(loop.statistics.accepted)
    logger.info(
      "Ready", ["epoch": loop.currentEpoch, "replayed_epochs": loop.statistics.replayedEpochs, "owed": loop.owedCount])
  }

  /// Makes a waiting loop turn: from any thread.
  package var wake: @Sendable () -> Void {
    let consumer = consumer
    return { consumer.wake() }
  }

  /// Records not yet folded.
  package var lag: Int64 { lagWatch.lag }

  /// Turns the loop until `isStopping` says so and everything in hand is safe, or the end is reached.
  /// - Parameter afterTurn: is called after every turn, with the wall clock in milliseconds.
  /// - Throws: ``Failure`` with the exit status that fits.
  package func run(until isStopping: () -> Bool, afterTurn: (Int64) -> Void = { _ in }) throws(Failure) {
    metrics.health.ready()
    var now: Int64 = 0
    var stopRequestedAt: Int64?
    while true {
      let monotonic = SystemClock.monotonicNanoseconds()
      metrics.health.beat(now: monotonic)
      // A wall clock that is set back must not stop the pacing.
      now = max(now, SystemClock.wallMilliseconds())
      let stops = isStopping()
      if stops, stopRequestedAt == nil {
        stopRequestedAt = monotonic
        metrics.health.notReady("stopping")
      }
      let isFinished: Bool
      do throws(Stop) { isFinished = try loop.turn(now: now, isStopping: stops) } catch { throw Failure(error) }
      lagWatch.update(next: loop.nextOffsets)
      let lag = lagWatch.lag
      waker.setBehind(lag > Self.behindRecords)
      metrics.update(from: loop, lag: lag)
      if let change = lagWatch.change {
        throw Failure(.unusableData, "\(change): users have moved between partitions. Keep the number, or begin anew.")
      }
      afterTurn(now)
      if isFinished { break }
      if let stopRequestedAt, monotonic - stopRequestedAt > Self.stopLimitNanoseconds {
        throw Failure(.temporaryFailure, "the broker did not take the last epoch within 8 s: left without a checkpoint")
      }
    }
    lagWatch.stop()
    waker.stop()
    workshop.stop()
    lane.stop()
  }

  // MARK: Connecting

  private static func lock(_ path: String) throws(Failure) -> PosixDisk {
    do throws(SystemError) { return try PosixDisk(path, .exclusive) } catch {
      if PosixDisk.isHeldByAnother(error) {
        throw Failure(.temporaryFailure, "another process holds the state directory \(path)")
      }
      throw Failure(.unusableData, "\(error)")
    }
  }

  private static func connect(
    _ configuration: Configuration, _ properties: Kafka.KafkaProperties, checksTopics: Bool, deadline: Int64,
    logger: Logger
  ) throws(Failure) -> (clusterID: String, inputs: [InputPartition]) {
    let admin: Admin
    do throws(PropertyError) { admin = try Admin(properties) } catch { throw Failure(.configuration, "\(error)") }
    let counts: [String: Int]
    do throws(Failure) {
      counts = try TopicSetup(configuration.topics).run(
        admin, bootstrapServers: configuration.kafka.bootstrapServers, checksSettings: checksTopics, deadline: deadline,
        logger: logger)
    } catch {
      guard error.status == .unavailable else { throw error }
      throw Failure(.unavailable, error.description + properties.cause(admin.events.lastError))
    }
    guard let cluster = admin.clusterID(timeoutMilliseconds: 10_000) else {
      throw Failure(
        .unavailable, "the broker does not tell the cluster's id" + properties.cause(admin.events.lastError))
    }
    func inputs(_ role: InputRole, _ topic: String) -> [InputPartition] {
      (0..<Int32(counts[topic]!)).map { InputPartition(role: role, topic: topic, partition: $0) }
    }
    return (
      cluster,
      inputs(.catalog, configuration.topics.items) + inputs(.interactions, configuration.topics.interactions)
    )
  }
}

extension Kafka.KafkaProperties {
  /// The properties that every client of this configuration is made with.
  package init(_ configuration: Configuration) throws(Failure) {
    self.init(bootstrapServers: configuration.kafka.bootstrapServers)
    for name in configuration.kafka.properties.names {
      set(name, to: configuration.kafka.properties.revealed(name)!)
    }
    do throws(PropertyError) { try validate() } catch { throw Failure(.configuration, "\(error)") }
  }
}

extension Kafka.KafkaProperties {
  /// What a client last reported, and what may help: a failed login is no error of the call, which just times out.
  func cause(_ error: KafkaError?) -> String {
    guard let error else { return "" }
    return ": \(error)" + (loginAdvice(on: error).map { ". \($0)" } ?? "")
  }
}

extension Failure {
  /// A stop of the loop, as one of the exit statuses that supervisors and scripts rely on.
  init(_ stop: Stop) {
    let status: ExitStatus =
      switch stop.reason {
      case .retryLater: .temporaryFailure
      case .unavailable: .unavailable
      case .unusableData: .unusableData
      case .internalError: .internalError
      case .configuration: .configuration
      }
    self.init(status, stop.message)
  }
}
