internal import CRdKafka

// SAFETY: the topic handles belong to the client's handle, which is alive as long as `client` is, and are destroyed
// before the reference to it is given up.
/// Hands records to librdkafka and waits when its queue is full. Shared by both producers; one thread.
@safe
final class RecordSender {
  let client: Client
  private let queueFullLimitMilliseconds: Int
  private var topicHandles: [String: OpaquePointer] = unsafe [:]
  private var sent: UInt = 0

  init(_ client: Client, queueFullLimitMilliseconds: Int) {
    self.client = client
    self.queueFullLimitMilliseconds = queueFullLimitMilliseconds
  }

  deinit {
    // SAFETY: nobody uses them any more, and the client is still there.
    unsafe topicHandles.values.forEach { unsafe rd_kafka_topic_destroy($0) }
  }

  /// Copies one record into the queue. A full queue is served and tried again until the limit.
  func send(
    topic: String, partition: Int32?, key: [UInt8]?, value: [UInt8]?, headers: [RecordHeader], timestamp: Int64?,
    token: UInt64
  ) throws(KafkaError) {
    // Delivery reports hold their place in the queue until served; this keeps them from filling it.
    sent &+= 1
    if sent % 256 == 0 { poll(timeoutMilliseconds: 0) }
    let topicHandle = unsafe try handle(of: topic)
    var deadline: ContinuousClock.Instant?
    while true {
      let error = unsafe produce(
        topicHandle, partition: partition ?? -1, key: key, value: value, headers: headers, timestamp: timestamp,
        token: token)
      guard let error else {
        client.context.deliveries.counts.enqueued += 1
        return
      }
      guard error.code == .queueFull else { throw client.fatalError ?? error }
      let now = ContinuousClock.now
      let limit = deadline ?? now + .milliseconds(queueFullLimitMilliseconds)
      guard now < limit else { throw error }
      deadline = limit
      poll(timeoutMilliseconds: 10)
    }
  }

  /// Serves delivery reports and error events.
  func poll(timeoutMilliseconds: Int32) {
    // SAFETY: the handle is alive as long as the client.
    unsafe _ = rd_kafka_poll(client.handle, timeoutMilliseconds)
  }

  private func handle(of topic: String) throws(KafkaError) -> OpaquePointer {
    if let topicHandle = unsafe topicHandles[topic] { return unsafe topicHandle }
    // SAFETY: the client is alive; nil for the settings means the client's own.
    guard let topicHandle = unsafe rd_kafka_topic_new(client.handle, topic, nil) else {
      throw KafkaError(KafkaError.Code(rd_kafka_last_error()))
    }
    unsafe topicHandles[topic] = topicHandle
    return unsafe topicHandle
  }

  private func produce(
    _ topicHandle: OpaquePointer, partition: Int32, key: [UInt8]?, value: [UInt8]?, headers: [RecordHeader],
    timestamp: Int64?, token: UInt64
  ) -> KafkaError? {
    // SAFETY: RD_KAFKA_MSG_F_COPY makes librdkafka copy key and value before it returns, so borrowed pointers suffice.
    // The header list is ours again if it refuses the record. The six units are initialized before they are counted.
    unsafe withBytes(key) { key, keyCount in
      unsafe withBytes(value) { value, valueCount in
        unsafe withUnsafeTemporaryAllocation(of: rd_kafka_vu_t.self, capacity: 8) { units in
          var count = 0
          func add(_ type: rd_kafka_vtype_t, _ fill: (inout rd_kafka_vu_t) -> Void) {
            var unit = unsafe rd_kafka_vu_t()
            unsafe unit.vtype = type
            unsafe fill(&unit)
            unsafe units.initializeElement(at: count, to: unit)
            count += 1
          }
          unsafe add(RD_KAFKA_VTYPE_RKT) { unsafe $0.u.rkt = topicHandle }
          unsafe add(RD_KAFKA_VTYPE_PARTITION) { unsafe $0.u.i32 = partition }
          unsafe add(RD_KAFKA_VTYPE_MSGFLAGS) { unsafe $0.u.i = RD_KAFKA_MSG_F_COPY }
          unsafe add(RD_KAFKA_VTYPE_KEY) { unsafe $0.u.mem = .init(ptr: key, size: keyCount) }
          unsafe add(RD_KAFKA_VTYPE_VALUE) { unsafe $0.u.mem = .init(ptr: value, size: valueCount) }
          if let timestamp { unsafe add(RD_KAFKA_VTYPE_TIMESTAMP) { unsafe $0.u.i64 = timestamp } }
          if token != 0 {
            // Not an address: librdkafka only carries it to the delivery report.
            unsafe add(RD_KAFKA_VTYPE_OPAQUE) { unsafe $0.u.ptr = UnsafeMutableRawPointer(bitPattern: UInt(token)) }
          }
          let headerList = headers.isEmpty ? nil : unsafe Self.list(headers)
          if let headerList = unsafe headerList {
            unsafe add(RD_KAFKA_VTYPE_HEADERS) { unsafe $0.u.headers = headerList }
          }
          let error = unsafe KafkaError(taking: rd_kafka_produceva(client.handle, units.baseAddress, count))
          if error != nil, let headerList = unsafe headerList { unsafe rd_kafka_headers_destroy(headerList) }
          return error
        }
      }
    }
  }

  private static func list(_ headers: [RecordHeader]) -> OpaquePointer {
    // SAFETY: the list is new and goes to the caller; librdkafka copies names and values.
    let list = unsafe rd_kafka_headers_new(headers.count)!
    for header in headers {
      let code = unsafe withBytes(header.value) { value, count in
        unsafe rd_kafka_header_add(list, header.name, -1, value, count)
      }
      precondition(code == RD_KAFKA_RESP_ERR_NO_ERROR, "a new header list takes every header")
    }
    return unsafe list
  }
}

/// Lends bytes as C wants them: a null pointer for nil, and some pointer that is not null for no bytes.
private func withBytes<Result>(
  _ bytes: [UInt8]?, _ body: (UnsafeMutableRawPointer?, Int) -> Result
) -> Result {
  guard let bytes else { return body(nil, 0) }
  // SAFETY: the pointer is used only inside `body`, for reading. An empty array may have no address; a byte of
  // the stack stands in for one.
  return unsafe bytes.withUnsafeBytes { buffer in
    if let base = buffer.baseAddress { return unsafe body(UnsafeMutableRawPointer(mutating: base), buffer.count) }
    return unsafe withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { unsafe body($0.baseAddress, 0) }
  }
}
