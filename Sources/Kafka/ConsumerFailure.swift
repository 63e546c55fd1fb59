/// Why a partition, or the whole consumer, does not deliver.
///
/// Each is reported once, and the partition is silent from then on. Only ``unknownPartition(_:_:)`` may mend itself, when the
/// topic appears; by librdkafka's defaults it takes minutes to be reported (`topic.metadata.refresh.interval.ms`), so ask
/// ``Consumer/partitionCount(of:timeoutMilliseconds:)`` before.
public enum ConsumerFailure: Error, Equatable, Sendable {
  /// The position lies before the log's start or beyond its end.
  case offsetOutOfRange(TopicPartition, offset: Int64, KafkaError)
  /// The topic or the partition does not exist.
  case unknownPartition(TopicPartition, KafkaError)
  /// An access control list forbids reading.
  case notAuthorized(TopicPartition?, KafkaError)
  /// Anything else. Without a partition it concerns the whole consumer.
  case other(TopicPartition?, KafkaError)

  init(_ error: KafkaError, at partition: TopicPartition?, offset: Int64) {
    switch (error.code, partition) {
    case (.autoOffsetReset, let partition?):
      self = .offsetOutOfRange(partition, offset: offset, error)
    case (.unknownTopicOrPartition, let partition?), (.unknownTopic, let partition?),
      (.unknownPartition, let partition?):
      self = .unknownPartition(partition, error)
    case (.topicAuthorizationFailed, _), (.groupAuthorizationFailed, _):
      self = .notAuthorized(partition, error)
    default:
      self = .other(partition, error)
    }
  }
}
