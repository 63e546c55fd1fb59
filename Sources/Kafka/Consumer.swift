internal import CRdKafka

// SAFETY: @unchecked Sendable. The batch buffer and the expected offsets are used by the polling thread alone: `poll`,
// `assign`, `seek`, `pause` and `resume` are for one thread (librdkafka 2.0.2's batch consume is not safe against
// concurrent control calls). Everything else touches only constant properties and librdkafka's thread-safe functions.
/// Reads the partitions it is told to read, from the offsets it is told, in batches of borrowed records.
///
///     let consumer = try Consumer(properties, group: "woonkly-feed", topics: ["woonkly.interactions"])
///     try consumer.assign([TopicPartition("woonkly.interactions", 0): 0])
///     let polled = consumer.poll(limit: 1_000, timeoutMilliseconds: 100) { record in
///       record.withValue { bytes in … }
///     }
///
/// There is no group membership: `group` only names the offsets that ``committed(of:timeoutMilliseconds:)`` reads.
/// Offsets are committed by a transaction, never here.
@safe
public final class Consumer: @unchecked Sendable {
  /// The topics this consumer may read, in the order a record's ``ConsumedRecord/topic`` counts them.
  public let topics: [String]
  let client: Client
  private let queue: OpaquePointer
  private let topicHandles: [OpaquePointer]
  private var next: NextOffsets
  private var batch: UnsafeMutableBufferPointer<UnsafeMutablePointer<rd_kafka_message_t>?>

  /// The most records one poll returns.
  public static let batchLimitRecords = 8_192

  /// Makes a consumer that is assigned nothing.
  /// - Throws: ``PropertyError`` when a property is refused.
  public init(_ properties: KafkaProperties, group: String, topics: [String]) throws(PropertyError) {
    client = try Client(.consumer, properties, reserved: [.init(name: "group.id", value: group)])
    self.topics = topics
    next = NextOffsets(topics: topics.count)
    // SAFETY: the handle is alive; errors and records then come through one queue, so that nothing waits unserved.
    // Holding a handle per topic keeps its address, by which `poll` tells topics apart.
    unsafe rd_kafka_poll_set_consumer(client.handle)
    unsafe queue = rd_kafka_queue_get_consumer(client.handle)
    let handle = unsafe client.handle
    unsafe topicHandles = topics.map { unsafe rd_kafka_topic_new(handle, $0, nil) }
    unsafe batch = .allocate(capacity: Self.batchLimitRecords)
    unsafe batch.initialize(repeating: nil)
  }

  deinit {
    // SAFETY: the last reference is going away, so nobody polls. Every object of the handle goes before the handle,
    // which the client destroys once nobody else holds it.
    unsafe rd_kafka_consumer_close(client.handle)
    unsafe rd_kafka_queue_destroy(queue)
    unsafe topicHandles.forEach { unsafe rd_kafka_topic_destroy($0) }
    unsafe batch.deallocate()
  }

  /// What the client reported outside of any call.
  public var events: ClientEvents {
    client.context.events
  }

  /// Replaces what is read. Records of an earlier assignment are not delivered any more. Polling thread only.
  /// - Parameter starts: per partition the offset of the first record wanted.
  public func assign(_ starts: [TopicPartition: Int64]) throws(KafkaError) {
    expect(starts)
    let list = PartitionList(starts.sorted { $0.key < $1.key })
    // SAFETY: librdkafka copies the list.
    try check(unsafe rd_kafka_assign(client.handle, list.pointer))
    settle()
  }

  /// Waits until what the last assignment took away has stopped. librdkafka 2.0.2 would stop a partition twice that the next one
  /// takes away meanwhile, and die of it (`rd_kafka_assignment_partition_stopped: Assertion 'rktp->rktp_started'`).
  ///
  /// Its main thread serves one queue in order: a first question is answered after partitions were told to stop, a second one after
  /// they said that they have.
  private func settle() {
    for _ in 0..<3 {
      var list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
      // SAFETY: the call fills in a list that is ours to destroy, or leaves nil.
      _ = unsafe rd_kafka_assignment(client.handle, &list)
      if let list = unsafe list { unsafe rd_kafka_topic_partition_list_destroy(list) }
    }
  }

