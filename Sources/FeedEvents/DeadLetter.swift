/// A record that could not be used, as the topic `woonkly.interactions.dead-letter` carries it.
///
/// Key, value and headers are the original ones, followed by headers that say why and where from:
///
///     woonkly-reason: missing_user_id        ``RejectionReason``
///     woonkly-topic: woonkly.interactions
///     woonkly-partition: 17
///     woonkly-offset: 90211834
///     woonkly-truncated: false               whether anything below was cut
///
/// Key and value are each cut to ``RecordLimits/deadLetterPartLimitBytes``, and original headers are kept in order
/// while they fit into as many bytes, names and values together. So a dead letter is always small enough for a
/// broker that took the record, and the whole record can still be read at its origin.
public struct DeadLetter: Equatable, Sendable {
  /// The original key, possibly cut.
  public let key: [UInt8]?
  /// The original value, possibly cut. Nil for a null payload.
  public let value: [UInt8]?
  /// The original headers, possibly without the last ones.
  public let headers: [RecordHeader]
  /// Why the record could not be used.
  public let reason: RejectionReason
  /// Where the record is.
  public let origin: Origin
  /// Whether key, value or headers were cut.
  public let isTruncated: Bool

  /// Where a record lies in Kafka.
  public struct Origin: Equatable, Sendable {
    /// The topic's name.
    public var topic: String
    /// The partition's number.
    public var partition: Int32
    /// The record's offset.
    public var offset: Int64

    /// Creates an origin.
    public init(topic: String, partition: Int32, offset: Int64) {
      self.topic = topic
      self.partition = partition
      self.offset = offset
    }
  }

  /// Creates a dead letter from the record as it was read, cutting what is too long.
  public init(
    key: [UInt8]?, value: [UInt8]?, headers: [RecordHeader] = [], reason: RejectionReason, origin: Origin
  ) {
    let limit = RecordLimits.deadLetterPartLimitBytes
    self.key = key.map { Array($0.prefix(limit)) }
    self.value = value.map { Array($0.prefix(limit)) }
    self.headers = Self.prefix(of: headers, limitBytes: limit)
    self.reason = reason
    self.origin = origin
    isTruncated =
      (key?.count ?? 0) > limit || (value?.count ?? 0) > limit || self.headers.count < headers.count
  }

  private static func prefix(of headers: [RecordHeader], limitBytes: Int) -> [RecordHeader] {
    var bytes = 0
    return Array(
      headers.prefix { header in
        bytes += header.name.count + (header.value?.count ?? 0)
        return bytes <= limitBytes
      })
  }
}
