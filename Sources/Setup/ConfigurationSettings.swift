internal import Host
internal import Pipeline
package import Settings

extension Configuration {
  /// All keys with fixed names, in the order in which they are shown.
  package static let settings: [Setting<Configuration>] = ownSettings + roomSettings

  /// The settings of the other rooms, each lifted into its place here.
  private static let roomSettings: [Setting<Configuration>] =
    Pacing.settings.map { $0.lifted(into: \.pacing) }
    + JournaledConfiguration.settings.map { $0.lifted(into: \.journaled) }

  private static let ownSettings: [Setting<Configuration>] = [
    .text(
      "kafka.bootstrap_servers", \.kafka.bootstrapServers, allowed: "HOST:PORT, several separated by commas",
      "brokers to find the cluster by", where: isServerList),
    .text(
      "kafka.group", \.kafka.group, allowed: "1 to 249 characters",
      "consumer group that positions are noted under, for lag tools", where: { (1...249).contains($0.utf8.count) }),
    .text(
      "kafka.transactional_id", \.kafka.transactionalID, allowed: "1 to 249 characters",
      "whoever starts with it fences whoever started with it before", where: { (1...249).contains($0.utf8.count) }),
    .text(
      "state.directory", \.stateDirectory, allowed: "a path", "directory of the checkpoints; made when missing"
    ) { !$0.isEmpty && !$0.utf8.contains(0) },
    topic("topics.interactions", \.topics.interactions, "in: what users did"),
    topic("topics.items", \.topics.items, "in: the catalogue"),
    topic("topics.recommendations", \.topics.recommendations, "out: every user's newest list"),
    topic("topics.dead_letter", \.topics.deadLetter, "out: records that could not be used"),
    topic("topics.journal", \.topics.journal, "internal: one record per epoch"),
    .integer("topics.partitions", \.topics.partitions, in: 1...10_000, "partitions of a topic that is created"),
    .integer(
      "topics.replication", \.topics.replication, in: 0...16,
      "copies of a topic that is created; 0: the broker's default"),
    .text(
      "http.address", \.http.address, allowed: "a numeric IPv4 or IPv6 address",
      "address of /livez, /readyz and /metrics; they ask for no password", where: ListeningSocket.isNumeric),
    .integer("http.port", \.http.port, in: 0...65_535, "port of /livez, /readyz and /metrics; 0: off"),
    .choice("log.format", \.log.format, "how lines on standard error are written"),
    .choice("log.level", \.log.level, "lines below it are left out"),
    .integer(
      "start.timeout_seconds", \.startTimeoutSeconds, in: 1...86_400,
      "how long to wait for the broker at start before giving up with exit code 69"),
  ]

  /// Keys whose last part is free.
  package static let patterns: [SettingPattern] = [
    SettingPattern(prefix: "kafka.property.", placeholder: "NAME", "any property of librdkafka's, by its own name") {
      name in
      .init(
        "kafka.property." + name, "", allowed: allowed(property: name),
        read: { $0.kafka.properties.redacted(name) ?? "" },
        write: { root, value in
          guard isAllowed(property: name, value) else { return false }
          root.kafka.properties.set(name, value)
          return true
        })
    },
    SettingPattern(
      prefix: "kafka.secret_file.", placeholder: "NAME",
      "file whose content is the value of that property: for passwords, so that they are in no list of processes"
    ) { name in
      .init(
        "kafka.secret_file." + name, "",
        allowed: BrokerProperties.isName(name) ? "a path" : "a path, for a property of librdkafka's that exists",
        read: { $0.kafka.secretFiles[name] ?? "" },
        write: { root, path in
          guard BrokerProperties.isName(name), !path.isEmpty, !path.utf8.contains(0) else { return false }
          root.kafka.secretFiles[name] = path
          return true
        })
    },
  ]

  /// Keys that a file may give as a list.
  package static let listKeys: Set<String> = ["kafka.bootstrap_servers"]

  /// The keys with free parts that are in use here, in order.
  package var patternKeys: [String] {
    kafka.secretFiles.keys.sorted().map { "kafka.secret_file." + $0 }
      + kafka.properties.names.filter { kafka.secretFiles[$0] == nil }.map { "kafka.property." + $0 }
  }

  /// The setting with this key, whether its name is fixed or made from a pattern.
  package static func setting(_ key: String) -> Setting<Configuration>? {
    settings.first { $0.key.utf8.elementsEqual(key.utf8) } ?? patterns.lazy.compactMap { $0.setting(key) }.first
  }

  private static func topic(
    _ key: String, _ path: any (WritableKeyPath<Configuration, String> & Sendable), _ summary: String
  ) -> Setting<Configuration> {
    .text(key, path, allowed: "1 to 249 of the characters a-z A-Z 0-9 . _ -, but not . or ..", summary, where: isTopic)
  }

  /// Kafka's own rule for names of topics.
  private static func isTopic(_ name: String) -> Bool {
    (1...249).contains(name.utf8.count) && name != "." && name != ".."
      && name.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }

  /// What librdkafka takes: [PROTOCOL://]HOST[:PORT], separated by commas; an IPv6 address in brackets.
  private static func isServerList(_ text: String) -> Bool {
    !text.isEmpty
      && text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { entry in
        let parts = entry.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard let server = parts.last, parts.count == 1 || !parts[0].isEmpty else { return false }
        guard server.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "/") }) else { return false }
        let hostEnd = server.hasPrefix("[") ? server.firstIndex(of: "]") : server.startIndex
        guard let hostEnd, !server.isEmpty else { return false }
        guard let colon = server[hostEnd...].lastIndex(of: ":") else { return true }
        let port = UInt16(server[server.index(after: colon)...])
        return colon != server.startIndex && port != nil && port != 0
      }
  }

  private static func isAllowed(property name: String, _ value: String) -> Bool {
    guard BrokerProperties.isName(name), name != "bootstrap.servers", name != "metadata.broker.list" else {
      return false
    }
    return BrokerProperties.required[name].map { $0 == value } ?? true
  }

  private static func allowed(property name: String) -> String {
    if let value = BrokerProperties.required[name] { return "\(value), without which epochs are not exact" }
    if name == "bootstrap.servers" || name == "metadata.broker.list" { return "set by kafka.bootstrap_servers" }
    return BrokerProperties.isName(name) ? "any value" : "a property of librdkafka's, such as security.protocol"
  }
}
