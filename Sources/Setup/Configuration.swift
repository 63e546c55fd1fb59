package import Pipeline
package import Telemetry

/// Everything that can be set. Its keys are in ``settings``; where values come from is `EffectiveConfiguration`'s matter.
package struct Configuration: Equatable, Sendable {
  /// The brokers and how to talk to them.
  package var kafka = Kafka()
  /// What the topics are called, and how missing ones are created.
  package var topics = Topics()
  /// Where checkpoints lie. One process at a time.
  package var stateDirectory = "/var/lib/woonkly-feed"
  /// What is learned and listed: carried by the journal, so that a change opens an era.
  package var journaled = JournaledConfiguration()
  /// When epochs close, lists are rebuilt and checkpoints written.
  package var pacing = Pacing()
  /// Health and metrics.
  package var http = HTTP()
  /// The log on standard error.
  package var log = Log()
  /// How long `serve` waits for the broker before it gives up with 69.
  package var startTimeoutSeconds = 30

  /// The defaults.
  package init() {}

  /// The brokers and how to talk to them.
  package struct Kafka: Equatable, Sendable {
    /// Where to find the cluster: HOST:PORT, separated by commas.
    package var bootstrapServers = "127.0.0.1:9092"
    /// The consumer group that positions are noted under, for lag tools. No member ever joins it.
    package var group = "woonkly-feed"
    /// Whoever starts with it fences whoever started with it before.
    package var transactionalID = "woonkly-feed-shard-0"
    /// Further properties of librdkafka's; those of ``secretFiles`` are among them once the configuration is read.
    package var properties = BrokerProperties()
    /// Properties whose values lie in files, by name.
    package var secretFiles: [String: String] = [:]
  }

  /// What the topics are called, and how missing ones are created.
  package struct Topics: Equatable, Sendable {
    /// In: what users did.
    package var interactions = "woonkly.interactions"
    /// In: the catalogue.
    package var items = "woonkly.items"
    /// Out: the lists.
    package var recommendations = "woonkly.recommendations"
    /// Out: what could not be used.
    package var deadLetter = "woonkly.interactions.dead-letter"
    /// Internal: the epochs.
    package var journal = "woonkly.feed.journal"
    /// Partitions of a topic that is created.
    package var partitions = 12
    /// Copies of a topic that is created; 0: as many as the broker's default, which whoever runs the cluster has chosen.
    package var replication = 0
    /// The same as Kafka's protocol has it: -1 is the broker's default.
    package var replicationFactor: Int32 { replication > 0 ? Int32(replication) : -1 }
  }

  /// Health and metrics.
  package struct HTTP: Equatable, Sendable {
    /// A numeric address. There is no authentication: beyond loopback, the network has to protect it.
    package var address = "127.0.0.1"
    /// 0: off.
    package var port = 9_464
  }

  /// The log on standard error.
  package struct Log: Equatable, Sendable {
    /// For people or for machines.
    package var format = LogFormat.text
    /// What is left out.
    package var level = LogLevel.info
  }
}
