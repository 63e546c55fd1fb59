internal import CRdKafka

// SAFETY: owned by one variable; the C list never outlives it, and calls that are given the pointer copy what they
// keep.
/// A `rd_kafka_topic_partition_list_t`: partitions with an offset each, as librdkafka takes and returns them.
@safe
struct PartitionList: ~Copyable {
  let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

  init(_ partitions: some Sequence<(key: TopicPartition, value: Int64)>) {
    // SAFETY: the list is new; librdkafka copies the topic's name, and the element it returns is ours to fill in until
    // the next one is added.
    unsafe pointer = rd_kafka_topic_partition_list_new(16)
    for (partition, offset) in partitions {
      let element = unsafe rd_kafka_topic_partition_list_add(pointer, partition.topic, partition.partition)
      unsafe element!.pointee.offset = offset
    }
  }

  init(_ partitions: some Sequence<TopicPartition>, offset: Int64) {
    self.init(partitions.lazy.map { (key: $0, value: offset) })
  }

  deinit {
    // SAFETY: the only owner is going away.
    unsafe rd_kafka_topic_partition_list_destroy(pointer)
  }

  /// Each partition with its offset.
  /// - Throws: the first partition's error, if any has one.
  func offsets() throws(KafkaError) -> [TopicPartition: Int64] {
    // SAFETY: the list is alive as long as self.
    unsafe try Self.offsets(of: pointer)
  }

  /// The same of a list that belongs to librdkafka.
  static func offsets(
    of pointer: UnsafePointer<rd_kafka_topic_partition_list_t>
  ) throws(KafkaError) -> [TopicPartition: Int64] {
    var offsets: [TopicPartition: Int64] = [:]
    // SAFETY: `elems` has `cnt` elements, whose topic is a NUL-terminated string that lives as long as the list.
    for index in 0..<(unsafe Int(pointer.pointee.cnt)) {
      let element = unsafe pointer.pointee.elems[index]
      let partition = unsafe TopicPartition(String(cString: element.topic), element.partition)
      let code = unsafe KafkaError.Code(element.err)
      if code != .none {
        throw KafkaError(code, text: "\(partition): \(KafkaError(code).text)")
      }
      offsets[partition] = unsafe element.offset
    }
    return offsets
  }
}
