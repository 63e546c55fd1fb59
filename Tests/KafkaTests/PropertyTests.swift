import Kafka
import Testing

@Suite struct PropertyTests {
  /// The error of validating one property next to a broker's address.
  private func refusal(_ name: String, _ value: String) -> PropertyError? {
    var properties = KafkaProperties(bootstrapServers: "127.0.0.1:1")
    properties.set(name, to: value)
    do {
      try properties.validate()
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    ("partitioner", "consistent_random"), ("enable.idempotence", "false"), ("acks", "1"),
    ("request.required.acks", "1"), ("isolation.level", "read_uncommitted"), ("enable.auto.commit", "true"),
    ("auto.commit.enable", "true"), ("enable.auto.offset.store", "true"), ("auto.offset.reset", "earliest"),
    ("check.crcs", "false"), ("group.id", "mine"), ("transactional.id", "mine"), ("test.mock.num.brokers", "3"),
    ("transaction.timeout.ms", "59999"), ("queue.buffering.max.kbytes", "2097152"), ("socket.timeout.ms", "many"),
    ("delivery.timeout.ms", "0"), ("fetch.message.max.bytes", "1073741824"),
  ]) func `a property that contradicts the program is refused under each of its names`(name: String, value: String)
    throws
  {
    let error = try #require(refusal(name, value))
    guard case .refused(let refused, value, let allowed) = error else {
      Issue.record("expected a refusal of \(value), got \(error)")
      return
    }
    let rule = try #require(PropertyRule.all.first { $0.name == refused })
    #expect(allowed == rule.allowed)
    #expect("\(error)".contains("allowed is"))
  }

  @Test(arguments: [
    ("acks", "-1"), ("enable.idempotence", "true"), ("check.crcs", "1"), ("transaction.timeout.ms", "120000"),
    ("linger.ms", "0"), ("compression.codec", "zstd"), ("client.id", "feed"), ("sasl.mechanism", "PLAIN"),
    ("fetch.queue.backoff.ms", "2"),
  ]) func `a property that agrees, or that nothing depends on, is taken`(name: String, value: String) {
    #expect(refusal(name, value) == nil)
  }

  @Test func `an unknown property and a bad value are refused in librdkafka's words`() {
    #expect(
      refusal("fetch.mni.bytes", "1")
        == .refused(
          name: "fetch.mni.bytes", value: "1",
          allowed: "what librdkafka accepts: No such configuration property: \"fetch.mni.bytes\""))
    guard case .refused("linger.ms", "soon", let allowed) = refusal("linger.ms", "soon") else {
      Issue.record("expected a refusal")
      return
    }
    #expect(allowed.contains("Invalid value"))
  }

  @Test func `a record may not outlive its transaction`() {
    var properties = KafkaProperties(bootstrapServers: "127.0.0.1:1")
    properties.set("message.timeout.ms", to: "60000")
    let error = #expect(throws: PropertyError.self) { try properties.validate() }
    #expect(
      error
        == .refused(
          name: "message.timeout.ms", value: "60000", allowed: "less than transaction.timeout.ms, which is 60000"))
    properties.set("transaction.timeout.ms", to: "90000")
    #expect(throws: Never.self) { try properties.validate() }
  }

  @Test func `properties that only fail together are refused when a client is made`() {
    var properties = KafkaProperties(bootstrapServers: "127.0.0.1:1")
    properties.set("security.protocol", to: "SSL")
    properties.set("ssl.ca.location", to: "/nowhere/ca.pem")
    let error = #expect(throws: PropertyError.self) { _ = try Admin(properties) }
    guard case .rejected(let text) = error else {
      Issue.record("expected .rejected, got \(String(describing: error))")
      return
    }
    #expect(text.contains("ssl.ca.location"))
  }

  @Test func `no way of printing shows a secret`() throws {
    let names = [
      "sasl.password", "ssl.key.password", "ssl.keystore.password", "ssl.key.pem", "sasl.oauthbearer.client.secret",
      "sasl.oauthbearer.config",
    ]
    var properties = KafkaProperties(bootstrapServers: "127.0.0.1:1")
    for name in names {
      properties.set(name, to: "hunter2")
      #expect(KafkaProperties.isSecret(name))
    }
    var dumped = ""
    dump(properties, to: &dumped)
    dump(properties.entries, to: &dumped)
    let texts = [
      properties.redactedDescription, "\(properties)", String(reflecting: properties), "\(properties.entries)", dumped,
      String(reflecting: properties.entries),
    ]
    for text in texts {
      #expect(!text.contains("hunter2"))
    }
    #expect(properties.redactedDescription.contains("bootstrap.servers=127.0.0.1:1"))
    #expect(properties.redactedDescription.contains("sasl.password=(hidden)"))
    let error = #expect(throws: PropertyError.self) { _ = try KafkaProperties(parsing: ["hunter2"]) }
    #expect(!"\(String(describing: error))".contains("hunter2"))
  }

  @Test func `texts are split at the first equals sign, and a later one wins in place`() throws {
    let properties = try KafkaProperties(parsing: ["sasl.password=a=b", "linger.ms=1", "queue.buffering.max.ms=2"])
    #expect(properties["sasl.password"] == "a=b")
    #expect(properties["linger.ms"] == "2")
    #expect(properties["queue.buffering.max.ms"] == "2")
    #expect(properties.entries.map(\.name) == ["sasl.password", "linger.ms"])
    #expect(throws: PropertyError.self) { _ = try KafkaProperties(parsing: ["=x"]) }
  }

  @Test func `every rule has a default that it allows itself`() {
    for rule in PropertyRule.all {
      guard let value = rule.defaultValue else { continue }
      #expect(refusal(rule.name, value) == nil, "\(rule.name)")
    }
  }
}
