internal import CRdKafka

// SAFETY: @unchecked Sendable. `events` is thread-safe by itself. `deliveries` is touched only inside calls of the
// producer's own thread: librdkafka serves delivery reports from poll, flush, commit and abort, never from its own
// threads.
/// Where librdkafka's callbacks put what they are told.
final class ClientContext: @unchecked Sendable {
  let events = ClientEvents()
  var deliveries = DeliveryLedger()

  /// Registers the callbacks. The context has to outlive the client that is made from the configuration.
  func install(in configuration: borrowing Configuration, reportsDeliveries: Bool) {
    // SAFETY: unretained, since the client that owns the handle holds the context until the handle is destroyed. The
    // callbacks capture nothing.
    unsafe rd_kafka_conf_set_opaque(configuration.pointer, Unmanaged.passUnretained(self).toOpaque())
    unsafe rd_kafka_conf_set_log_cb(configuration.pointer) { handle, level, facility, text in
      // SAFETY: the strings are valid during the callback and copied here.
      guard let handle = unsafe handle, let context = unsafe ClientContext.of(rd_kafka_opaque(handle)) else { return }
      let facility = unsafe facility.map { unsafe String(cString: $0) } ?? ""
      let text = unsafe text.map { unsafe String(cString: $0) } ?? ""
      context.events.append(.log(level: level, facility: facility, text: text))
    }
    // SAFETY: as above.
    unsafe rd_kafka_conf_set_error_cb(configuration.pointer) { handle, code, reason, opaque in
      guard let context = unsafe ClientContext.of(opaque) else { return }
      let text = unsafe reason.map { unsafe String(cString: $0) }
      var code = KafkaError.Code(rawValue: code)
      let isFatal = code == .fatal
      if isFatal, let handle = unsafe handle {
        // SAFETY: no text is asked for; the handle is the one that calls us.
        code = unsafe KafkaError.Code(rd_kafka_fatal_error(handle, nil, 0))
      }
      context.events.append(.error(KafkaError(code, text: text, isFatal: isFatal)))
    }
    guard reportsDeliveries else { return }
    // SAFETY: as above; the message is valid during the callback and copied by `record`.
    unsafe rd_kafka_conf_set_dr_msg_cb(configuration.pointer) { _, message, opaque in
      guard let message = unsafe message, let context = unsafe ClientContext.of(opaque) else { return }
      unsafe context.deliveries.record(message.pointee)
    }
  }

  private static func of(_ opaque: UnsafeMutableRawPointer?) -> ClientContext? {
    guard let opaque = unsafe opaque else { return nil }
    // SAFETY: the only opaque ever set is the context of `install`, alive while callbacks run.
    return unsafe Unmanaged<ClientContext>.fromOpaque(opaque).takeUnretainedValue()
  }
}
