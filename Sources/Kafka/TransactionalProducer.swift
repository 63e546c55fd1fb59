internal import CRdKafka

/// Sends records and group offsets in transactions: a reader with `read_committed` sees all of one, or nothing.
///
///     let producer = try TransactionalProducer(properties, transactionalID: "woonkly-feed-0")
///     try producer.initTransactions(timeoutMilliseconds: 30_000)
///     try producer.begin()
///     try producer.sendOffsets([partition: 42], group: "woonkly-feed", timeoutMilliseconds: 10_000)
///     try producer.send(topic: "woonkly.recommendations", key: user, value: list)
///     try producer.commit(records: 1, timeoutMilliseconds: 120_000)
///
/// All calls block and are for one thread. Errors are ``BrokerError``: what to do next, not what happened. Sending
/// offsets right after ``begin()`` is 20 times faster than after the first record: the wait for the last transaction's
/// markers then happens where `retry.backoff.ms` decides how long it takes.
public final class TransactionalProducer {
  private let sender: RecordSender
  private var client: Client { sender.client }

  /// Makes a producer; nothing is connected yet.
  /// - Parameter queueFullLimitMilliseconds: how long `send` waits for room before it gives up.
  /// - Throws: ``PropertyError`` when a property is refused.
  public init(
    _ properties: KafkaProperties, transactionalID: String, queueFullLimitMilliseconds: Int = 30_000
  ) throws(PropertyError) {
    let client = try Client(
      .transactionalProducer, properties, reserved: [.init(name: "transactional.id", value: transactionalID)])
    sender = RecordSender(client, queueFullLimitMilliseconds: queueFullLimitMilliseconds)
  }

  /// What the client reported outside of any call.
  public var events: ClientEvents {
    client.context.events
  }

  /// Fences every earlier producer of the same transactional id and aborts what it left open.
  ///
  /// 10 ms usually, half a second with an open transaction, 3 to 15 s after a broker was killed. A failed login shows
  /// only as a timeout here: see ``ClientEvents/lastError``.
  /// - Throws: ``BrokerError/retriable(_:)`` when time is up.
  public func initTransactions(timeoutMilliseconds: Int32) throws(BrokerError) {
    try repeating(within: timeoutMilliseconds) { remaining in
      // SAFETY: the handle is alive as long as the client; the error is taken over and freed.
      unsafe KafkaError(taking: rd_kafka_init_transactions(client.handle, remaining))
    }
  }

  /// Opens a transaction, and counts from zero.
  public func begin() throws(BrokerError) {
    // SAFETY: as in `initTransactions`.
    if let error = unsafe KafkaError(taking: rd_kafka_begin_transaction(client.handle)) {
      throw classified(error)
    }
    client.context.deliveries = DeliveryLedger()
  }

  /// Copies one record into the open transaction.
  ///
  /// A record that was refused does not fail the transaction by itself, it would be missing in it: so a thrown error
  /// means abort, and ``commit(records:timeoutMilliseconds:)`` counts.
  /// - Parameters:
  ///   - partition: nil lets the key decide, as Java's default partitioner does.
  ///   - timestamp: milliseconds since 1970; nil for now.
  ///   - token: not 0 to find the record again in ``takeDeliveries()``.
  public func send(
    topic: String, partition: Int32? = nil, key: [UInt8]? = nil, value: [UInt8]?, headers: [RecordHeader] = [],
    timestamp: Int64? = nil, token: UInt64 = 0
  ) throws(BrokerError) {
    do {
      try sender.send(
        topic: topic, partition: partition, key: key, value: value, headers: headers, timestamp: timestamp,
        token: token)
    } catch {
      // Whatever is wrong with this record: the transaction must not be committed without it.
      throw error.isFatal ? classified(error) : .abortable(error)
    }
  }

  /// Adds a group's offsets ("next to read") to the open transaction. The group needs no member.
  public func sendOffsets(
    _ offsets: [TopicPartition: Int64], group: String, timeoutMilliseconds: Int32
  ) throws(BrokerError) {
    let list = PartitionList(offsets.sorted { $0.key < $1.key })
    // SAFETY: the metadata is ours and freed here; librdkafka copies list and metadata.
    let metadata = unsafe rd_kafka_consumer_group_metadata_new(group)
    defer { unsafe rd_kafka_consumer_group_metadata_destroy(metadata) }
    let error = unsafe KafkaError(
      taking: rd_kafka_send_offsets_to_transaction(client.handle, list.pointer, metadata, timeoutMilliseconds))
    guard let error else { return }
    // What the broker took of it before the answer was lost is not known, so nothing here is worth repeating.
    if case .retriable(let error) = classified(error) { throw .abortable(error) }
    throw classified(error)
  }

