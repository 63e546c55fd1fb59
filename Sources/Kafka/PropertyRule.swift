/// What one client is for. It decides which properties apply to it.
public enum ClientRole: CaseIterable, Sendable {
  /// Reads partitions it is told to read.
  case consumer
  /// Sends records outside of transactions.
  case producer
  /// Sends records in transactions.
  case transactionalProducer
  /// Creates and describes topics.
  case admin
}

/// What this program says about one of librdkafka's properties.
///
/// - `pinned`: correctness depends on it; a user's value must mean the same.
/// - `bounded`: memory or a timeout depends on it; a user's value must be a whole number in the range.
/// - `preset`: a better default than the library's; the user may say anything.
/// - `reserved`: the program fills it in; the user may say nothing.
public struct PropertyRule: Sendable {
  enum Kind: Sendable {
    case pinned(String, synonyms: [String])
    case bounded(Int, ClosedRange<Int>)
    case preset(String)
    case reserved
  }

  /// librdkafka's name.
  public let name: String
  /// Why it is not simply the library's default.
  public let reason: String
  let roles: [ClientRole]
  let kind: Kind
  /// The library may be too old to know it.
  var isOptional = false

  /// The value used when the user says nothing; nil for a reserved one.
  public var defaultValue: String? {
    switch kind {
    case .pinned(let value, _), .preset(let value): value
    case .bounded(let value, _): "\(value)"
    case .reserved: nil
    }
  }

  /// What the user may say, in words.
  public var allowed: String {
    switch kind {
    case .pinned(let value, _): "\(value) only: \(reason)"
    case .bounded(_, let range): "a whole number from \(range.lowerBound) to \(range.upperBound): \(reason)"
    case .preset: "whatever librdkafka accepts"
    case .reserved: "nothing here: \(reason)"
    }
  }

  /// Whether a user's value is allowed.
  func allows(_ value: String) -> Bool {
    switch kind {
    case .pinned(let only, let synonyms): value == only || synonyms.contains(value)
    case .bounded(_, let range): Int(value).map(range.contains) ?? false
    case .preset: true
    case .reserved: false
    }
  }

  static func pinned(
    _ name: String, _ value: String, synonyms: [String] = [], for roles: [ClientRole], _ reason: String
  ) -> PropertyRule {
    PropertyRule(name: name, reason: reason, roles: roles, kind: .pinned(value, synonyms: synonyms))
  }

  static func bounded(
    _ name: String, _ value: Int, in range: ClosedRange<Int>, for roles: [ClientRole], _ reason: String
  ) -> PropertyRule {
    PropertyRule(name: name, reason: reason, roles: roles, kind: .bounded(value, range))
  }

  static func preset(_ name: String, _ value: String, for roles: [ClientRole], _ reason: String) -> PropertyRule {
    PropertyRule(name: name, reason: reason, roles: roles, kind: .preset(value))
  }

  static func reserved(_ name: String, _ reason: String) -> PropertyRule {
    PropertyRule(name: name, reason: reason, roles: ClientRole.allCases, kind: .reserved)
  }
}

extension PropertyRule {
  private static let producers: [ClientRole] = [.producer, .transactionalProducer]
  private static let truth = ["t", "1"]
  private static let falsehood = ["f", "0"]

  /// Every rule, in the order they are applied.
  public static let all: [PropertyRule] = [
    .reserved("transactional.id", "it is made from the program's own settings"),
    .reserved("group.id", "it is made from the program's own settings"),
    .reserved("test.mock.num.brokers", "it would replace the brokers by an in-memory cluster"),

    .pinned(
      "partitioner", "murmur2_random", for: producers, "keys have to land where Java's default partitioner puts them"),
    .pinned("enable.idempotence", "true", synonyms: truth, for: producers, "a retry must not repeat a record"),
    .pinned("acks", "all", synonyms: ["-1"], for: producers, "an acknowledged record must survive its leader"),
    .pinned(
      "isolation.level", "read_committed", for: [.consumer], "records of aborted transactions must never be seen"),
    .pinned(
      "enable.auto.commit", "false", synonyms: falsehood, for: [.consumer],
      "offsets are committed in the epoch's transaction"),
    .pinned(
      "enable.auto.offset.store", "false", synonyms: falsehood, for: [.consumer],
      "offsets are committed in the epoch's transaction"),
    .pinned("auto.offset.reset", "error", for: [.consumer], "a lost position must never be replaced silently"),
    .pinned("check.crcs", "true", synonyms: truth, for: [.consumer], "it costs nothing measurable"),
    .pinned(
      "enable.partition.eof", "true", synonyms: truth, for: [.consumer],
      "control records take offsets, so that only the end itself tells that it was reached"),
    .pinned(
      "log.queue", "false", synonyms: falsehood, for: ClientRole.allCases, "log lines are collected as they come"),

    .bounded(
      "queued.min.messages", 50_000, in: 1...1_000_000, for: [.consumer],
      "more starves a consumer that does work, see FetchWaker"),
    .bounded("queued.max.messages.kbytes", 32_768, in: 1_024...1_048_576, for: [.consumer], "it bounds memory"),
    .bounded(
      "max.partition.fetch.bytes", 262_144, in: 1_024...16_777_216, for: [.consumer], "small fetches keep one in flight"
    ),
    .bounded("fetch.max.bytes", 8_388_608, in: 1_048_576...67_108_864, for: [.consumer], "it bounds memory"),
    .bounded(
      "receive.message.max.bytes", 16_777_216, in: 1_048_576...134_217_728, for: ClientRole.allCases,
      "it bounds memory"),
    PropertyRule(
      name: "fetch.queue.backoff.ms", reason: "a drained queue is refilled at once", roles: [.consumer],
      kind: .bounded(1, 0...1_000), isOptional: true),
    .preset("fetch.wait.max.ms", "100", for: [.consumer], "an idle fetch returns soon"),
    .preset("fetch.error.backoff.ms", "100", for: [.consumer], "a moved leader is asked again soon"),

    .bounded(
      "queue.buffering.max.messages", 100_000, in: 1...1_000_000, for: producers, "it bounds memory"),
    .bounded("queue.buffering.max.kbytes", 65_536, in: 1_024...1_048_576, for: producers, "it bounds memory"),
    .bounded(
      "transaction.timeout.ms", 60_000, in: 60_000...900_000, for: [.transactionalProducer],
      "a shorter one is overrun by a slow disk and fences its own producer"),
    .bounded(
      "message.timeout.ms", 30_000, in: 1_000...600_000, for: producers,
      "it has to end before the transaction's timeout"),
    .bounded("retry.backoff.ms", 1, in: 1...1_000, for: producers, "each transaction waits this long for the last one"),
    .preset("linger.ms", "5", for: producers, "larger batches cost less everywhere"),
    .preset("compression.type", "lz4", for: producers, "it is cheaper than the bytes it saves"),

    .bounded(
      "socket.timeout.ms", 10_000, in: 1_000...60_000, for: ClientRole.allCases, "a frozen broker holds calls this long"
    ),
    .preset("socket.keepalive.enable", "true", for: ClientRole.allCases, "a vanished peer is noticed"),
    .preset("log.connection.close", "false", for: ClientRole.allCases, "brokers close idle connections all the time"),
  ]
}
