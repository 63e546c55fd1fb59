internal import CRdKafka

extension KafkaProperties {
  /// What a client of `role` is made with: rules first, then everything else the user said.
  /// - Parameter reserved: what the program fills in itself, for example `transactional.id`.
  /// - Throws: ``PropertyError`` when a user's property contradicts a rule.
  func resolved(for role: ClientRole, reserved: [Entry] = []) throws(PropertyError) -> [Entry] {
    var resolved = reserved
    for rule in PropertyRule.all {
      if let value = self[rule.name] {
        guard rule.allows(value) else {
          throw .refused(name: rule.name, value: Self.shown(value, of: rule.name), allowed: rule.allowed)
        }
        if rule.roles.contains(role) { resolved.append(Entry(name: rule.name, value: value)) }
      } else if rule.roles.contains(role), let value = rule.defaultValue {
        resolved.append(Entry(name: rule.name, value: value))
      }
    }
    let ruled = Set(PropertyRule.all.map(\.name))
    resolved += entries.filter { !ruled.contains($0.name) }
    try Self.checkTimeouts(resolved)
    return resolved
  }

  /// A record that is given up after its transaction would be committed without it.
  private static func checkTimeouts(_ resolved: [Entry]) throws(PropertyError) {
    func number(_ name: String) -> Int? {
      resolved.first { $0.name == name }.flatMap { Int($0.value) }
    }
    guard let transaction = number("transaction.timeout.ms"), let message = number("message.timeout.ms") else { return }
    guard message < transaction else {
      throw .refused(
        name: "message.timeout.ms", value: "\(message)",
        allowed: "less than transaction.timeout.ms, which is \(transaction)")
    }
  }

  /// Checks every property for every kind of client, names and values, without making a client or connecting anywhere.
  /// - Throws: ``PropertyError`` for the first that is refused.
  public func validate() throws(PropertyError) {
    for role in ClientRole.allCases {
      let configuration = try Configuration(resolved(for: role))
      configuration.discard()
    }
  }
}

// SAFETY: owned by exactly one variable, which either discards it or hands it to a client; both consume it.
/// A `rd_kafka_conf_t` that is being filled.
@safe
struct Configuration: ~Copyable {
  let pointer: OpaquePointer

  /// Sets every entry in order.
  /// - Throws: ``PropertyError`` with librdkafka's own words for a name it does not know or a value it does not take.
  init(_ entries: [KafkaProperties.Entry]) throws(PropertyError) {
    // SAFETY: the object is new and ours; it is destroyed on every way out but the last.
    unsafe pointer = rd_kafka_conf_new()
    let optional = Set(PropertyRule.all.filter(\.isOptional).map(\.name))
    for entry in entries {
      let (result, text) = unsafe Self.set(entry, in: pointer)
      if result == RD_KAFKA_CONF_OK { continue }
      if result == RD_KAFKA_CONF_UNKNOWN, optional.contains(entry.name) { continue }
      // SAFETY: as above.
      unsafe rd_kafka_conf_destroy(pointer)
      // The library's text may repeat the value.
      let secret = KafkaProperties.isSecret(entry.name)
      throw .refused(
        name: entry.name, value: KafkaProperties.shown(entry.value, of: entry.name),
        allowed: secret ? "a value that librdkafka accepts" : "what librdkafka accepts: \(text)")
    }
  }

  /// Frees it without making a client.
  consuming func discard() {
    // SAFETY: consuming, so that nobody can use the pointer again.
    unsafe rd_kafka_conf_destroy(pointer)
  }

  private static func set(
    _ entry: KafkaProperties.Entry, in pointer: OpaquePointer
  ) -> (rd_kafka_conf_res_t, String) {
    // SAFETY: librdkafka copies name and value, and writes at most the given capacity, always NUL-terminated.
    unsafe withErrorText { text, capacity in
      unsafe rd_kafka_conf_set(pointer, entry.name, entry.value, text, capacity)
    }
  }
}

/// Calls `body` with room for an error text of librdkafka's, and returns its result with that text.
func withErrorText<Result>(_ body: (UnsafeMutablePointer<CChar>, Int) -> Result) -> (Result, String) {
  // SAFETY: the buffer lives for the call, starts with NUL, and is read up to the first NUL inside it.
  unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
    unsafe buffer.initialize(repeating: 0)
    let base = buffer.baseAddress!
    let result = unsafe body(base, buffer.count)
    let text = unsafe String(cString: base)
    return (result, text)
  }
}