  /// Moves assigned partitions to other offsets. Polling thread only.
  public func seek(to offsets: [TopicPartition: Int64], timeoutMilliseconds: Int32) throws(KafkaError) {
    let list = PartitionList(offsets.sorted { $0.key < $1.key })
    // SAFETY: librdkafka copies the list and reports per partition in it.
    if let error = unsafe KafkaError(taking: rd_kafka_seek_partitions(client.handle, list.pointer, timeoutMilliseconds))
    {
      throw error
    }
    _ = try list.offsets()
    expect(offsets)
  }

  private func expect(_ offsets: [TopicPartition: Int64]) {
    for (partition, offset) in offsets {
      guard let topic = topics.firstIndex(of: partition.topic) else {
        preconditionFailure("\(partition) is of none of this consumer's topics")
      }
      next.expect(offset, topic: topic, partition: partition.partition)
    }
  }

  /// Stops delivering and fetching some partitions. Polling thread only.
  public func pause(_ partitions: [TopicPartition]) throws(KafkaError) {
    let list = PartitionList(partitions, offset: 0)
    // SAFETY: librdkafka copies the list and reports per partition in it.
    try check(unsafe rd_kafka_pause_partitions(client.handle, list.pointer))
    _ = try list.offsets()
  }

  /// Goes on where ``pause(_:)`` stopped. Polling thread only.
  public func resume(_ partitions: [TopicPartition]) throws(KafkaError) {
    let list = PartitionList(partitions, offset: 0)
    // SAFETY: librdkafka copies the list and reports per partition in it.
    try check(unsafe rd_kafka_resume_partitions(client.handle, list.pointer))
    _ = try list.offsets()
  }

  /// What one poll brought.
  public struct Polled: Sendable {
    /// How many records were lent to the closure.
    public var records = 0
    /// How many were left out because their offset had been passed: librdkafka 2.0.2 may deliver again.
    public var repeats = 0
    /// Partitions that were read to their present end, control records included, and that end.
    public var ends: [End] = []

    /// The end of a partition, met in reading.
    public struct End: Equatable, Sendable {
      /// The partition.
      public let partition: TopicPartition
      /// The offset of whatever comes next.
      public let offset: Int64
    }

    /// Partitions that stopped delivering. Ignoring one means never hearing of that partition again.
    public var failures: [ConsumerFailure] = []
  }

  /// Waits for the first record, then takes what is there, and lends each to `body` in the order of its partition.
  /// Polling thread only.
  ///
  /// librdkafka's own batch call waits until the batch is full; taking one record first and the rest without waiting
  /// returns as soon as there is something to do.
  /// - Parameters:
  ///   - limit: the most records taken, 1…``batchLimitRecords``.
  ///   - timeoutMilliseconds: how long to wait for the first.
  public func poll(
    limit: Int, timeoutMilliseconds: Int32, _ body: (borrowing ConsumedRecord) -> Void
  ) -> Polled {
    precondition((1...Self.batchLimitRecords).contains(limit), "limit is \(limit)")
    var polled = Polled()
    take(limit, timeoutMilliseconds, &polled, body)
    // Some errors of partitions come as errors of the client, through a callback inside the calls above.
    polled.failures += events.takeFailures().map { ConsumerFailure(reported: $0) }
    return polled
  }

  private func take(
    _ limit: Int, _ timeoutMilliseconds: Int32, _ polled: inout Polled, _ body: (borrowing ConsumedRecord) -> Void
  ) {
    // SAFETY: a returned message is ours until `lend` destroys it.
    guard let first = unsafe rd_kafka_consume_queue(queue, timeoutMilliseconds) else { return }
    unsafe lend(first, &polled, body)
    guard limit > 1 else { return }
    // SAFETY: the buffer has room for `limit` messages; the call fills as many as it returns.
    let count = unsafe rd_kafka_consume_batch_queue(queue, 0, batch.baseAddress, limit - 1)
    for index in 0..<max(count, 0) {
      unsafe lend(batch[index]!, &polled, body)
    }
  }

