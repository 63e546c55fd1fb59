internal import CRdKafka

/// What became of one record that was sent with a token.
public struct Delivery: Equatable, Sendable {
  /// The token given to `send`.
  public let token: UInt64
  /// Where the record was to go. The partitioner's choice is in it.
  public let partition: Int32
  /// Its offset; nil when it failed, and also when the broker had stored it before a retry and does not say where.
  public let offset: Int64?
  /// Why it is not in the log.
  public let error: KafkaError?

  /// Describes a delivery.
  public init(token: UInt64, partition: Int32, offset: Int64?, error: KafkaError? = nil) {
    self.token = token
    self.partition = partition
    self.offset = offset
    self.error = error
  }
}

/// How many records were handed to librdkafka, and what the brokers said about them.
public struct DeliveryCounts: Equatable, Sendable {
  /// Accepted by `send` without error.
  public var enqueued: Int
  /// Acknowledged by the broker.
  public var delivered: Int
  /// Given up.
  public var failed: Int
  /// The first reason for giving one up.
  public var firstError: KafkaError?

  /// Records were given up because a broker or a replica was away: sent again later they may be taken.
  public var isOutage: Bool {
    switch firstError?.code {
    case .messageTimedOut, .leaderNotAvailable, .notEnoughReplicas, .notEnoughReplicasAfterAppend: true
    default: false
    }
  }

  /// Counts, zero unless given.
  public init(enqueued: Int = 0, delivered: Int = 0, failed: Int = 0, firstError: KafkaError? = nil) {
    self.enqueued = enqueued
    self.delivered = delivered
    self.failed = failed
    self.firstError = firstError
  }
}

/// Counts delivery reports, and keeps those of records with a token until somebody takes them.
struct DeliveryLedger {
  var counts = DeliveryCounts()
  var marked: [Delivery] = []

  /// Takes down one delivery report.
  mutating func record(_ message: rd_kafka_message_t) {
    let code = unsafe KafkaError.Code(message.err)
    if code == .none {
      counts.delivered += 1
    } else {
      counts.failed += 1
      if counts.firstError == nil { counts.firstError = KafkaError(code) }
    }
    // The opaque is not an address but the token itself.
    let token = unsafe UInt64(UInt(bitPattern: message._private))
    guard token != 0 else { return }
    let offset = unsafe message.offset
    marked.append(
      Delivery(
        token: token, partition: unsafe message.partition, offset: code == .none && offset >= 0 ? offset : nil,
        error: code == .none ? nil : KafkaError(code)))
  }
}