  /// Serves delivery reports and error events while there is time for it.
  public func poll(timeoutMilliseconds: Int32 = 0) {
    sender.poll(timeoutMilliseconds: timeoutMilliseconds)
  }

  /// Waits until every record has its delivery report.
  /// - Throws: ``BrokerError/retriable(_:)`` when time is up.
  public func flush(timeoutMilliseconds: Int32) throws(BrokerError) {
    // SAFETY: the handle is alive as long as the client.
    let code = unsafe KafkaError.Code(rd_kafka_flush(client.handle, timeoutMilliseconds))
    guard code != .none else { return }
    throw client.fatalError.map { BrokerError($0) } ?? .retriable(KafkaError(code, isRetriable: true))
  }

  /// Makes the transaction visible, if it holds exactly `expected` records.
  ///
  /// The call is repeated while librdkafka says it may be. Acknowledged is not yet visible: readers see the records
  /// when the markers are written, a little later.
  /// - Throws: ``BrokerError/abortable(_:)`` when another number was enqueued, ``BrokerError/unknownOutcome(_:)`` when
  ///   time is up, ``BrokerError/fatal(_:)`` when the commit succeeded without every delivery report.
  public func commit(records expected: Int, timeoutMilliseconds: Int32) throws(BrokerError) {
    guard counts.enqueued == expected else {
      throw .abortable(
        KafkaError(.inconsistent, text: "\(counts.enqueued) records of \(expected) are in the transaction"))
    }
    do {
      try repeating(within: timeoutMilliseconds) { remaining in
        // SAFETY: as in `initTransactions`.
        unsafe KafkaError(taking: rd_kafka_commit_transaction(client.handle, remaining))
      }
    } catch .retriable(let error) {
      throw .unknownOutcome(error)
    }
    guard counts.delivered == expected else {
      let reason = counts.firstError.map { ", the first failed with \($0)" } ?? ""
      throw .fatal(
        KafkaError(.inconsistent, text: "committed with \(counts.delivered) of \(expected) records delivered\(reason)"))
    }
  }

  /// Takes the transaction back.
  /// - Throws: ``BrokerError/retriable(_:)`` when time is up: call it again, nothing else is possible.
  public func abort(timeoutMilliseconds: Int32) throws(BrokerError) {
    try repeating(within: timeoutMilliseconds) { remaining in
      // SAFETY: as in `initTransactions`.
      unsafe KafkaError(taking: rd_kafka_abort_transaction(client.handle, remaining))
    }
  }

  /// What was sent since ``begin()``, and what came of it.
  public var counts: DeliveryCounts {
    client.context.deliveries.counts
  }

  /// Takes the delivery reports of records that were sent with a token since ``begin()``.
  public func takeDeliveries() -> [Delivery] {
    defer { client.context.deliveries.marked = [] }
    return client.context.deliveries.marked
  }

  /// The cluster's id; nil if no broker told it in time.
  public func clusterID(timeoutMilliseconds: Int32) -> String? {
    client.clusterID(timeoutMilliseconds: timeoutMilliseconds)
  }

  /// Repeats a call with the same arguments for as long as it is retriable and there is time.
  private func repeating(
    within timeoutMilliseconds: Int32, _ call: (_ remainingMilliseconds: Int32) -> KafkaError?
  ) throws(BrokerError) {
    let deadline = ContinuousClock.now + .milliseconds(timeoutMilliseconds)
    var remaining = timeoutMilliseconds
    while let error = call(remaining) {
      // Serves error events, such as a failed login, and keeps a call that fails at once from spinning.
      sender.poll(timeoutMilliseconds: 10)
      let decision = classified(error)
      guard case .retriable = decision else { throw decision }
      let left = deadline - ContinuousClock.now
      guard left > .zero else { throw decision }
      remaining = Int32(max(left / .milliseconds(1), 1).rounded(.up))
    }
  }

  /// A client that has raised a fatal error answers later calls with codes that do not say so.
  private func classified(_ error: KafkaError) -> BrokerError {
    if !error.isFatal, error.code != .fenced, let fatal = client.fatalError { return BrokerError(fatal) }
    return BrokerError(error)
  }
}
