import Dispatch
import Kafka
import Testing

/// Producer and consumer over the embedded cluster.
@Suite(.timeLimit(.minutes(1)))
struct RoundTripTests {
  @Test func `a record comes back with key, value, headers and timestamp`() throws {
    let embedded = try Embedded()
    let producer = try Producer(embedded.properties)
    let headers = [RecordHeader("reason", [UInt8]("late")), RecordHeader("empty", []), RecordHeader("null", nil)]
    try producer.send(
      topic: embedded.topic, partition: 0, key: [UInt8]("u_1"), value: [0, 255, 10], headers: headers,
      timestamp: 1_795_315_069_113)
    try producer.flush(timeoutMilliseconds: 10_000)

    let consumer = try embedded.consumer()
    try consumer.assign([embedded.partitions[0]: 0])
    var count = 0
    while count == 0 {
      let polled = consumer.poll(limit: 10, timeoutMilliseconds: 1_000) { record in
        #expect(record.topic == 0)
        #expect(record.partition == 0)
        #expect(record.offset == 0)
        #expect(record.timestamp == 1_795_315_069_113)
        #expect(record.key == [UInt8]("u_1"))
        #expect(record.value == [0, 255, 10])
        #expect(record.headers == headers)
        #expect(record.withValue { $0?.count } == 3)
        #expect(record.withKey { $0?[0] } == UInt8(ascii: "u"))
      }
      #expect(polled.failures.isEmpty)
      count += polled.records
    }
    #expect(count == 1)
  }

  @Test func `null and empty keys and values stay apart`() throws {
    let embedded = try Embedded()
    let producer = try Producer(embedded.properties)
    let sent: [(key: [UInt8]?, value: [UInt8]?)] = [(nil, nil), ([], nil), (nil, []), ([], []), ([1], [2])]
    for (key, value) in sent {
      try producer.send(topic: embedded.topic, partition: 0, key: key, value: value)
    }
    try producer.flush(timeoutMilliseconds: 10_000)
    #expect(producer.counts == DeliveryCounts(enqueued: 5, delivered: 5))

    let consumer = try embedded.consumer()
    try consumer.assign([embedded.partitions[0]: 0])
    let seen = consumer.read(5).seen
    #expect(seen.map(\.key) == sent.map(\.key))
    #expect(seen.map(\.value) == sent.map(\.value))
  }

  @Test func `every partition keeps its order, and batches keep their limit`() throws {
    let embedded = try Embedded(partitions: 4)
    let producer = try Producer(embedded.properties)
    let count = 10_000
    for index in 0..<count {
      try producer.send(topic: embedded.topic, partition: Int32(index % 4), value: [UInt8]("\(index)"))
    }
    try producer.flush(timeoutMilliseconds: 10_000)

    let consumer = try embedded.consumer()
    try consumer.assign(Dictionary(uniqueKeysWithValues: embedded.partitions.map { ($0, 0) }))
    var next = [Int](repeating: 0, count: 4)
    var largest = 0
    while next.reduce(0, +) < count {
      let polled = consumer.poll(limit: 700, timeoutMilliseconds: 1_000) { record in
        let partition = Int(record.partition)
        #expect(record.offset == Int64(next[partition]))
        #expect(record.value == [UInt8]("\(next[partition] * 4 + partition)"))
        next[partition] += 1
      }
      try #require(polled.failures.isEmpty)
      #expect(polled.records <= 700)
      largest = max(largest, polled.records)
    }
    #expect(next == [2_500, 2_500, 2_500, 2_500])
    #expect(largest > 1)
  }

  @Test func `reading starts at the offset asked for, again after a seek, and not while paused`() throws {
    let embedded = try Embedded()
    let producer = try Producer(embedded.properties)
    for index in 0..<100 {
      try producer.send(topic: embedded.topic, partition: 0, value: [UInt8(index)])
    }
    try producer.flush(timeoutMilliseconds: 10_000)

    let consumer = try embedded.consumer()
    let partition = embedded.partitions[0]
    try consumer.assign([partition: 90])
    #expect(consumer.read(10).seen.map(\.offset) == Array(90..<100))
    try consumer.seek(to: [partition: 7], timeoutMilliseconds: 5_000)
    #expect(consumer.read(93).seen.map(\.offset) == Array(7..<100))
    try consumer.pause([partition])
    try consumer.seek(to: [partition: 50], timeoutMilliseconds: 5_000)
    #expect(consumer.poll(limit: 10, timeoutMilliseconds: 300) { _ in }.records == 0)
    try consumer.resume([partition])
    #expect(consumer.read(50).seen.first?.offset == 50)
    try consumer.assign([partition: 99])
    #expect(consumer.read(1).seen == [Seen(partition: 0, offset: 99, key: nil, value: [99])])
  }

