import Daemon
import Kafka
import Setup
import Testing

/// An embedded cluster with the program's topics.
struct SmallCluster {
  let cluster: EmbeddedCluster
  let properties: KafkaProperties
  let topics = Configuration().topics

  init(partitions: Int32 = 1) throws {
    cluster = try EmbeddedCluster()
    for topic in [topics.interactions, topics.items, topics.recommendations, topics.deadLetter] {
      try cluster.createTopic(topic, partitions: partitions)
    }
    try cluster.createTopic(topics.journal, partitions: 1)
    var properties = KafkaProperties(bootstrapServers: cluster.bootstrapServers)
    // The embedded brokers sleep through every fetch that finds nothing.
    properties.set("fetch.wait.max.ms", to: "10")
    self.properties = properties
  }

  /// The options by which the program finds it.
  var options: [String] {
    ["--bootstrap-servers", cluster.bootstrapServers, "--kafka", "fetch.wait.max.ms=10"]
  }

  struct Stored: Equatable {
    var partition: Int32
    var timestamp: Int64
    var key: [UInt8]?
    var value: [UInt8]?
  }

  /// The topic's records, once there are `count`, by partition and offset; what there is after 15 s.
  func records(of topic: String, partitions: Int32 = 1, count: Int) throws -> [Stored] {
    let consumer = try Consumer(properties, group: "test", topics: [topic])
    try consumer.assign(
      Dictionary(uniqueKeysWithValues: (0..<partitions).map { (TopicPartition(topic, $0), 0) }))
    var records = (0..<partitions).map { _ in [Stored]() }
    let deadline = ContinuousClock.now + .seconds(15)
    while records.reduce(0, { $0 + $1.count }) < count, ContinuousClock.now < deadline {
      _ = consumer.poll(limit: 1_000, timeoutMilliseconds: 100) {
        records[Int($0.partition)].append(
          Stored(partition: $0.partition, timestamp: $0.timestamp, key: $0.key, value: $0.value))
      }
    }
    return Array(records.joined())
  }
}
