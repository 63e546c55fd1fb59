/// Why a partition, or the whole consumer, does not deliver.
///
/// The partition is silent from then on. Only ``unknownPartition(_:_:)`` may mend itself, when the topic appears; by
/// librdkafka's defaults it takes minutes to be reported (`topic.metadata.refresh.interval.ms`), so ask
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

  /// Reads what librdkafka reports of a partition as an error of the whole client, as `topic [partition]: …`.
  init(reported error: KafkaError) {
    var partition: TopicPartition?
    if let bracket = error.text.firstRange(of: " ["), let end = error.text[bracket.upperBound...].firstIndex(of: "]"),
      let number = Int32(error.text[bracket.upperBound..<end])
    {
      partition = TopicPartition(String(error.text[..<bracket.lowerBound]), number)
    }
    self.init(error, at: partition, offset: -1)
  }
}

extension KafkaError {
  /// Whether a consumer that reports this through its error callback has stopped reading something.
  var stopsReading: Bool {
    let codes: [Code] = [
      .unknownTopicOrPartition, .unknownTopic, .unknownPartition, .topicAuthorizationFailed, .groupAuthorizationFailed,
    ]
    return isFatal || codes.contains(code)
  }
}
