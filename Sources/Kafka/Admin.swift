internal import CRdKafka

/// Creates topics, looks at their settings, trims their logs. Calls block; from any thread.
public final class Admin: Sendable {
  private let client: Client

  /// Makes a client; nothing is connected yet.
  /// - Throws: ``PropertyError`` when a property is refused.
  public init(_ properties: KafkaProperties) throws(PropertyError) {
    client = try Client(.admin, properties)
  }

  /// What the client reported outside of any call.
  public var events: ClientEvents {
    client.context.events
  }

  /// Creates topics. A topic that exists already is left as it is.
  ///
  /// The brokers learn of a new topic one by one, so that the next question may still meet one which does not know it.
  /// librdkafka's mock cluster does not answer this: use ``EmbeddedCluster/createTopic(_:partitions:)``.
  /// - Returns: per topic what became of it.
  /// - Throws: ``KafkaError`` when the request as a whole failed.
  public func createTopics(
    _ topics: [NewTopic], timeoutMilliseconds: Int32
  ) throws(KafkaError) -> [String: TopicCreation] {
    if topics.isEmpty { return [:] }
    // SAFETY: every C topic is ours and freed on the way out; librdkafka copies them into the request.
    var cTopics: [OpaquePointer?] = unsafe []
    defer { unsafe cTopics.forEach { unsafe rd_kafka_NewTopic_destroy($0) } }
    for topic in topics {
      let (cTopic, text) = unsafe withErrorText { text, capacity in
        unsafe rd_kafka_NewTopic_new(topic.name, topic.partitions, topic.replicationFactor, text, capacity)
      }
      guard let cTopic = unsafe cTopic else { throw KafkaError(.failed, text: "\(topic.name): \(text)") }
      unsafe cTopics.append(cTopic)
      for (name, value) in topic.settings.sorted(by: { $0.key < $1.key }) {
        let code = unsafe KafkaError.Code(rd_kafka_NewTopic_set_config(cTopic, name, value))
        if code != .none { throw KafkaError(code, text: "\(topic.name): \(name)") }
      }
    }
    var creations: [String: TopicCreation] = [:]
    unsafe try request(RD_KAFKA_ADMIN_OP_CREATETOPICS, timeoutMilliseconds) { handle, options, queue in
      unsafe rd_kafka_CreateTopics(handle, &cTopics, cTopics.count, options, queue)
    } read: { event in
      // SAFETY: the result and everything in it belong to the event, which is alive during this closure; all is copied.
      var count = 0
      let results = unsafe rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count)
      for index in 0..<count {
        let result = unsafe results?[index]
        let code = unsafe KafkaError.Code(rd_kafka_topic_result_error(result))
        let text = unsafe rd_kafka_topic_result_error_string(result).map { unsafe String(cString: $0) }
        let creation: TopicCreation
        switch code {
        case .none: creation = .created
        case .topicAlreadyExists: creation = .existed
        default: creation = .failed(KafkaError(code, text: text))
        }
        unsafe creations[String(cString: rd_kafka_topic_result_name(result))] = creation
      }
    }
    return creations
  }

  /// A topic's settings, defaults included, by Kafka's names.
  /// - Throws: ``KafkaError``, for an unknown topic too.
  public func describeConfigs(
    of topic: String, timeoutMilliseconds: Int32
  ) throws(KafkaError) -> [String: String] {
    // SAFETY: the resource is ours and freed on the way out; librdkafka copies it into the request.
    var resource = unsafe rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic)
    defer { unsafe rd_kafka_ConfigResource_destroy(resource) }
    var settings: [String: String] = [:]
    var failure: KafkaError?
    unsafe try request(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, timeoutMilliseconds) { handle, options, queue in
      unsafe rd_kafka_DescribeConfigs(handle, &resource, 1, options, queue)
    } read: { event in
      // SAFETY: as in `createTopics`.
      var count = 0
      let results = unsafe rd_kafka_DescribeConfigs_result_resources(
        rd_kafka_event_DescribeConfigs_result(event), &count)
      for index in 0..<count {
        let result = unsafe results?[index]
        let code = unsafe KafkaError.Code(rd_kafka_ConfigResource_error(result))
        if code != .none {
          let text = unsafe rd_kafka_ConfigResource_error_string(result).map { unsafe String(cString: $0) }
          failure = KafkaError(code, text: text)
          continue
        }
        var entryCount = 0
        let entries = unsafe rd_kafka_ConfigResource_configs(result, &entryCount)
        for index in 0..<entryCount {
          let entry = unsafe entries?[index]
          guard let value = unsafe rd_kafka_ConfigEntry_value(entry) else { continue }
          unsafe settings[String(cString: rd_kafka_ConfigEntry_name(entry))] = String(cString: value)
        }
      }
    }
    if let failure { throw failure }
    return settings
  }

  /// Moves the beginning of logs forward: what lies before the given offsets is gone for good.
  /// - Returns: per partition the first offset that is left.
  /// - Throws: ``KafkaError`` of the request or of the first partition that failed.
  public func deleteRecords(
    before offsets: [TopicPartition: Int64], timeoutMilliseconds: Int32
  ) throws(KafkaError) -> [TopicPartition: Int64] {
    if offsets.isEmpty { return [:] }
    let list = PartitionList(offsets.sorted { $0.key < $1.key })
    // SAFETY: the deletion is ours and freed on the way out; it and the request copy the list.
    var deletion = unsafe rd_kafka_DeleteRecords_new(list.pointer)
    defer { unsafe rd_kafka_DeleteRecords_destroy(deletion) }
    var outcome: Result<[TopicPartition: Int64], KafkaError> = .success([:])
    unsafe try request(RD_KAFKA_ADMIN_OP_DELETERECORDS, timeoutMilliseconds) { handle, options, queue in
      unsafe rd_kafka_DeleteRecords(handle, &deletion, 1, options, queue)
    } read: { event in
      // SAFETY: as in `createTopics`.
      guard let result = unsafe rd_kafka_event_DeleteRecords_result(event),
        let answered = unsafe rd_kafka_DeleteRecords_result_offsets(result)
      else { return }
      outcome = Result { () throws(KafkaError) in unsafe try PartitionList.offsets(of: answered) }
    }
    return try outcome.get()
  }

  /// The cluster's id; nil if no broker told it in time.
  public func clusterID(timeoutMilliseconds: Int32) -> String? {
    client.clusterID(timeoutMilliseconds: timeoutMilliseconds)
  }

  /// How many partitions a topic has; nil if it does not exist.
  public func partitionCount(of topic: String, timeoutMilliseconds: Int32) throws(KafkaError) -> Int? {
    try client.partitionCount(of: topic, timeoutMilliseconds: timeoutMilliseconds)
  }

  /// Sends one admin request and waits for its event.
  private func request(
    _ operation: rd_kafka_admin_op_t, _ timeoutMilliseconds: Int32,
    send: (_ handle: OpaquePointer, _ options: OpaquePointer?, _ queue: OpaquePointer) -> Void,
    read: (_ event: OpaquePointer) -> Void
  ) throws(KafkaError) {
    // SAFETY: queue, options and event are ours and freed on the way out, the event first, as it belongs to the queue.
    let queue = unsafe rd_kafka_queue_new(client.handle)!
    defer { unsafe rd_kafka_queue_destroy(queue) }
    let options = unsafe rd_kafka_AdminOptions_new(client.handle, operation)
    defer { unsafe rd_kafka_AdminOptions_destroy(options) }
    let (code, text) = unsafe withErrorText { text, capacity in
      unsafe rd_kafka_AdminOptions_set_request_timeout(options, timeoutMilliseconds, text, capacity)
    }
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw KafkaError(KafkaError.Code(code), text: text) }
    unsafe send(client.handle, options, queue)
    // SAFETY: librdkafka answers every request within its timeout, if only with an error; one second of grace is for a
    // busy machine.
    guard let event = unsafe rd_kafka_queue_poll(queue, timeoutMilliseconds + 1_000) else {
      throw KafkaError(.timedOut)
    }
    defer { unsafe rd_kafka_event_destroy(event) }
    let eventCode = unsafe KafkaError.Code(rd_kafka_event_error(event))
    guard eventCode == .none else {
      throw KafkaError(eventCode, text: unsafe rd_kafka_event_error_string(event).map { unsafe String(cString: $0) })
    }
    unsafe read(event)
  }
}
