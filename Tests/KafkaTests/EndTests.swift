import Glibc
import Kafka
import Testing

/// `HOST:PORT,…` of a real Kafka, from the environment.
// SAFETY: read once; nothing in this process changes the environment.
private let brokers = unsafe getenv("WOONKLY_TEST_BROKERS").map { unsafe String(cString: $0) }

extension Consumer {
  /// Polls until every partition has met the wanted end, or 15 s have passed; the newest end of each, and all records.
  fileprivate func readToEnds(
    _ wanted: [TopicPartition: Int64]
  ) -> (ends: [TopicPartition: Int64], records: Int, failures: [ConsumerFailure]) {
    var ends: [TopicPartition: Int64] = [:]
    var records = 0
    var failures: [ConsumerFailure] = []
    let deadline = ContinuousClock.now + .seconds(15)
    while ends != wanted, failures.isEmpty, ContinuousClock.now < deadline {
      let polled = poll(limit: 7, timeoutMilliseconds: 100) { _ in }
      records += polled.records
      failures += polled.failures
      for end in polled.ends { ends[end.partition] = end.offset }
    }
    return (ends, records, failures)
  }
}

/// The ends of partitions that are met in reading, over the embedded cluster.
@Suite(.timeLimit(.minutes(1)))
struct EndTests {
  @Test func `every partition tells its end once it is read, an empty one too`() throws {
    let embedded = try Embedded(partitions: 3)
    let producer = try Producer(embedded.properties)
    for (partition, count) in [0, 5, 20].enumerated() {
      for _ in 0..<count { try producer.send(topic: embedded.topic, partition: Int32(partition), value: [1]) }
    }
    try producer.flush(timeoutMilliseconds: 10_000)
    let consumer = try embedded.consumer()
    let partitions = embedded.partitions
    try consumer.assign([partitions[0]: 0, partitions[1]: 0, partitions[2]: 0])
    let wanted: [TopicPartition: Int64] = [partitions[0]: 0, partitions[1]: 5, partitions[2]: 20]
    let read = consumer.readToEnds(wanted)
    #expect(read.ends == wanted)
    #expect(read.records == 25)
    #expect(read.failures.isEmpty)
  }

  @Test func `an end is told after the records before it, and again after each growth`() throws {
    let embedded = try Embedded()
    let partition = embedded.partitions[0]
    let producer = try Producer(embedded.properties)
    let consumer = try embedded.consumer()
    try consumer.assign([partition: 0])
    for round in 0..<3 {
      let read = consumer.readToEnds([partition: Int64(round)])
      #expect(read.ends == [partition: Int64(round)])
      #expect(read.records == (round == 0 ? 0 : 1))
      try producer.send(topic: embedded.topic, partition: 0, value: [1])
      try producer.flush(timeoutMilliseconds: 10_000)
    }
  }
}

/// Ends behind records that are never delivered. Needs a real Kafka at WOONKLY_TEST_BROKERS=HOST:PORT,….
@Suite(.enabled(if: brokers != nil, "set WOONKLY_TEST_BROKERS to a real Kafka"), .timeLimit(.minutes(2)))
struct RealEndTests {
  let properties = KafkaProperties(bootstrapServers: brokers ?? "")

  @Test(arguments: [true, false]) func `the end counts the marker of a transaction and the records it took back`(
    commits: Bool
  ) throws {
    let topic = try Admin(properties).makeTopic()
    let partition = TopicPartition(topic, 0)
    let producer = try TransactionalProducer(properties, transactionalID: unique("feed"))
    try producer.initTransactions(timeoutMilliseconds: 30_000)
    try producer.begin()
    for _ in 0..<3 { try producer.send(topic: topic, partition: 0, value: [1]) }
    try producer.flush(timeoutMilliseconds: 10_000)
    if commits {
      try producer.commit(records: 3, timeoutMilliseconds: 30_000)
    } else {
      try producer.abort(timeoutMilliseconds: 30_000)
    }
    let consumer = try Consumer(properties, group: unique("group"), topics: [topic])
    try consumer.assign([partition: 0])
    // Three records and one marker.
    let read = consumer.readToEnds([partition: 4])
    #expect(read.ends == [partition: 4])
    #expect(read.records == (commits ? 3 : 0))
    #expect(read.failures.isEmpty)
  }

  @Test func `the end stays before an open transaction`() throws {
    let topic = try Admin(properties).makeTopic()
    let partition = TopicPartition(topic, 0)
    let producer = try TransactionalProducer(properties, transactionalID: unique("feed"))
    try producer.initTransactions(timeoutMilliseconds: 30_000)
    try producer.begin()
    try producer.send(topic: topic, partition: 0, value: [1])
    try producer.flush(timeoutMilliseconds: 10_000)
    let consumer = try Consumer(properties, group: unique("group"), topics: [topic])
    try consumer.assign([partition: 0])
    let before = consumer.readToEnds([partition: 0])
    #expect(before.ends == [partition: 0])
    #expect(before.records == 0)
    try producer.commit(records: 1, timeoutMilliseconds: 30_000)
    let after = consumer.readToEnds([partition: 2])
    #expect(after.ends == [partition: 2])
    #expect(after.records == 1)
  }
}
