import Kafka
import Testing

/// What clients tell beside records, over the embedded cluster.
@Suite(.timeLimit(.minutes(1)))
struct ClientTests {
  @Test func `ends and beginnings are asked without watermarks`() throws {
    let embedded = try Embedded(partitions: 3)
    let producer = try Producer(embedded.properties)
    for partition in 0..<3 {
      for _ in 0..<(partition * 10) {
        try producer.send(topic: embedded.topic, partition: Int32(partition), value: [1])
      }
    }
    try producer.flush(timeoutMilliseconds: 10_000)
    let consumer = try embedded.consumer()
    let partitions = embedded.partitions
    let ends = try consumer.ends(of: partitions, timeoutMilliseconds: 5_000)
    #expect(ends == [partitions[0]: 0, partitions[1]: 10, partitions[2]: 20])
    let beginnings = try consumer.beginnings(of: partitions, timeoutMilliseconds: 5_000)
    #expect(beginnings == [partitions[0]: 0, partitions[1]: 0, partitions[2]: 0])
    #expect(try consumer.ends(of: [], timeoutMilliseconds: 1) == [:])
  }

  @Test func `the end of a partition that is not there is an error that names it`() throws {
    let embedded = try Embedded()
    let consumer = try embedded.consumer()
    let missing = TopicPartition(embedded.topic, 7)
    let error = #expect(throws: KafkaError.self) {
      _ = try consumer.ends(of: [embedded.partitions[0], missing], timeoutMilliseconds: 3_000)
    }
    #expect(error?.text.contains("\(missing)") == true)
  }

  @Test func `a cluster tells its id and its partitions`() throws {
    let embedded = try Embedded(partitions: 5)
    let admin = try Admin(embedded.properties)
    let id = try #require(admin.clusterID(timeoutMilliseconds: 5_000))
    #expect(id.hasPrefix("mockCluster"))
    #expect(try admin.partitionCount(of: embedded.topic, timeoutMilliseconds: 5_000) == 5)
    let consumer = try embedded.consumer()
    #expect(consumer.clusterID(timeoutMilliseconds: 5_000) == id)
    #expect(try consumer.partitionCount(of: embedded.topic, timeoutMilliseconds: 5_000) == 5)
  }

  @Test func `no reachable broker is an event, and questions end with their timeout`() throws {
    // Port 1 is nobody's.
    let properties = KafkaProperties(bootstrapServers: "127.0.0.1:1")
    let consumer = try Consumer(properties, group: "nobody", topics: ["nothing"])
    #expect(consumer.clusterID(timeoutMilliseconds: 300) == nil)
    #expect(throws: KafkaError.self) {
      _ = try consumer.partitionCount(of: "nothing", timeoutMilliseconds: 300)
    }
    #expect(throws: KafkaError.self) {
      _ = try consumer.ends(of: [TopicPartition("nothing", 0)], timeoutMilliseconds: 300)
    }
    let polled = consumer.poll(limit: 1, timeoutMilliseconds: 500) { _ in }
    #expect(polled.records == 0)
    let drained = consumer.events.drain()
    #expect(
      drained.events.contains {
        if case .error(let error) = $0 { error.code == .allBrokersDown } else { false }
      })
    #expect(
      drained.events.contains {
        if case .log(3, "FAIL", let text) = $0 { text.contains("127.0.0.1:1") } else { false }
      })
    #expect(consumer.events.lastError != nil)
  }

  @Test func `a waker asks only while the consumer is behind, and ends when told`() throws {
    let embedded = try Embedded()
    let producer = try Producer(embedded.properties)
    try producer.send(topic: embedded.topic, partition: 0, value: [1])
    try producer.flush(timeoutMilliseconds: 10_000)
    let consumer = try embedded.consumer()
    let waker = FetchWaker(for: consumer, partitions: embedded.partitions, intervalMilliseconds: 2)
    try consumer.assign([embedded.partitions[0]: 1])
    _ = consumer.poll(limit: 1, timeoutMilliseconds: 100) { _ in }
    #expect(waker.answers == 0)
    #expect(waker.ends.isEmpty)
    waker.setBehind(true)
    let deadline = ContinuousClock.now + .seconds(10)
    while waker.answers < 3, ContinuousClock.now < deadline {
      _ = consumer.poll(limit: 1, timeoutMilliseconds: 20) { _ in }
    }
    #expect(waker.answers >= 3)
    #expect(waker.ends == [embedded.partitions[0]: 1])
    waker.stop()
    let answers = waker.answers
    _ = consumer.poll(limit: 1, timeoutMilliseconds: 50) { _ in }
    #expect(waker.answers == answers)
  }

  @Test func `a consumer outlives a broker that comes back`() throws {
    let embedded = try Embedded()
    let producer = try Producer(embedded.properties)
    let consumer = try embedded.consumer()
    try consumer.assign([embedded.partitions[0]: 0])
    try producer.send(topic: embedded.topic, partition: 0, value: [1])
    #expect(consumer.read(1).seen.count == 1)
    try embedded.cluster.cut(broker: 1)
    try producer.send(topic: embedded.topic, partition: 0, value: [2])
    #expect(consumer.poll(limit: 10, timeoutMilliseconds: 300) { _ in }.records == 0)
    try embedded.cluster.restore(broker: 1)
    #expect(consumer.read(1).seen.map(\.value) == [[2]])
    try producer.flush(timeoutMilliseconds: 10_000)
    #expect(producer.counts == DeliveryCounts(enqueued: 2, delivered: 2))
  }

  @Test func `a transaction of another size than expected is not committed`() throws {
    let embedded = try Embedded()
    let producer = try TransactionalProducer(embedded.properties, transactionalID: unique("feed"))
    try producer.initTransactions(timeoutMilliseconds: 10_000)
    try producer.begin()
    try producer.send(topic: embedded.topic, partition: 0, value: [1])
    let error = #expect(throws: BrokerError.self) { try producer.commit(records: 2, timeoutMilliseconds: 5_000) }
    guard case .abortable(let reason) = error else {
      Issue.record("expected abortable")
      return
    }
    #expect(reason.code == .inconsistent)
    try producer.abort(timeoutMilliseconds: 10_000)
    try producer.begin()
    #expect(producer.counts == DeliveryCounts())
    try producer.send(topic: embedded.topic, partition: 0, value: [1])
    try producer.commit(records: 1, timeoutMilliseconds: 10_000)
    #expect(producer.counts == DeliveryCounts(enqueued: 1, delivered: 1))
  }

  @Test func `a commit without an answer is of unknown outcome, and asking again resumes it`() throws {
    let embedded = try Embedded()
    let producer = try TransactionalProducer(embedded.properties, transactionalID: unique("feed"))
    try producer.initTransactions(timeoutMilliseconds: 10_000)
    try producer.begin()
    try producer.send(topic: embedded.topic, partition: 0, value: [1])
    try producer.flush(timeoutMilliseconds: 10_000)
    try embedded.cluster.cut(broker: 1)
    let error = #expect(throws: BrokerError.self) { try producer.commit(records: 1, timeoutMilliseconds: 500) }
    guard case .unknownOutcome = error else {
      Issue.record("expected unknownOutcome, got \(String(describing: error))")
      return
    }
    try embedded.cluster.restore(broker: 1)
    try producer.commit(records: 1, timeoutMilliseconds: 20_000)
    #expect(try embedded.consumer().ends(of: embedded.partitions, timeoutMilliseconds: 5_000).values.first == 1)
  }

  @Test func `a call that does not fit the transaction's state is fatal`() throws {
    let embedded = try Embedded()
    let producer = try TransactionalProducer(embedded.properties, transactionalID: unique("feed"))
    let error = #expect(throws: BrokerError.self) { try producer.begin() }
    guard case .fatal(let reason) = error else {
      Issue.record("expected fatal")
      return
    }
    #expect(reason.code == .state)
  }

  @Test func `initTransactions without a broker is retriable when time is up`() throws {
    let properties = KafkaProperties(bootstrapServers: "127.0.0.1:1")
    let producer = try TransactionalProducer(properties, transactionalID: unique("feed"))
    let clock = ContinuousClock()
    let waited = clock.measure {
      let error = #expect(throws: BrokerError.self) { try producer.initTransactions(timeoutMilliseconds: 400) }
      guard case .retriable = error else {
        Issue.record("expected retriable")
        return
      }
    }
    #expect(waited < .seconds(5))
    #expect(producer.events.lastError != nil)
  }
}