  @Test func `two topics are told apart by their place in the list`() throws {
    let embedded = try Embedded()
    let other = unique("items")
    try embedded.cluster.createTopic(other, partitions: 1)
    let producer = try Producer(embedded.properties)
    try producer.send(topic: embedded.topic, partition: 0, value: [0])
    try producer.send(topic: other, partition: 0, value: [1])
    try producer.flush(timeoutMilliseconds: 10_000)

    let consumer = try Consumer(embedded.properties, group: unique("group"), topics: [embedded.topic, other])
    try consumer.assign([TopicPartition(other, 0): 0, embedded.partitions[0]: 0])
    var seen: [Int: [UInt8]] = [:]
    while seen.count < 2 {
      let polled = consumer.poll(limit: 10, timeoutMilliseconds: 1_000) { seen[$0.topic] = $0.value }
      try #require(polled.failures.isEmpty)
    }
    #expect(seen == [0: [0], 1: [1]])
  }

  @Test func `a wake from another thread ends a poll early`() throws {
    let embedded = try Embedded()
    let consumer = try embedded.consumer()
    try consumer.assign([embedded.partitions[0]: 0])
    // Whatever librdkafka says while connecting is over before the clock starts.
    _ = consumer.poll(limit: 1, timeoutMilliseconds: 500) { _ in }
    DispatchQueue.global().asyncAfter(deadline: .now() + 0.2) { consumer.wake() }
    let clock = ContinuousClock()
    let waited = clock.measure { _ = consumer.poll(limit: 1, timeoutMilliseconds: 20_000) { _ in } }
    #expect(waited > .milliseconds(100))
    #expect(waited < .seconds(10))
  }

  @Test func `a small queue slows the producer down and loses nothing`() throws {
    var embedded = try Embedded()
    embedded.properties.set("queue.buffering.max.messages", to: "10")
    let producer = try Producer(embedded.properties)
    for index in 0..<500 {
      try producer.send(topic: embedded.topic, partition: 0, value: [UInt8(index & 255)])
    }
    try producer.flush(timeoutMilliseconds: 10_000)
    #expect(producer.counts == DeliveryCounts(enqueued: 500, delivered: 500))
    let consumer = try embedded.consumer()
    #expect(try consumer.ends(of: embedded.partitions, timeoutMilliseconds: 5_000) == [embedded.partitions[0]: 500])
  }

  @Test func `a queue that stays full is an error after its limit`() throws {
    let embedded = try Embedded()
    var properties = embedded.properties
    properties.set("queue.buffering.max.messages", to: "3")
    let producer = try Producer(properties, queueFullLimitMilliseconds: 200)
    try embedded.cluster.cut(broker: 1)
    let error = #expect(throws: KafkaError.self) {
      for _ in 0..<4 { try producer.send(topic: embedded.topic, partition: 0, value: [1]) }
    }
    #expect(error?.code == .queueFull)
    #expect(producer.counts.enqueued == 3)
    try embedded.cluster.restore(broker: 1)
    try producer.flush(timeoutMilliseconds: 20_000)
    #expect(producer.counts == DeliveryCounts(enqueued: 3, delivered: 3))
  }

  @Test func `a record that is too large is refused by the call itself`() throws {
    let embedded = try Embedded()
    let producer = try Producer(embedded.properties)
    let error = #expect(throws: KafkaError.self) {
      try producer.send(topic: embedded.topic, partition: 0, value: [UInt8](repeating: 0, count: 2_000_000))
    }
    #expect(error?.code == .messageTooLarge)
    #expect(producer.counts.enqueued == 0)
  }

  @Test func `a token finds its record's offset`() throws {
    let embedded = try Embedded()
    let producer = try Producer(embedded.properties)
    try producer.send(topic: embedded.topic, partition: 0, value: [1])
    try producer.send(topic: embedded.topic, partition: 0, value: [2], token: .max)
    try producer.flush(timeoutMilliseconds: 10_000)
    #expect(producer.takeDeliveries() == [Delivery(token: .max, partition: 0, offset: 1, error: nil)])
    #expect(producer.takeDeliveries().isEmpty)
  }

  @Test func `an offset that is not in the log is a failure of its partition, once`() throws {
    let embedded = try Embedded()
    let consumer = try embedded.consumer()
    let partition = embedded.partitions[0]
    try consumer.assign([partition: 17])
    guard case .offsetOutOfRange(partition, let offset, let error) = consumer.firstFailure() else {
      Issue.record("expected offsetOutOfRange")
      return
    }
    #expect(offset == 17)
    #expect(error.code == .autoOffsetReset)
  }

  @Test func `assignments may follow each other at once`() throws {
    let embedded = try Embedded(partitions: 6)
    let producer = try Producer(embedded.properties)
    for partition in 0..<6 { try producer.send(topic: embedded.topic, partition: Int32(partition), value: [1]) }
    try producer.flush(timeoutMilliseconds: 10_000)
    let consumer = try embedded.consumer()
    let all = Dictionary(uniqueKeysWithValues: embedded.partitions.map { ($0, Int64(0)) })
    for round in 0..<300 {
      try consumer.assign(all)
      // Where partitions are being read, they have something to stop.
      if round % 10 == 0 { _ = consumer.read(1) }
      try consumer.assign([embedded.partitions[0]: 0])
      try consumer.assign(all)
      try consumer.assign([:])
    }
    try consumer.assign(all)
    #expect(consumer.read(6).seen.count == 6)
  }
}
