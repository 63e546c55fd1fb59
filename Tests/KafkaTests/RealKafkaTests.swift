import Glibc
import Kafka
import Testing

/// `HOST:PORT,…` of a real Kafka, from the environment.
// SAFETY: read once; nothing in this process changes the environment.
private let brokers = unsafe getenv("WOONKLY_TEST_BROKERS").map { unsafe String(cString: $0) }

/// What the embedded cluster accepts without implementing it. Needs a real Kafka at WOONKLY_TEST_BROKERS=HOST:PORT,….
@Suite(.enabled(if: brokers != nil, "set WOONKLY_TEST_BROKERS to a real Kafka"), .timeLimit(.minutes(2)))
struct RealKafkaTests {
  let properties = KafkaProperties(bootstrapServers: brokers ?? "")

  private func makeTopic(partitions: Int32 = 1, settings: [String: String] = [:]) throws -> String {
    try Admin(properties).makeTopic(partitions: partitions, settings: settings)
  }

  private func makeProducer(_ id: String) throws -> TransactionalProducer {
    let producer = try TransactionalProducer(properties, transactionalID: id)
    try producer.initTransactions(timeoutMilliseconds: 30_000)
    return producer
  }

  private func makeConsumer(_ topic: String, group: String = unique("group"), from offset: Int64? = 0) throws
    -> Consumer
  {
    let consumer = try Consumer(properties, group: group, topics: [topic])
    if let offset { try consumer.assign([TopicPartition(topic, 0): offset]) }
    return consumer
  }

  @Test func `what was committed is read, what was aborted is not`() throws {
    let topic = try makeTopic()
    let producer = try makeProducer(unique("feed"))
    for (value, commits) in [(1, true), (2, false), (3, true)] as [(UInt8, Bool)] {
      try producer.begin()
      try producer.send(topic: topic, partition: 0, value: [value])
      try producer.flush(timeoutMilliseconds: 10_000)
      if commits {
        try producer.commit(records: 1, timeoutMilliseconds: 30_000)
      } else {
        try producer.abort(timeoutMilliseconds: 30_000)
      }
    }
    let seen = try makeConsumer(topic).read(2).seen
    #expect(seen.map(\.value) == [[1], [3]])
    // Markers take offsets too: 0 record, 1 marker, 2 aborted record, 3 marker, 4 record.
    #expect(seen.map(\.offset) == [0, 4])
  }

  @Test func `an open transaction is invisible, and the end stays before it`() throws {
    let topic = try makeTopic()
    let partition = TopicPartition(topic, 0)
    let producer = try makeProducer(unique("feed"))
    try producer.begin()
    try producer.send(topic: topic, partition: 0, value: [1])
    try producer.flush(timeoutMilliseconds: 10_000)
    let consumer = try makeConsumer(topic)
    #expect(consumer.poll(limit: 10, timeoutMilliseconds: 500) { _ in }.records == 0)
    #expect(try consumer.ends(of: [partition], timeoutMilliseconds: 10_000) == [partition: 0])
    try producer.commit(records: 1, timeoutMilliseconds: 30_000)
    #expect(consumer.read(1).seen.count == 1)
    #expect(try consumer.ends(of: [partition], timeoutMilliseconds: 10_000) == [partition: 2])
  }

