internal import Daemon
internal import FeedEvents
internal import Kafka
internal import Setup
internal import Telemetry

/// How fast events come out of Kafka at all: the ceiling of everything else.
struct ConsumeBench {
  let broker: BenchBroker
  let log: EventLog

  init(_ broker: BenchBroker, _ log: EventLog) {
    self.broker = broker
    self.log = log
  }

  func run(_ rounds: Int, _ report: inout BenchReport) throws {
    let decoder = InteractionDecoder()
    var (plain, decoded) = ([Double](), [Double]())
    // In turns, so that both meet the same weather.
    for _ in 0..<rounds {
      plain.append(try rate { _ in })
      decoded.append(
        try rate { record in
          record.withValue { value in if let value { _ = try? decoder.decode(value) } }
        })
    }
    let consume = report.add("consume", plain, "events/s")
    report.add("consume and decode", decoded, "events/s", against: ("consume", consume))
  }

  /// From the first record in hand to the last.
  private func rate(_ body: (borrowing ConsumedRecord) -> Void) throws -> Double {
    let topic = broker.configuration(round: 0).topics.interactions
    let partitions = (0..<Int32(broker.partitions)).map { TopicPartition(topic, $0) }
    let consumer = try Consumer(broker.properties, group: "woonkly-feed-bench", topics: [topic])
    let waker = FetchWaker(for: consumer, partitions: partitions)
    waker.setBehind(true)
    defer { waker.stop() }
    try consumer.assign(Dictionary(uniqueKeysWithValues: partitions.map { ($0, 0) }))
    var count = 0
    var start: Int64?
    while count < log.interactions.count {
      let polled = consumer.poll(limit: 4_096, timeoutMilliseconds: 5_000, body)
      if let failure = polled.failures.first { throw Failure(description: "\(failure)") }
      if polled.records == 0, polled.ends.isEmpty { throw Failure(description: "no record for 5 s after \(count)") }
      count += polled.records
      if start == nil, count > 0 { start = SystemClock.monotonicNanoseconds() }
    }
    return Double(count) * 1e9 / Double(SystemClock.monotonicNanoseconds() - start!)
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }
}
