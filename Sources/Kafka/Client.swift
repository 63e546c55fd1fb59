internal import CRdKafka

// SAFETY: @unchecked Sendable. librdkafka's handle may be used from any thread (rdkafka.h, "Thread safety"); both
// stored properties are constant. What only one thread may do is the business of the public types around it.
/// A `rd_kafka_t`, its callbacks and its end.
///
/// One client is one handle with its own threads and connections. Whoever needs the handle holds the client; with the
/// last reference the handle is destroyed, which waits for librdkafka's threads, and only then the callbacks' context
/// goes.
@safe
final class Client: @unchecked Sendable {
  let handle: OpaquePointer
  let context: ClientContext

  /// Makes a client; nothing is connected yet.
  /// - Throws: ``PropertyError`` when a property is refused.
  init(_ role: ClientRole, _ properties: KafkaProperties, reserved: [KafkaProperties.Entry] = []) throws(PropertyError)
  {
    let context = ClientContext()
    let configuration = try Configuration(properties.resolved(for: role, reserved: reserved))
    context.install(in: configuration, reportsDeliveries: role == .producer || role == .transactionalProducer)
    let type = role == .consumer ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER
    // SAFETY: a client that is made owns the configuration; one that is not leaves it to us.
    let (handle, text) = unsafe withErrorText { text, capacity in
      unsafe rd_kafka_new(type, configuration.pointer, text, capacity)
    }
    guard let handle = unsafe handle else {
      configuration.discard()
      throw .rejected(text)
    }
    unsafe self.handle = handle
    self.context = context
  }

  deinit {
    // SAFETY: the last reference is going away. The call returns when no thread of the library runs any more, so that
    // no callback can meet a released context; the context is a stored property and is released after this body.
    unsafe rd_kafka_destroy(handle)
  }

  /// The error that made this client unusable, if one did.
  var fatalError: KafkaError? {
    // SAFETY: the handle is alive as long as self; the text is written into the given room.
    let (code, text) = unsafe withErrorText { text, capacity in
      unsafe rd_kafka_fatal_error(handle, text, capacity)
    }
    guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
    return KafkaError(KafkaError.Code(code), text: text, isFatal: true)
  }
}