  @Test func `a predecessor is fenced from every call`() throws {
    let topic = try makeTopic()
    let id = unique("feed")
    let predecessor = try makeProducer(id)
    try predecessor.begin()
    try predecessor.send(topic: topic, partition: 0, value: [1])
    try predecessor.flush(timeoutMilliseconds: 10_000)
    let successor = try makeProducer(id)

    func isFenced(_ error: BrokerError?) -> Bool {
      if case .fenced = error { true } else { false }
    }
    #expect(
      isFenced(
        #expect(throws: BrokerError.self) { try predecessor.commit(records: 1, timeoutMilliseconds: 30_000) }))
    #expect(isFenced(#expect(throws: BrokerError.self) { try predecessor.abort(timeoutMilliseconds: 10_000) }))
    #expect(isFenced(#expect(throws: BrokerError.self) { try predecessor.begin() }))
    #expect(
      isFenced(#expect(throws: BrokerError.self) { try predecessor.send(topic: topic, partition: 0, value: [1]) }))

    try successor.begin()
    try successor.send(topic: topic, partition: 0, value: [2])
    try successor.commit(records: 1, timeoutMilliseconds: 30_000)
    #expect(try makeConsumer(topic).read(1).seen.map(\.value) == [[2]])
  }

  @Test func `offsets sent in a transaction count when it commits, and only then`() throws {
    let topic = try makeTopic(partitions: 2)
    let group = unique("group")
    let consumer = try makeConsumer(topic, group: group, from: nil)
    let partitions = [TopicPartition(topic, 0), TopicPartition(topic, 1)]
    let producer = try makeProducer(unique("feed"))

    try producer.begin()
    try producer.sendOffsets([partitions[0]: 41], group: group, timeoutMilliseconds: 30_000)
    try producer.send(topic: topic, partition: 0, value: [1])
    try producer.abort(timeoutMilliseconds: 30_000)
    try producer.begin()
    try producer.sendOffsets([partitions[0]: 42], group: group, timeoutMilliseconds: 30_000)
    try producer.send(topic: topic, partition: 0, value: [1])
    try producer.commit(records: 1, timeoutMilliseconds: 30_000)

    // Acknowledged is not yet visible.
    var committed: [TopicPartition: Int64] = [:]
    let deadline = ContinuousClock.now + .seconds(30)
    while committed.isEmpty, ContinuousClock.now < deadline {
      usleep(10_000)
      committed = (try? consumer.committed(of: partitions, timeoutMilliseconds: 10_000)) ?? [:]
    }
    #expect(committed == [partitions[0]: 42])
  }

  @Test func `a start record's offset comes from its delivery report`() throws {
    let topic = try makeTopic()
    let producer = try makeProducer(unique("feed"))
    for round in 0..<2 {
      try producer.begin()
      try producer.send(topic: topic, partition: 0, value: [0])
      try producer.send(topic: topic, partition: 0, value: [7], token: 99)
      try producer.commit(records: 2, timeoutMilliseconds: 30_000)
      #expect(producer.takeDeliveries() == [Delivery(token: 99, partition: 0, offset: Int64(3 * round + 1))])
    }
    #expect(try makeConsumer(topic).read(4).seen.last == Seen(partition: 0, offset: 4, value: [7]))
  }

  @Test(arguments: [-1, 1]) func `an offset outside the log is a failure, once, then silence`(side: Int) throws {
    let topic = try makeTopic()
    let producer = try Producer(properties)
    try producer.send(topic: topic, partition: 0, value: [1])
    try producer.flush(timeoutMilliseconds: 10_000)
    let offset: Int64 = side < 0 ? 0 : 1_000
    if side < 0 {
      // The log's start moves past offset 0.
      try #require(
        try Admin(properties).deleteRecords(before: [TopicPartition(topic, 0): 1], timeoutMilliseconds: 20_000)
          == [TopicPartition(topic, 0): 1])
    }
    let consumer = try makeConsumer(topic, from: offset)
    let failure = try #require(consumer.firstFailure())
    guard case .offsetOutOfRange(TopicPartition(topic, 0), offset, _) = failure else {
      Issue.record("expected offsetOutOfRange, got \(failure)")
      return
    }
    try producer.send(topic: topic, partition: 0, value: [2])
    try producer.flush(timeoutMilliseconds: 10_000)
    let polled = consumer.poll(limit: 10, timeoutMilliseconds: 1_000) { _ in }
    #expect(polled.records == 0)
    #expect(polled.failures.isEmpty)
  }

  @Test func `beginnings and ends tell what is in the log`() throws {
    let topic = try makeTopic(partitions: 2)
    let partitions = [TopicPartition(topic, 0), TopicPartition(topic, 1)]
    let producer = try Producer(properties)
    for _ in 0..<5 { try producer.send(topic: topic, partition: 1, value: [1]) }
    try producer.flush(timeoutMilliseconds: 10_000)
    _ = try Admin(properties).deleteRecords(before: [partitions[1]: 2], timeoutMilliseconds: 20_000)
    let consumer = try makeConsumer(topic, from: nil)
    #expect(
      try consumer.beginnings(of: partitions, timeoutMilliseconds: 10_000) == [partitions[0]: 0, partitions[1]: 2])
    #expect(try consumer.ends(of: partitions, timeoutMilliseconds: 10_000) == [partitions[0]: 0, partitions[1]: 5])
  }

