import Kafka
import Testing

/// A name no other test and no other run uses.
func unique(_ name: String) -> String {
  "\(name)-\(UInt64.random(in: .min ... .max))"
}

/// An embedded cluster with one topic, and properties for clients of it.
struct Embedded {
  let cluster: EmbeddedCluster
  let topic: String
  let partitions: [TopicPartition]
  var properties: KafkaProperties

  init(partitions count: Int32 = 1) throws {
    cluster = try EmbeddedCluster()
    let topic = unique("events")
    self.topic = topic
    try cluster.createTopic(topic, partitions: count)
    partitions = (0..<count).map { TopicPartition(topic, $0) }
    properties = KafkaProperties(bootstrapServers: cluster.bootstrapServers)
    // The mock broker sleeps through every fetch that finds nothing.
    properties.set("fetch.wait.max.ms", to: "10")
  }

  func consumer() throws -> Consumer {
    try Consumer(properties, group: unique("group"), topics: [topic])
  }
}

extension Admin {
  /// A new topic of a real Kafka, once the broker that answers questions knows it too: it is created on the controller, and
  /// brokers learn of it a moment later.
  func makeTopic(partitions: Int32 = 1, settings: [String: String] = [:]) throws -> String {
    let topic = unique("woonkly-test")
    let created = try createTopics(
      [NewTopic(topic, partitions: partitions, settings: settings)], timeoutMilliseconds: 20_000)
    try #require(created == [topic: .created])
    let deadline = ContinuousClock.now + .seconds(15)
    while try !knows(topic) { try #require(ContinuousClock.now < deadline, "\(topic) does not appear") }
    return topic
  }

  private func knows(_ topic: String) throws(KafkaError) -> Bool {
    do {
      _ = try describeConfigs(of: topic, timeoutMilliseconds: 20_000)
      return true
    } catch {
      if error.code == .unknownTopicOrPartition { return false }
      throw error
    }
  }
}

/// What a test keeps of a record.
struct Seen: Equatable {
  var partition: Int32
  var offset: Int64
  var key: [UInt8]?
  var value: [UInt8]?
}

extension Consumer {
  /// Polls until `count` records were seen, or a partition failed, or 15 s have passed.
  func read(_ count: Int, limit: Int = 1_000) -> (seen: [Seen], failures: [ConsumerFailure]) {
    var seen: [Seen] = []
    let deadline = ContinuousClock.now + .seconds(15)
    while seen.count < count, ContinuousClock.now < deadline {
      let polled = poll(limit: limit, timeoutMilliseconds: 200) { record in
        seen.append(
          Seen(partition: record.partition, offset: record.offset, key: record.key, value: record.value))
      }
      if !polled.failures.isEmpty { return (seen, polled.failures) }
    }
    return (seen, [])
  }

  /// Polls until a partition fails, or 15 s have passed.
  func firstFailure() -> ConsumerFailure? {
    read(.max).failures.first
  }
}

extension [UInt8] {
  init(_ text: String) {
    self = Array(text.utf8)
  }
}
