/// What the records of an input mean.
public enum InputRole: String, Sendable, CaseIterable {
  /// `woonkly.items`: what can be recommended. Folded before the interactions of the same epoch.
  case catalog
  /// `woonkly.interactions`: what users did.
  case interactions
}

/// One partition of one input topic: the unit that ranges, positions and shards are made of.
public struct InputPartition: Hashable, Sendable, Comparable {
  /// What its records mean.
  public let role: InputRole
  /// The topic's name.
  public let topic: String
  /// The partition's number.
  public let partition: Int32

  /// Creates the name of a partition.
  public init(role: InputRole, topic: String, partition: Int32) {
    self.role = role
    self.topic = topic
    self.partition = partition
  }

  /// The order of folding: catalog before interactions, then topic (by bytes), then partition.
  public static func < (left: InputPartition, right: InputPartition) -> Bool {
    if left.role != right.role { return left.role == .catalog }
    if left.topic != right.topic { return left.topic.utf8.lexicographicallyPrecedes(right.topic.utf8) }
    return left.partition < right.partition
  }
}

/// How far a partition has been folded, and enough about its last record to recognize it again.
public struct InputPosition: Equatable, Sendable {
  /// The partition.
  public let input: InputPartition
  /// The offset of the next record to fold: the last data record's offset + 1, or where the log began.
  public var next: Int64
  /// The last folded record, if any: at a start it is read again and compared, since Kafka does not say when a topic of
  /// the same name is another topic.
  public var last: RecordIdentity?

  /// Creates a position.
  public init(input: InputPartition, next: Int64, last: RecordIdentity? = nil) {
    self.input = input
    self.next = next
    self.last = last
  }
}

/// What makes a record this record and no other.
public struct RecordIdentity: Equatable, Sendable {
  /// Its offset.
  public let offset: Int64
  /// Its timestamp in milliseconds, or -1.
  public let timestamp: Int64
  /// The hash of its key and value.
  public let hash: UInt128

  /// Creates an identity.
  public init(offset: Int64, timestamp: Int64, hash: UInt128) {
    self.offset = offset
    self.timestamp = timestamp
    self.hash = hash
  }
}
