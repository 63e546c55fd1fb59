internal import CRdKafka

extension Client {
  /// The cluster's id; nil if no broker told it in time.
  func clusterID(timeoutMilliseconds: Int32) -> String? {
    // SAFETY: the returned string is ours and has to be freed with the library's own function.
    guard let text = unsafe rd_kafka_clusterid(handle, timeoutMilliseconds) else { return nil }
    defer { unsafe rd_kafka_mem_free(handle, text) }
    return unsafe String(cString: text)
  }

  /// How many partitions a topic has, asked of a broker; nil if it does not exist.
  func partitionCount(of topic: String, timeoutMilliseconds: Int32) throws(KafkaError) -> Int? {
    // SAFETY: the topic's handle is ours until destroyed; default topic settings are used (nil).
    guard let topicHandle = unsafe rd_kafka_topic_new(handle, topic, nil) else {
      throw KafkaError(KafkaError.Code(rd_kafka_last_error()))
    }
    defer { unsafe rd_kafka_topic_destroy(topicHandle) }
    // SAFETY: on success the metadata is ours until destroyed, and `topics` has `topic_cnt` elements.
    var metadata: UnsafePointer<rd_kafka_metadata>?
    let code = unsafe KafkaError.Code(rd_kafka_metadata(handle, 0, topicHandle, &metadata, timeoutMilliseconds))
    guard code == .none, let metadata = unsafe metadata else { throw KafkaError(code) }
    defer { unsafe rd_kafka_metadata_destroy(metadata) }
    guard unsafe metadata.pointee.topic_cnt == 1 else { return nil }
    let described = unsafe metadata.pointee.topics[0]
    let topicCode = unsafe KafkaError.Code(described.err)
    switch topicCode {
    case .none: return unsafe Int(described.partition_cnt)
    case .unknownTopicOrPartition, .unknownTopic: return nil
    default: throw KafkaError(topicCode, text: "\(topic): \(KafkaError(topicCode).text)")
    }
  }

  /// One ListOffsets request per leader. `time` is -1 for the end, -2 for the beginning, else milliseconds.
  ///
  /// Not `rd_kafka_query_watermark_offsets`: version 2.0.2 ignores its timeout and does not follow a moved leader.
  func offsets(
    of partitions: [TopicPartition], at time: Int64, timeoutMilliseconds: Int32
  ) throws(KafkaError) -> [TopicPartition: Int64] {
    if partitions.isEmpty { return [:] }
    let list = PartitionList(partitions, offset: time)
    // SAFETY: the call fills the list's offsets and keeps no reference to it.
    let code = unsafe KafkaError.Code(rd_kafka_offsets_for_times(handle, list.pointer, timeoutMilliseconds))
    guard code == .none else { throw KafkaError(code) }
    return try list.offsets()
  }
}