  @Test func `topics are created with their settings, and described with them`() throws {
    let topic = try makeTopic(partitions: 3, settings: ["cleanup.policy": "compact", "min.compaction.lag.ms": "7"])
    let admin = try Admin(properties)
    let settings = try admin.describeConfigs(of: topic, timeoutMilliseconds: 20_000)
    #expect(settings["cleanup.policy"] == "compact")
    #expect(settings["min.compaction.lag.ms"] == "7")
    #expect(settings["retention.ms"] != nil)
    #expect(try admin.partitionCount(of: topic, timeoutMilliseconds: 10_000) == 3)

    let other = unique("woonkly-test")
    let bad = unique("woonkly-test")
    let created = try admin.createTopics(
      [
        NewTopic(topic, partitions: 3), NewTopic(other, partitions: 1),
        NewTopic(bad, partitions: 1, settings: ["cleanup.policy": "burn"]),
      ], timeoutMilliseconds: 20_000)
    #expect(created[topic] == .existed)
    #expect(created[other] == .created)
    guard case .failed(let error) = created[bad] else {
      Issue.record("expected a failure")
      return
    }
    #expect(error.text.contains("burn"))
  }

  @Test func `a topic that is not there has no partitions and no settings`() throws {
    let missing = unique("woonkly-missing")
    let admin = try Admin(properties)
    #expect(try admin.partitionCount(of: missing, timeoutMilliseconds: 10_000) == nil)
    let error = #expect(throws: KafkaError.self) {
      _ = try admin.describeConfigs(of: missing, timeoutMilliseconds: 20_000)
    }
    #expect(error?.code == .unknownTopicOrPartition)
    // librdkafka gives a new topic 30 s to become known, and asks again after 5 minutes.
    var impatient = properties
    impatient.set("topic.metadata.propagation.max.ms", to: "500")
    impatient.set("topic.metadata.refresh.interval.ms", to: "500")
    let consumer = try Consumer(impatient, group: unique("group"), topics: [missing])
    try consumer.assign([TopicPartition(missing, 0): 0])
    guard case .unknownPartition(TopicPartition(missing, 0), _) = consumer.firstFailure() else {
      Issue.record("expected unknownPartition")
      return
    }
  }

  @Test func `the cluster's id is the same for every client`() throws {
    let id = try #require(try Admin(properties).clusterID(timeoutMilliseconds: 10_000))
    #expect(id.count == 22)
    #expect(try makeConsumer(unique("none"), from: nil).clusterID(timeoutMilliseconds: 10_000) == id)
    #expect(try makeProducer(unique("feed")).clusterID(timeoutMilliseconds: 10_000) == id)
  }

  @Test func `a record the broker refuses asks for an abort, and the next transaction goes through`() throws {
    let topic = try makeTopic(settings: ["max.message.bytes": "2000"])
    let producer = try makeProducer(unique("feed"))
    try producer.begin()
    let large = (0..<20_000).map { _ in UInt8.random(in: 0...255) }
    try producer.send(topic: topic, partition: 0, value: large)
    let error = #expect(throws: BrokerError.self) { try producer.commit(records: 1, timeoutMilliseconds: 30_000) }
    guard case .abortable = error else {
      Issue.record("expected abortable, got \(String(describing: error))")
      return
    }
    #expect(producer.counts.firstError?.code == .messageTooLarge)
    #expect(!producer.counts.isOutage)
    try producer.abort(timeoutMilliseconds: 30_000)
    for attempt in 0..<3 {
      do {
        try producer.begin()
        try producer.send(topic: topic, partition: 0, value: [1])
        try producer.commit(records: 1, timeoutMilliseconds: 30_000)
        break
      } catch {
        // The first transaction after an abort may fail once more with OUT_OF_ORDER_SEQUENCE_NUMBER.
        try #require(attempt < 2, "\(error)")
        try producer.abort(timeoutMilliseconds: 30_000)
      }
    }
    #expect(try makeConsumer(topic).read(1).seen.map(\.value) == [[1]])
  }
}
