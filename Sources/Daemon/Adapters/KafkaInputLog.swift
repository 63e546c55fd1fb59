internal import FeedEvents
package import Kafka
package import Pipeline
package import Telemetry

/// The input topics, read from Kafka by explicit assignment. All calls from the loop's thread.
package struct KafkaInputLog: InputLog {
  /// How long one question to the broker may take.
  static let askMilliseconds: Int32 = 5_000
  /// How long questions are repeated while the broker does not answer.
  static let patienceNanoseconds: Int64 = 30_000_000_000

  private let consumer: Consumer
  private let logger: Logger
  private var inputs: [InputPartition] = []
  /// By topic and partition, the input's index; -1: not assigned.
  private var slots: [[Int]]
  /// By input, the offset up to which everything has been delivered; .min: not assigned.
  private var reached: [Int64] = []

  /// Reads with `consumer`.
  package init(consumer: Consumer, logger: Logger) {
    self.consumer = consumer
    self.logger = logger
    slots = consumer.topics.map { _ in [] }
  }

  package mutating func beginnings(of inputs: [InputPartition]) throws(InputError) -> [Int64] {
    try ask(inputs) { (partitions) throws(KafkaError) in
      try consumer.beginnings(of: partitions, timeoutMilliseconds: Self.askMilliseconds)
    }
  }

  package mutating func ends(of inputs: [InputPartition]) throws(InputError) -> [Int64] {
    try ask(inputs) { (partitions) throws(KafkaError) in
      try consumer.ends(of: partitions, timeoutMilliseconds: Self.askMilliseconds)
    }
  }

  private func ask(
    _ inputs: [InputPartition], _ question: ([TopicPartition]) throws(KafkaError) -> [TopicPartition: Int64]
  ) throws(InputError) -> [Int64] {
    let partitions = inputs.map { TopicPartition($0.topic, $0.partition) }
    let deadline = SystemClock.monotonicNanoseconds() + Self.patienceNanoseconds
    while true {
      do throws(KafkaError) {
        let answer = try question(partitions)
        return partitions.map { answer[$0] ?? 0 }
      } catch {
        guard SystemClock.monotonicNanoseconds() < deadline else { throw .unavailable(error.description) }
        logger.debug("Asking the broker again", ["error": "\(error)"])
      }
    }
  }

  package mutating func assign(_ inputs: [InputPartition], from offsets: [Int64?]) throws(InputError) {
    self.inputs = inputs
    slots = consumer.topics.map { _ in [] }
    reached = offsets.map { $0 ?? .min }
    var starts: [TopicPartition: Int64] = [:]
    for (index, input) in inputs.enumerated() {
      guard let topic = consumer.topics.firstIndex(of: input.topic) else {
        throw .unusable("\(input.topic) is no topic of this consumer")
      }
      let partition = Int(input.partition)
      while slots[topic].count <= partition { slots[topic].append(-1) }
      guard let offset = offsets[index] else { continue }
      slots[topic][partition] = index
      starts[TopicPartition(input.topic, input.partition)] = offset
    }
    do throws(KafkaError) { try consumer.assign(starts) } catch { throw .unusable(error.description) }
  }

  package mutating func poll(
    into buffer: inout RecordBuffer, limit: Int, until deadline: Int64
  ) throws(InputError) {
    let wait = max(0, min(deadline - SystemClock.wallMilliseconds(), 1_000))
    let slots = slots
    var reached = reached
    let polled = consumer.poll(limit: limit, timeoutMilliseconds: Int32(wait)) { record in
      let partition = Int(record.partition)
      guard partition < slots[record.topic].count, slots[record.topic][partition] >= 0 else { return }
      let input = slots[record.topic][partition]
      // SAFETY: the key and the value are copied before the closure ends.
      unsafe buffer.append(
        input: input, offset: record.offset, timestamp: record.timestamp, key: record.unsafeKey,
        value: record.unsafeValue, headers: record.headers.map { .init(name: Array($0.name.utf8), value: $0.value) })
      reached[input] = max(reached[input], record.offset + 1)
    }
    self.reached = reached
    buffer.count(redelivered: polled.repeats)
    for end in polled.ends { note(end.partition, offset: end.offset) }
    for failure in polled.failures { try raise(failure) }
  }

  private func index(of partition: TopicPartition) -> Int? {
    inputs.firstIndex { $0.topic == partition.topic && $0.partition == partition.partition }
  }

  private mutating func note(_ partition: TopicPartition, offset: Int64) {
    guard let input = index(of: partition), reached[input] != .min else { return }
    reached[input] = max(reached[input], offset)
  }

  private func raise(_ failure: ConsumerFailure) throws(InputError) {
    switch failure {
    case .offsetOutOfRange(let partition, let offset, let error):
      guard let input = index(of: partition) else { throw .unusable(error.description) }
      throw .outOfRange(input: input, offset: offset)
    case .unknownPartition(let partition, let error):
      throw .unusable("\(partition) is gone: \(error)")
    case .notAuthorized(let partition, let error):
      throw .unusable("reading \(partition.map { "\($0)" } ?? "the topics") is not allowed: \(error)")
    case .other(let partition, let error):
      guard !error.isFatal else { throw .unavailable(error.description) }
      // librdkafka connects again by itself: an outage pauses.
      logger.warning("Reading is disturbed", ["partition": "\(partition.map { "\($0)" } ?? "-")", "error": "\(error)"])
    }
  }

  package func hasReached(_ end: Int64, input: Int) -> Bool { reached[input] >= end }
}
