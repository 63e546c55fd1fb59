import Telemetry
import Testing

@testable import Daemon
@testable import Kafka

struct TopicSetupTests {
  private var soon: Int64 { SystemClock.monotonicNanoseconds() + 30_000_000_000 }

  @Test func `a question about a new topic is repeated until its broker knows the topic`() throws {
    var asked = 0
    let answer = try TopicSetup.settled(until: soon) { () throws(KafkaError) in
      asked += 1
      if asked < 3 { throw KafkaError(.unknownTopicOrPartition) }
      return "delete"
    }
    #expect(answer == "delete")
    #expect(asked == 3)
  }

  @Test func `the question ends with its deadline`() {
    let error = #expect(throws: KafkaError.self) {
      try TopicSetup.settled(until: 0) { () throws(KafkaError) in throw KafkaError(.unknownTopicOrPartition) }
    }
    #expect(error?.code == .unknownTopicOrPartition)
  }

  @Test func `any other error is the answer`() {
    var asked = 0
    let error = #expect(throws: KafkaError.self) {
      try TopicSetup.settled(until: soon) { () throws(KafkaError) in
        asked += 1
        throw KafkaError(.timedOut)
      }
    }
    #expect(error?.code == .timedOut)
    #expect(asked == 1)
  }
}
