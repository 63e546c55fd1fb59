import Evaluation
import FeedEvents
import Foundation
import Kafka
import Pipeline
import Testing

/// The topics of one test on a real Kafka, under names that no other run has.
struct FeedTopics {
  let prefix = "test-\(UUID().uuidString.prefix(8).lowercased())"
  let properties: KafkaProperties
  let interactionPartitions: Int32

  var interactions: String { "\(prefix).interactions" }
  var items: String { "\(prefix).items" }
  var recommendations: String { "\(prefix).recommendations" }
  var deadLetter: String { "\(prefix).dead-letter" }
  var journal: String { "\(prefix).journal" }

  init(interactionPartitions: Int32 = 1) throws {
    self.interactionPartitions = interactionPartitions
    properties = KafkaProperties(bootstrapServers: try #require(TestEnvironment.brokers))
    let admin = try Admin(properties)
    let created = try admin.createTopics(
      [
        NewTopic(
          interactions, partitions: interactionPartitions,
          settings: ["retention.ms": "-1", "max.message.bytes": "12000000"]),
        // Compaction as the daemon creates it, in one partition, so that the catalog has one order.
        NewTopic(
          items, partitions: 1, settings: ["cleanup.policy": "compact", "min.compaction.lag.ms": "604800000"]),
        // Not compacted here: every list that was ever visible is looked at.
        NewTopic(recommendations, partitions: 3), NewTopic(deadLetter, partitions: 1),
        NewTopic(journal, partitions: 1, settings: ["retention.ms": "-1"]),
      ], timeoutMilliseconds: 30_000)
    try #require(created.values.allSatisfy { $0 == .created }, "\(created)")
    // Created on the controller; the broker that is asked next learns of them a moment later.
    let deadline = Date().addingTimeInterval(30)
    for topic in created.keys {
      while (try? admin.describeConfigs(of: topic, timeoutMilliseconds: 10_000)) == nil {
        try #require(Date() < deadline, "\(topic) does not appear")
        usleep(10_000)
      }
    }
  }

  /// Waits until whatever a daemon that has ended committed can be read: acknowledged is not yet visible, partition by partition.
  /// Whoever takes over its transactional id is answered when the last marker is written.
  func settle() throws {
    let successor = try TransactionalProducer(properties, transactionalID: prefix)
    try successor.initTransactions(timeoutMilliseconds: 60_000)
  }

  /// The daemon's arguments for these topics.
  func arguments(_ subcommand: String, state: URL, _ more: String...) -> [String] {
    var arguments = [
      subcommand, "--bootstrap-servers", TestEnvironment.brokers!, "--state-directory", state.path, "--http-port", "0",
      "--kafka", "fetch.wait.max.ms=20",
    ]
    let settings = [
      "topics.interactions=\(interactions)", "topics.items=\(items)", "topics.recommendations=\(recommendations)",
      "topics.dead_letter=\(deadLetter)", "topics.journal=\(journal)", "kafka.transactional_id=\(prefix)",
      "kafka.group=\(prefix)", "checkpoint.interval_seconds=1",
    ]
    for setting in settings { arguments += ["--set", setting] }
    return arguments + more
  }

  func produce(catalog: [CatalogItem], interactions events: some Sequence<Interaction>) throws {
    let producer = try Producer(properties)
    for item in catalog { try producer.send(topic: items, key: item.itemID, value: item.encoded()) }
    for event in events {
      try producer.send(
        topic: interactions, key: event.userID, value: event.encoded(), timestamp: event.occurredAt)
    }
    try producer.flush(timeoutMilliseconds: 60_000)
    try #require(producer.counts.delivered == producer.counts.enqueued)
  }

  /// Everything a read_committed reader sees of a topic.
  func read(_ topic: String, partitions: Int32 = 1) throws -> [Seen] {
    let consumer = try Consumer(properties, group: prefix + "-reader", topics: [topic])
    let all = (0..<partitions).map { TopicPartition(topic, $0) }
    let patience = Date().addingTimeInterval(30)
    var answer: [TopicPartition: Int64]?
    while answer == nil {
      do { answer = try consumer.ends(of: all, timeoutMilliseconds: 10_000) } catch {
        try #require(Date() < patience, "\(topic): \(error)")
        usleep(10_000)
      }
    }
    let ends = try #require(answer)
    try consumer.assign(Dictionary(uniqueKeysWithValues: all.map { ($0, Int64(0)) }))
    var reached = Dictionary(uniqueKeysWithValues: all.map { ($0, Int64(0)) })
    var seen: [Seen] = []
    let deadline = Date().addingTimeInterval(60)
    while all.contains(where: { reached[$0]! < ends[$0]! }) {
      let polled = consumer.poll(limit: 5_000, timeoutMilliseconds: 100) { record in
        let partition = TopicPartition(topic, record.partition)
        seen.append(Seen(partition: record.partition, offset: record.offset, key: record.key, value: record.value))
        reached[partition] = max(reached[partition]!, record.offset + 1)
      }
      for end in polled.ends { reached[end.partition] = max(reached[end.partition]!, end.offset) }
      try #require(Date() < deadline, "reading \(topic) takes too long: \(reached) of \(ends)")
    }
    return seen
  }

  struct Seen {
    let partition: Int32
    let offset: Int64
    let key: [UInt8]?
    let value: [UInt8]?
  }

  /// The journal's epochs, in its order.
  func epochs() throws -> [JournalEntry] {
    try read(journal).compactMap { record in
      let content = try JournalContent(decoding: JournalRecord(offset: record.offset, value: record.value ?? []))
      if case .epoch(let entry) = content { return entry }
      return nil
    }
  }
}
