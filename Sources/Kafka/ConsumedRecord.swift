internal import CRdKafka

// SAFETY: made only by ``Consumer/poll(limit:timeoutMilliseconds:_:)`` around a message without error, lent to a
// closure, not copyable, and destroyed after that closure returned. Nothing it hands out outlives the call that hands
// it out, except ``unsafeKey`` and ``unsafeValue``, which say so.
/// One record, borrowed from librdkafka's memory: it cannot be kept, and what is needed later has to be copied out.
@safe
public struct ConsumedRecord: ~Copyable {
  let message: UnsafeMutablePointer<rd_kafka_message_t>
  /// The topic, as an index into ``Consumer/topics``.
  public let topic: Int
  /// The partition.
  public let partition: Int32
  /// The offset. Gaps are normal: control records take offsets too.
  public let offset: Int64

  init(_ message: UnsafeMutablePointer<rd_kafka_message_t>, topic: Int) {
    // SAFETY: the message is valid until destroyed by the consumer, after this value is gone.
    unsafe self.message = message
    self.topic = topic
    unsafe partition = message.pointee.partition
    unsafe offset = message.pointee.offset
  }

  /// Milliseconds since 1970, given by the sender or the broker; -1 if the record has none.
  public var timestamp: Int64 {
    // SAFETY: reads the message and writes the local variable.
    var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
    let timestamp = unsafe rd_kafka_message_timestamp(message, &kind)
    return kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? -1 : timestamp
  }

  /// The key's bytes, valid only inside the poll's closure; nil for a null key.
  @unsafe public var unsafeKey: UnsafeRawBufferPointer? {
    guard let key = unsafe message.pointee.key else { return nil }
    return unsafe UnsafeRawBufferPointer(start: key, count: message.pointee.key_len)
  }

  /// The value's bytes, valid only inside the poll's closure; nil for a null value, which is not an empty one.
  @unsafe public var unsafeValue: UnsafeRawBufferPointer? {
    guard let value = unsafe message.pointee.payload else { return nil }
    return unsafe UnsafeRawBufferPointer(start: value, count: message.pointee.len)
  }

  /// Lends the key; nil for a null key.
  public func withKey<Result, Failure: Error>(
    _ body: (Span<UInt8>?) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // SAFETY: the bytes live as long as the message, which outlives this call.
    guard let key = unsafe unsafeKey else { return try body(nil) }
    return try unsafe body(key.assumingMemoryBound(to: UInt8.self).span)
  }

  /// Lends the value; nil for a null value.
  public func withValue<Result, Failure: Error>(
    _ body: (Span<UInt8>?) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // SAFETY: the bytes live as long as the message, which outlives this call.
    guard let value = unsafe unsafeValue else { return try body(nil) }
    return try unsafe body(value.assumingMemoryBound(to: UInt8.self).span)
  }

  /// A copy of the key; nil for a null key.
  public var key: [UInt8]? {
    // SAFETY: copied before the call returns.
    unsafe unsafeKey.map { unsafe [UInt8]($0) }
  }

  /// A copy of the value; nil for a null value.
  public var value: [UInt8]? {
    // SAFETY: copied before the call returns.
    unsafe unsafeValue.map { unsafe [UInt8]($0) }
  }

  /// Copies of the headers, in order. They are parsed only when asked for.
  public var headers: [RecordHeader] {
    var headers: [RecordHeader] = []
    // SAFETY: the header list belongs to the message; names are NUL-terminated, values have the given size. Both are
    // copied.
    var list: OpaquePointer?
    guard unsafe rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR else { return headers }
    var name: UnsafePointer<CChar>?
    var value: UnsafeRawPointer?
    var size = 0
    while unsafe rd_kafka_header_get_all(list, headers.count, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR {
      let bytes = unsafe value.map { unsafe [UInt8](UnsafeRawBufferPointer(start: $0, count: size)) }
      headers.append(RecordHeader(unsafe String(cString: name!), bytes))
    }
    return headers
  }
}

/// One header of a record.
public struct RecordHeader: Equatable, Sendable {
  /// The name. Names may repeat.
  public let name: String
  /// The value's bytes; nil for a null value.
  public let value: [UInt8]?

  /// Creates a header.
  public init(_ name: String, _ value: [UInt8]?) {
    self.name = name
    self.value = value
  }
}
