internal import CRdKafka

/// What librdkafka said: a code with its name and text, and the three answers it gives to "what now?".
///
/// The flags are meaningful on errors of transaction calls; elsewhere they are false unless the client itself is broken
/// (``isFatal``). Turn a transaction's error into a decision with ``BrokerError/init(_:)``, never by the code alone:
/// the same `_TIMED_OUT` is retriable from one commit and abortable from another.
public struct KafkaError: Error, Equatable, Sendable {
  /// librdkafka's code; negative ones are the client's own, positive ones come from the broker's protocol.
  public let code: Code
  /// The code's name without its prefix, for example `_FENCED` or `UNKNOWN_TOPIC_OR_PART`.
  public let name: String
  /// A sentence for people.
  public let text: String
  /// The client cannot go on; only a new one can.
  public let isFatal: Bool
  /// The same call may be repeated with the same arguments.
  public let isRetriable: Bool
  /// The current transaction has to be aborted and sent anew.
  public let requiresAbort: Bool

  /// An error by its code. Without `text` the library's own description is used.
  init(_ code: Code, text: String? = nil, isFatal: Bool = false, isRetriable: Bool = false, requiresAbort: Bool = false)
  {
    self.code = code
    // SAFETY: both functions return pointers to constant strings of the library, which live as long as the process.
    name = unsafe String(cString: rd_kafka_err2name(code.cValue))
    self.text = unsafe text ?? String(cString: rd_kafka_err2str(code.cValue))
    self.isFatal = isFatal
    self.isRetriable = isRetriable
    self.requiresAbort = requiresAbort
  }

  /// Reads and frees a `rd_kafka_error_t`; nil when there was none, that is, the call succeeded.
  init?(taking error: OpaquePointer?) {
    guard let error = unsafe error else { return nil }
    // SAFETY: the caller hands over its only reference; everything is copied out before the object is destroyed.
    unsafe self.init(
      Code(rd_kafka_error_code(error)), text: String(cString: rd_kafka_error_string(error)),
      isFatal: rd_kafka_error_is_fatal(error) != 0, isRetriable: rd_kafka_error_is_retriable(error) != 0,
      requiresAbort: rd_kafka_error_txn_requires_abort(error) != 0)
    unsafe rd_kafka_error_destroy(error)
  }
}

extension KafkaError: CustomStringConvertible {
  /// Name and sentence, for example `_FENCED: This instance has been fenced by a newer instance`.
  public var description: String {
    "\(name): \(text)"
  }
}

extension KafkaError {
  /// An error code of librdkafka. Only the ones this program decides by have names here; the number is always there.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The number, as in `rdkafka.h`.
    public let rawValue: Int32

    /// A code by its number.
    public init(rawValue: Int32) {
      self.rawValue = rawValue
    }

    init(_ code: rd_kafka_resp_err_t) {
      rawValue = code.rawValue
    }

    var cValue: rd_kafka_resp_err_t {
      rd_kafka_resp_err_t(rawValue: rawValue)
    }

    /// No error.
    public static let none = Code(RD_KAFKA_RESP_ERR_NO_ERROR)
    /// The present end of a partition was read: no error, but librdkafka tells it as one.
    public static let partitionEnd = Code(RD_KAFKA_RESP_ERR__PARTITION_EOF)
    /// The producer's queue is full: serve delivery reports, then try again.
    public static let queueFull = Code(RD_KAFKA_RESP_ERR__QUEUE_FULL)
    /// The record was not taken in time.
    public static let messageTimedOut = Code(RD_KAFKA_RESP_ERR__MSG_TIMED_OUT)
    /// The partition has no leader at the moment.
    public static let leaderNotAvailable = Code(RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE)
    /// Fewer replicas are in sync than `min.insync.replicas` asks for.
    public static let notEnoughReplicas = Code(RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS)
    /// The same, noticed after the leader had written the record.
    public static let notEnoughReplicasAfterAppend = Code(RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND)
    /// No answer in time. Whether the request was carried out is not known.
    public static let timedOut = Code(RD_KAFKA_RESP_ERR__TIMED_OUT)
    /// The call does not fit the client's state.
    public static let state = Code(RD_KAFKA_RESP_ERR__STATE)
    /// The client raised a fatal error earlier.
    public static let fatal = Code(RD_KAFKA_RESP_ERR__FATAL)
    /// Another producer with the same transactional id has taken over, or the transaction outlived its timeout.
    public static let fenced = Code(RD_KAFKA_RESP_ERR__FENCED)
    /// The broker's spelling of the same for a producer's epoch.
    public static let invalidProducerEpoch = Code(RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH)
    /// The transaction coordinator's spelling of the same.
    public static let producerFenced = Code(RD_KAFKA_RESP_ERR_PRODUCER_FENCED)
    /// The position is not in the log, and the client was told not to pick another.
    public static let autoOffsetReset = Code(RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET)
    /// No connection to any broker.
    public static let allBrokersDown = Code(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
    /// Logging in failed.
    public static let authentication = Code(RD_KAFKA_RESP_ERR__AUTHENTICATION)
    /// The broker does not know the topic or the partition.
    public static let unknownTopicOrPartition = Code(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
    /// The client knows that the topic does not exist.
    public static let unknownTopic = Code(RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC)
    /// The client knows that the partition does not exist.
    public static let unknownPartition = Code(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION)
    /// An access control list does not allow the topic.
    public static let topicAuthorizationFailed = Code(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
    /// An access control list does not allow the group.
    public static let groupAuthorizationFailed = Code(RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED)
    /// A topic of that name is there already.
    public static let topicAlreadyExists = Code(RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
    /// The record is larger than the client or the broker takes.
    public static let messageTooLarge = Code(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
    /// Counts that should be equal are not.
    public static let inconsistent = Code(RD_KAFKA_RESP_ERR__INCONSISTENT)
    /// The library has no better name for it.
    public static let failed = Code(RD_KAFKA_RESP_ERR__FAIL)
  }
}
