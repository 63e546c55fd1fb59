internal import Daemon
internal import Glibc
internal import Kafka
internal import Setup
internal import Telemetry

/// The cluster that the log lies in, and topics of this run's own.
struct BenchBroker {
  /// The embedded cluster silently drops what is older than about 5 MiB per partition.
  static let embeddedPartitionBytes = 4 << 20
  /// Partitions in a real Kafka, as the daemon creates them.
  static let partitions = 12

  let bootstrapServers: String
  let isEmbedded: Bool
  let partitions: Int
  private let cluster: EmbeddedCluster?
  private let name = "bench-\(getpid())-\(SystemClock.wallMilliseconds())"

  init(_ options: BenchOptions, _ log: EventLog) throws {
    if let servers = options.bootstrapServers {
      (cluster, bootstrapServers, isEmbedded, partitions) = (nil, servers, false, Self.partitions)
    } else {
      let embedded = try EmbeddedCluster()
      (cluster, bootstrapServers, isEmbedded) = (embedded, embedded.bootstrapServers, true)
      let bytes = (log.eventBytes + 64) * log.interactions.count
      // Users are not spread evenly: half of the room is left free.
      partitions = max(Self.partitions, 2 * bytes / Self.embeddedPartitionBytes)
    }
  }

  /// The daemon's configuration for a round; the input topics are the same in all of them.
  func configuration(round: Int) -> Configuration {
    var configuration = Configuration()
    configuration.kafka.bootstrapServers = bootstrapServers
    if isEmbedded { configuration.kafka.properties.set("fetch.wait.max.ms", "10") }
    configuration.kafka.group = "\(name)-\(round)"
    configuration.kafka.transactionalID = "\(name)-\(round)"
    configuration.topics.interactions = "\(name)-interactions"
    configuration.topics.items = "\(name)-items"
    configuration.topics.recommendations = "\(name)-recommendations-\(round)"
    configuration.topics.deadLetter = "\(name)-dead-letter-\(round)"
    configuration.topics.journal = "\(name)-journal-\(round)"
    configuration.topics.partitions = partitions
    configuration.http.port = 0
    return configuration
  }

  var properties: KafkaProperties {
    get throws(Failure) { try KafkaProperties(configuration(round: 0)) }
  }

  /// Creates a round's topics where the daemon cannot.
  func createTopics(_ topics: Configuration.Topics) throws(KafkaError) {
    guard let cluster else { return }
    for topic in [topics.interactions, topics.items, topics.recommendations, topics.deadLetter] {
      try cluster.createTopic(topic, partitions: Int32(partitions))
    }
    try cluster.createTopic(topics.journal, partitions: 1)
  }

  /// Puts the log into the input topics.
  func send(_ log: EventLog) throws {
    let topics = configuration(round: 0).topics
    try createTopics(topics)
    if !isEmbedded {
      let new = [topics.interactions, topics.items].map { NewTopic($0, partitions: Int32(partitions)) }
      _ = try Admin(properties).createTopics(new, timeoutMilliseconds: 15_000)
    }
    let producer = try Producer(properties)
    for record in log.catalog { try producer.send(topic: topics.items, key: record.key, value: record.value) }
    for record in log.interactions {
      try producer.send(topic: topics.interactions, key: record.key, value: record.value)
    }
    try producer.flush(timeoutMilliseconds: 120_000)
    if let error = producer.counts.firstError { throw error }
  }
}
