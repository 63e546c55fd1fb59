import Testing

@testable import Kafka

@Suite struct BrokerErrorTests {
  @Test func `fatal comes before abortable, abortable before retriable, and the rest is fatal`() {
    let everything = KafkaError(.timedOut, isFatal: true, isRetriable: true, requiresAbort: true)
    #expect(BrokerError(everything) == .fatal(everything))
    let abortable = KafkaError(.timedOut, isRetriable: true, requiresAbort: true)
    #expect(BrokerError(abortable) == .abortable(abortable))
    let retriable = KafkaError(.timedOut, isRetriable: true)
    #expect(BrokerError(retriable) == .retriable(retriable))
    let unclassified = KafkaError(.timedOut)
    #expect(BrokerError(unclassified) == .fatal(unclassified))
  }

  @Test(arguments: [KafkaError.Code.fenced, .producerFenced, .invalidProducerEpoch])
  func `a fatal loss of the transactional id is fencing`(code: KafkaError.Code) {
    let error = KafkaError(code, isFatal: true, requiresAbort: true)
    #expect(BrokerError(error) == .fenced(error))
  }

  @Test func `an old epoch that asks for an abort is not fencing yet`() {
    let error = KafkaError(.invalidProducerEpoch, requiresAbort: true)
    #expect(BrokerError(error) == .abortable(error))
  }

  @Test func `an error carries librdkafka's name and text`() {
    let error = KafkaError(.fenced)
    #expect(error.name == "_FENCED")
    #expect("\(error)" == "_FENCED: Local: This instance has been fenced by a newer instance")
  }

  @Test func `events are bounded, the newest stay, and the last error is kept for good`() {
    let events = ClientEvents()
    let error = KafkaError(.authentication)
    events.append(.error(error))
    for index in 0..<(ClientEvents.limit + 9) {
      events.append(.log(level: 6, facility: "TEST", text: "\(index)"))
    }
    let drained = events.drain()
    #expect(drained.events.count == ClientEvents.limit)
    #expect(drained.dropped == 10)
    #expect(drained.events.last == .log(level: 6, facility: "TEST", text: "\(ClientEvents.limit + 8)"))
    #expect(events.drain().events.isEmpty)
    #expect(events.lastError == error)
  }
}
