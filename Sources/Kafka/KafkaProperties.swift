/// The user's properties, by librdkafka's own names, in the order they were given.
///
///     var properties = KafkaProperties(bootstrapServers: "kafka-1:9092,kafka-2:9092")
///     properties.set("security.protocol", to: "SASL_SSL")
///
/// What the program depends on is not the user's to change: see ``PropertyRule`` for what is pinned and what is
/// bounded. Printing a value of this type in any way hides secrets.
public struct KafkaProperties: Equatable, Sendable {
  /// One property.
  public struct Entry: Equatable, Sendable {
    /// librdkafka's name, an alias already replaced by what it stands for.
    public let name: String
    /// The value as text.
    public let value: String
  }

  /// What was set, each name once.
  public private(set) var entries: [Entry] = []

  /// No properties.
  public init() {}

  /// The one property everybody sets: `HOST:PORT,HOST:PORT…`.
  public init(bootstrapServers: String) {
    set("bootstrap.servers", to: bootstrapServers)
  }

  /// Reads `NAME=VALUE` texts, as from a command line. The value may contain `=`.
  /// - Throws: ``PropertyError`` for a text without `=` or with an empty name.
  public init(parsing texts: [String]) throws(PropertyError) {
    for text in texts {
      guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
        throw .refused(name: "property", value: "(not shown)", allowed: "a text of the form NAME=VALUE")
      }
      set(String(text[..<equals]), to: String(text[text.index(after: equals)...]))
    }
  }

  /// Sets one property; a later value replaces an earlier one and keeps its place.
  public mutating func set(_ name: String, to value: String) {
    let entry = Entry(name: Self.canonicalName(name), value: value)
    if let index = entries.firstIndex(where: { $0.name == entry.name }) {
      entries[index] = entry
    } else {
      entries.append(entry)
    }
  }

  /// The value of a property or of its alias, if the user set it.
  public subscript(name: String) -> String? {
    let name = Self.canonicalName(name)
    return entries.first { $0.name == name }?.value
  }

  /// librdkafka's aliases, so that a pinned property cannot be contradicted under its other name.
  static func canonicalName(_ name: String) -> String {
    switch name {
    case "metadata.broker.list": "bootstrap.servers"
    case "max.in.flight": "max.in.flight.requests.per.connection"
    case "sasl.mechanism": "sasl.mechanisms"
    case "fetch.message.max.bytes": "max.partition.fetch.bytes"
    case "queue.buffering.max.ms": "linger.ms"
    case "retries": "message.send.max.retries"
    case "compression.codec": "compression.type"
    case "request.required.acks": "acks"
    case "delivery.timeout.ms": "message.timeout.ms"
    case "auto.commit.enable": "enable.auto.commit"
    default: name
    }
  }
}

extension KafkaProperties: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// `name=value` one a line, secrets replaced by `(hidden)`.
  public var redactedDescription: String {
    entries.map { "\($0.name)=\(Self.shown($0.value, of: $0.name))" }.joined(separator: "\n")
  }

  /// Same as ``redactedDescription``.
  public var description: String {
    redactedDescription
  }

  /// Same as ``redactedDescription``.
  public var debugDescription: String {
    redactedDescription
  }

  /// Keeps `dump` and failure messages of tests from walking into the values.
  public var customMirror: Mirror {
    Mirror(self, children: ["properties": redactedDescription])
  }

  /// Whether the property's value must never be printed.
  public static func isSecret(_ name: String) -> Bool {
    let parts = ["password", "secret", "key.pem", "oauthbearer.config", "oauthbearer.extensions", "jaas", "kinit.cmd"]
    return name == "ssl_key" || parts.contains { name.contains($0) }
  }

  static func shown(_ value: String, of name: String) -> String {
    isSecret(name) ? "(hidden)" : value
  }
}

extension KafkaProperties.Entry: CustomStringConvertible, CustomReflectable {
  /// `name=value`, or `name=(hidden)`.
  public var description: String {
    "\(name)=\(KafkaProperties.shown(value, of: name))"
  }

  /// Keeps `dump` from walking into the value.
  public var customMirror: Mirror {
    Mirror(self, children: ["property": description])
  }
}
