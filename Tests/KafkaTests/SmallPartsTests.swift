import Testing

@testable import Kafka

@Suite struct SmallPartsTests {
  @Test func `a repeated offset is not admitted, a gap is, and a new expectation starts over`() {
    var next = NextOffsets(topics: 2)
    next.expect(5, topic: 1, partition: 3)
    let admitted = [4, 5, 5, 9, 8].map { next.admit($0, topic: 1, partition: 3) }
    #expect(admitted == [false, true, false, true, false])
    next.expect(0, topic: 1, partition: 3)
    let admittedAgain = next.admit(0, topic: 1, partition: 3)
    #expect(admittedAgain)
  }

  @Test func `the SCRAM defect is named where it can be the cause, and nowhere else`() {
    var properties = KafkaProperties()
    properties.set("sasl.mechanism", to: "SCRAM-SHA-512")
    let failed = KafkaError(.authentication)
    #expect(properties.advice(on: failed, libraryVersion: 0x0200_02ff)?.contains("2.6.1") == true)
    #expect(properties.advice(on: failed, libraryVersion: 0x0206_01ff) == nil)
    #expect(properties.advice(on: KafkaError(.timedOut), libraryVersion: 0x0200_02ff) == nil)
    properties.set("sasl.mechanism", to: "PLAIN")
    #expect(properties.advice(on: failed, libraryVersion: 0x0200_02ff) == nil)
  }

  @Test func `a broker that is away is an outage, a record that it refuses is none`() {
    for code in [.messageTimedOut, .leaderNotAvailable, .notEnoughReplicas, .notEnoughReplicasAfterAppend]
      as [KafkaError.Code]
    {
      #expect(DeliveryCounts(enqueued: 1, failed: 1, firstError: KafkaError(code)).isOutage)
    }
    for code in [.messageTooLarge, .topicAuthorizationFailed, .unknownTopic] as [KafkaError.Code] {
      #expect(!DeliveryCounts(enqueued: 1, failed: 1, firstError: KafkaError(code)).isOutage)
    }
    #expect(!DeliveryCounts(enqueued: 1, delivered: 1).isOutage)
  }

  @Test func `a partition is read out of librdkafka's sentence about it`() {
    let error = KafkaError(.unknownTopicOrPartition, text: "a.b-c_d [12]: topic does not exist (Broker: Unknown)")
    #expect(ConsumerFailure(reported: error) == .unknownPartition(TopicPartition("a.b-c_d", 12), error))
    let other = KafkaError(.unknownTopicOrPartition, text: "something else")
    #expect(ConsumerFailure(reported: other) == .other(nil, other))
    let group = KafkaError(.groupAuthorizationFailed, text: "not yours")
    #expect(ConsumerFailure(reported: group) == .notAuthorized(nil, group))
  }

  @Test func `partitions sort by the topic's bytes, then by number`() {
    let sorted = [TopicPartition("b", 0), TopicPartition("a", 10), TopicPartition("a", 2), TopicPartition("B", 1)]
      .sorted()
    #expect(sorted.map(\.description) == ["B-1", "a-2", "a-10", "b-0"])
  }
}
