import Setup
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

  private let setup = TopicSetup(Configuration().topics)

  private func failure(_ check: () throws(Failure) -> Void) -> String? {
    do throws(Failure) {
      try check()
      return nil
    } catch {
      #expect(error.status == .configuration)
      return error.description
    }
  }

  @Test(arguments: ["compact", "compact,delete", "delete,compact"])
  func `compaction is refused where it takes what is needed`(policy: String) throws {
    let compacted = ["cleanup.policy": policy]
    #expect(
      failure { () throws(Failure) in try setup.check(interactions: compacted, items: [:]) }?.contains(policy) == true)
    #expect(failure { () throws(Failure) in _ = try setup.check(journal: compacted) }?.contains(policy) == true)
    let hasty = ["cleanup.policy": policy, "min.compaction.lag.ms": "604799999"]
    #expect(
      failure { () throws(Failure) in try setup.check(interactions: [:], items: hasty) }?.contains("604799999") == true)
    let patient = ["cleanup.policy": policy, "min.compaction.lag.ms": "604800000"]
    #expect(failure { () throws(Failure) in try setup.check(interactions: [:], items: patient) } == nil)
  }

  @Test func `topics as the daemon creates them pass, and a journal that forgets is warned of`() throws {
    let wanted = Dictionary(
      uniqueKeysWithValues: setup.wanted.map {
        ($0.name, Dictionary(uniqueKeysWithValues: $0.settings.map { ($0.name, $0.value) }))
      })
    let topics = setup.topics
    try setup.check(interactions: try #require(wanted[topics.interactions]), items: try #require(wanted[topics.items]))
    #expect(try setup.check(journal: try #require(wanted[topics.journal])).isEmpty)
    let deleting = try setup.check(journal: ["retention.ms": "604800000", "retention.bytes": "-1"])
    #expect(deleting == ["retention.ms=604800000"])
  }
}
