/// One partition of one topic.
public struct TopicPartition: Hashable, Sendable {
  /// The topic's name. Kafka allows ASCII letters, digits, `.`, `_` and `-`.
  public let topic: String
  /// The partition's number, from 0.
  public let partition: Int32

  /// Names a partition.
  public init(_ topic: String, _ partition: Int32) {
    self.topic = topic
    self.partition = partition
  }
}

extension TopicPartition: Comparable, CustomStringConvertible {
  /// By the bytes of the topic's name, then by number.
  public static func < (left: TopicPartition, right: TopicPartition) -> Bool {
    left.topic == right.topic
      ? left.partition < right.partition : left.topic.utf8.lexicographicallyPrecedes(right.topic.utf8)
  }

  /// `topic-partition`, as Kafka's own tools write it.
  public var description: String {
    "\(topic)-\(partition)"
  }
}
