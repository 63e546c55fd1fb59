internal import CRdKafka

/// Sends records one by one, idempotently: a retry neither repeats nor reorders. For tools; one thread.
public final class Producer {
  private let sender: RecordSender
  private var client: Client { sender.client }

  /// Makes a producer; nothing is connected yet.
  /// - Parameter queueFullLimitMilliseconds: how long `send` waits for room before it gives up.
  /// - Throws: ``PropertyError`` when a property is refused.
  public init(_ properties: KafkaProperties, queueFullLimitMilliseconds: Int = 60_000) throws(PropertyError) {
    sender = RecordSender(
      try Client(.producer, properties), queueFullLimitMilliseconds: queueFullLimitMilliseconds)
  }

  /// What the client reported outside of any call.
  public var events: ClientEvents {
    client.context.events
  }

  /// Copies one record into the queue, waiting while the queue is full.
  /// - Parameters:
  ///   - partition: nil lets the key decide, as Java's default partitioner does.
  ///   - timestamp: milliseconds since 1970; nil for now.
  ///   - token: not 0 to find the record again in ``takeDeliveries()``.
  /// - Throws: the reason why the record was not taken: the queue stayed full, it is too large, the client is broken.
  public func send(
    topic: String, partition: Int32? = nil, key: [UInt8]? = nil, value: [UInt8]?, headers: [RecordHeader] = [],
    timestamp: Int64? = nil, token: UInt64 = 0
  ) throws(KafkaError) {
    try sender.send(
      topic: topic, partition: partition, key: key, value: value, headers: headers, timestamp: timestamp, token: token)
  }

  /// Serves delivery reports and error events.
  public func poll(timeoutMilliseconds: Int32 = 0) {
    sender.poll(timeoutMilliseconds: timeoutMilliseconds)
  }

  /// Waits until every record has its delivery report; look at ``counts`` for what they said.
  public func flush(timeoutMilliseconds: Int32) throws(KafkaError) {
    // SAFETY: the handle is alive as long as the client.
    let code = unsafe KafkaError.Code(rd_kafka_flush(client.handle, timeoutMilliseconds))
    if code != .none { throw client.fatalError ?? KafkaError(code) }
  }

  /// What was sent, and what came of it.
  public var counts: DeliveryCounts {
    client.context.deliveries.counts
  }

  /// Takes the delivery reports of records that were sent with a token.
  public func takeDeliveries() -> [Delivery] {
    defer { client.context.deliveries.marked = [] }
    return client.context.deliveries.marked
  }
}
