internal import Glibc
internal import Kafka
package import Setup
internal import Telemetry

/// The topics as they have to be: creates what is missing, refuses what would lose data.
package struct TopicSetup {
  /// One topic: what it is called, and how it is created.
  struct Wanted {
    let name: String
    let partitions: Int
    let settings: [(name: String, value: String)]
  }

  /// A compacted catalog must keep what lies between a checkpoint and the journal's end.
  static let catalogLagMilliseconds = 7 * 24 * 3_600 * 1_000

  /// Between two questions about a topic that is not known everywhere yet: metadata takes some milliseconds to spread.
  private static let patienceMicroseconds: useconds_t = 10_000

  let topics: Configuration.Topics

  /// Follows the configuration.
  package init(_ topics: Configuration.Topics) {
    self.topics = topics
  }

  var wanted: [Wanted] {
    let lag = [("cleanup.policy", "compact"), ("min.compaction.lag.ms", "\(Self.catalogLagMilliseconds)")]
    return [
      Wanted(name: topics.interactions, partitions: topics.partitions, settings: [("cleanup.policy", "delete")]),
      Wanted(name: topics.items, partitions: topics.partitions, settings: lag),
      Wanted(name: topics.recommendations, partitions: topics.partitions, settings: [("cleanup.policy", "compact")]),
      Wanted(name: topics.deadLetter, partitions: topics.partitions, settings: [("cleanup.policy", "delete")]),
      Wanted(
        name: topics.journal, partitions: 1,
        settings: [("cleanup.policy", "delete"), ("retention.ms", "-1"), ("retention.bytes", "-1")]),
    ]
  }

  /// The command that creates a topic, for whoever may.
  func command(_ topic: Wanted, bootstrapServers: String) -> String {
    "kafka-topics.sh --bootstrap-server \(bootstrapServers) --create --topic \(topic.name) --partitions "
      + "\(topic.partitions)" + (topics.replication > 0 ? " --replication-factor \(topics.replication)" : "")
      + topic.settings.map { " --config \($0.name)=\($0.value)" }.joined()
  }

  /// Creates missing topics and checks the others.
  /// - Returns: the number of partitions per topic.
  /// - Throws: ``Failure``: 69 where the broker cannot be reached by `deadline` (monotonic nanoseconds), 78 where a topic is
  ///   missing and may not be created, or is set up so that it would lose data.
  func run(
    _ admin: Admin, bootstrapServers: String, checksSettings: Bool = true, deadline: Int64, logger: Logger
  ) throws(Failure) -> [String: Int] {
    var partitions: [String: Int] = [:]
    for topic in wanted {
      if let count = try count(of: topic.name, admin, deadline: deadline) {
        partitions[topic.name] = count
        continue
      }
      logger.info("Creating a topic", ["kafka.topic": topic.name, "partitions": topic.partitions])
      try create(topic, admin, bootstrapServers: bootstrapServers)
      while partitions[topic.name] == nil {
        partitions[topic.name] = try count(of: topic.name, admin, deadline: deadline)
        guard SystemClock.monotonicNanoseconds() < deadline else {
          throw Failure(.unavailable, "the topic \(topic.name) was created but does not appear")
        }
      }
    }
    if partitions[topics.journal] != 1 {
      throw Failure(
        .configuration, "\(topics.journal) has \(partitions[topics.journal]!) partitions, a journal has one")
    }
    if checksSettings { try check(admin, deadline: deadline, logger: logger) }
    return partitions
  }

  /// Asks about a topic that is known to exist, again while a broker has not heard of it yet: a topic is created on the
  /// controller, and the brokers learn of it one by one.
  /// - Throws: ``KafkaError``: any other, or the last one at `deadline` (monotonic nanoseconds).
  static func settled<Answer>(
    until deadline: Int64, _ ask: () throws(KafkaError) -> Answer
  ) throws(KafkaError) -> Answer {
    while true {
      do throws(KafkaError) {
        return try ask()
      } catch {
        guard error.code == .unknownTopicOrPartition, SystemClock.monotonicNanoseconds() < deadline else { throw error }
      }
      usleep(Self.patienceMicroseconds)
    }
  }

  private func create(_ topic: Wanted, _ admin: Admin, bootstrapServers: String) throws(Failure) {
    let new = NewTopic(
      topic.name, partitions: Int32(topic.partitions),
      replicationFactor: topics.replicationFactor,
      settings: Dictionary(uniqueKeysWithValues: topic.settings.map { ($0.name, $0.value) }))
    do throws(KafkaError) {
      let creations = try admin.createTopics([new], timeoutMilliseconds: 15_000)
      if case .failed(let error) = creations[topic.name] { throw error }
    } catch {
      throw Failure(
        .configuration,
        "the topic \(topic.name) is missing and cannot be created: \(error)\nwhoever may creates it with:\n  "
          + command(topic, bootstrapServers: bootstrapServers))
    }
  }

  private func count(of topic: String, _ admin: Admin, deadline: Int64) throws(Failure) -> Int? {
    while true {
      do throws(KafkaError) {
        return try admin.partitionCount(of: topic, timeoutMilliseconds: 2_000)
      } catch {
        guard SystemClock.monotonicNanoseconds() < deadline else {
          throw Failure(.unavailable, "the broker cannot be reached: \(error)")
        }
      }
    }
  }

  private func check(_ admin: Admin, deadline: Int64, logger: Logger) throws(Failure) {
    func settings(of topic: String) throws(KafkaError) -> [String: String] {
      try Self.settled(until: deadline) { () throws(KafkaError) in
        try admin.describeConfigs(of: topic, timeoutMilliseconds: 10_000)
      }
    }
    let found: [[String: String]]
    do throws(KafkaError) {
      found = [
        try settings(of: topics.interactions), try settings(of: topics.items), try settings(of: topics.journal),
      ]
    } catch {
      // The embedded cluster and some access lists do not answer this question.
      logger.warning("The topics' settings cannot be checked", ["error": "\(error)"])
      return
    }
    try check(interactions: found[0], items: found[1])
    for setting in try check(journal: found[2]) {
      logger.warning(
        "Once Kafka deletes what follows the newest checkpoint in the journal, no start recovers",
        ["kafka.topic": topics.journal, "setting": setting])
    }
  }

  /// Whether compaction takes what is still needed. `compact,delete` compacts as well.
  /// - Throws: ``Failure``: 78.
  func check(interactions: [String: String], items: [String: String]) throws(Failure) {
    if let policy = interactions["cleanup.policy"], policy.contains("compact") {
      throw Failure(
        .configuration,
        "\(topics.interactions) has cleanup.policy=\(policy): compaction would take events away before they are folded; "
          + "allowed is delete")
    }
    if items["cleanup.policy"]?.contains("compact") == true,
      let lag = items["min.compaction.lag.ms"].flatMap({ Int($0) }),
      lag < Self.catalogLagMilliseconds
    {
      throw Failure(
        .configuration,
        "\(topics.items) has min.compaction.lag.ms=\(lag): compaction could take values that a recovery needs; allowed is "
          + "\(Self.catalogLagMilliseconds) or more")
    }
  }

  /// Whether the journal stays for as long as a start may need it.
  /// - Returns: the settings by which Kafka deletes from it.
  /// - Throws: ``Failure``: 78.
  func check(journal: [String: String]) throws(Failure) -> [String] {
    if let policy = journal["cleanup.policy"], policy.contains("compact") {
      throw Failure(
        .configuration,
        "\(topics.journal) has cleanup.policy=\(policy): its records have no keys, and a start reads all of them; allowed "
          + "is delete")
    }
    return ["retention.ms", "retention.bytes"].compactMap { name in
      guard let value = journal[name].flatMap({ Int($0) }), value >= 0 else { return nil }
      return "\(name)=\(value)"
    }
  }
}