  private func lend(
    _ message: UnsafeMutablePointer<rd_kafka_message_t>, _ polled: inout Polled,
    _ body: (borrowing ConsumedRecord) -> Void
  ) {
    // SAFETY: the message is ours, valid until destroyed here, and the record made from it cannot leave `body`.
    defer { unsafe rd_kafka_message_destroy(message) }
    let code = unsafe KafkaError.Code(message.pointee.err)
    if code == .partitionEnd, let topic = unsafe message.pointee.rkt {
      let partition = unsafe TopicPartition(String(cString: rd_kafka_topic_name(topic)), message.pointee.partition)
      unsafe polled.ends.append(Polled.End(partition: partition, offset: message.pointee.offset))
      return
    }
    guard code == .none else {
      unsafe polled.failures.append(failure(of: message, code))
      return
    }
    guard let topic = unsafe topicHandles.firstIndex(where: { unsafe $0 == message.pointee.rkt }) else {
      preconditionFailure("librdkafka delivered a record of a topic that was never assigned")
    }
    let record = unsafe ConsumedRecord(message, topic: topic)
    guard next.admit(record.offset, topic: topic, partition: record.partition) else {
      polled.repeats += 1
      return
    }
    body(record)
    polled.records += 1
  }

  private func failure(
    of message: UnsafeMutablePointer<rd_kafka_message_t>, _ code: KafkaError.Code
  ) -> ConsumerFailure {
    // SAFETY: the topic and the text belong to the message and are copied.
    let text = unsafe rd_kafka_message_errstr(message).map { unsafe String(cString: $0) }
    var partition: TopicPartition?
    if let topic = unsafe message.pointee.rkt {
      partition = unsafe TopicPartition(String(cString: rd_kafka_topic_name(topic)), message.pointee.partition)
    }
    let error = code == .fatal ? client.fatalError ?? KafkaError(code, text: text) : KafkaError(code, text: text)
    return ConsumerFailure(error, at: partition, offset: unsafe message.pointee.offset)
  }

  /// Makes a waiting poll return at once, or the next one if none waits. From any thread.
  public func wake() {
    // SAFETY: thread-safe by librdkafka's documentation; the queue lives as long as self.
    unsafe rd_kafka_queue_yield(queue)
  }

  private func check(_ code: rd_kafka_resp_err_t) throws(KafkaError) {
    let code = KafkaError.Code(code)
    if code != .none { throw KafkaError(code) }
  }
}

extension Consumer {
  /// Per partition the offset after the last committed record (the last stable offset). From any thread.
  ///
  /// Gaps count: the last record's offset + 1 may be smaller. A deposed leader that woke up goes on answering with its
  /// old end, so an end never proves that nothing follows.
  public func ends(
    of partitions: [TopicPartition], timeoutMilliseconds: Int32
  ) throws(KafkaError) -> [TopicPartition: Int64] {
    try client.offsets(of: partitions, at: -1, timeoutMilliseconds: timeoutMilliseconds)
  }

  /// Per partition the first offset still in the log. From any thread.
  public func beginnings(
    of partitions: [TopicPartition], timeoutMilliseconds: Int32
  ) throws(KafkaError) -> [TopicPartition: Int64] {
    try client.offsets(of: partitions, at: -2, timeoutMilliseconds: timeoutMilliseconds)
  }

  /// The group's committed offsets, "next to read"; a partition without one is missing. From any thread.
  public func committed(
    of partitions: [TopicPartition], timeoutMilliseconds: Int32
  ) throws(KafkaError) -> [TopicPartition: Int64] {
    let list = PartitionList(partitions, offset: -1001)
    // SAFETY: the call fills the list's offsets and keeps no reference to it.
    let code = unsafe KafkaError.Code(rd_kafka_committed(client.handle, list.pointer, timeoutMilliseconds))
    guard code == .none else { throw KafkaError(code) }
    return try list.offsets().filter { $0.value >= 0 }
  }

  /// The cluster's id; nil if no broker told it in time. From any thread.
  public func clusterID(timeoutMilliseconds: Int32) -> String? {
    client.clusterID(timeoutMilliseconds: timeoutMilliseconds)
  }

  /// How many partitions a topic has; nil if it does not exist. From any thread.
  public func partitionCount(of topic: String, timeoutMilliseconds: Int32) throws(KafkaError) -> Int? {
    try client.partitionCount(of: topic, timeoutMilliseconds: timeoutMilliseconds)
  }
}
