internal import FeedEvents
package import Kafka
package import Pipeline
package import Setup

/// The transactional producer of one shard. All calls from the committer's thread.
package struct KafkaOutput: TransactionalOutput {
  /// How long one call may take before it is made again.
  static let callMilliseconds: Int32 = 10_000

  private let producer: TransactionalProducer
  private let topics: Configuration.Topics
  private let group: String
  private var sent = 0
  private var sentJournal = false

  /// The token of the journal record, whose offset comes from its delivery report.
  private static let journalToken: UInt64 = 1

  /// Sends with `producer`; `group` names the offsets that lag tools read.
  package init(producer: TransactionalProducer, topics: Configuration.Topics, group: String) {
    self.producer = producer
    self.topics = topics
    self.group = group
  }

  package mutating func initialize() throws(OutputError) {
    do throws(BrokerError) { try producer.initTransactions(timeoutMilliseconds: Self.callMilliseconds) } catch {
      // A failed login is no error of the call, it just times out: the last error event tells.
      throw OutputError(error, lastEvent: producer.events.lastError)
    }
  }

  package mutating func begin() throws(OutputError) {
    (sent, sentJournal) = (0, false)
    try call { (producer) throws(BrokerError) in try producer.begin() }
  }

  package mutating func send(offsets: [InputPosition]) throws(OutputError) {
    var next: [TopicPartition: Int64] = [:]
    for position in offsets { next[TopicPartition(position.input.topic, position.input.partition)] = position.next }
    let (offsets, group) = (next, group)
    try call { (producer) throws(BrokerError) in
      try producer.sendOffsets(offsets, group: group, timeoutMilliseconds: Self.callMilliseconds)
    }
  }

  package mutating func send(_ record: OutputRecord) throws(OutputError) {
    let topic =
      switch record.topic {
      case .recommendations: topics.recommendations
      case .deadLetter: topics.deadLetter
      case .journal: topics.journal
      }
    let headers = record.headers.map { Kafka.RecordHeader(String(decoding: $0.name, as: UTF8.self), $0.value) }
    try call { (producer) throws(BrokerError) in
      try producer.send(
        topic: topic, partition: record.topic == .journal ? 0 : nil, key: record.key, value: record.value,
        headers: headers, token: record.topic == .journal ? Self.journalToken : 0)
    }
    sent += 1
    sentJournal = sentJournal || record.topic == .journal
  }

  package mutating func commit() throws(OutputError) -> CommitReceipt {
    let sent = sent
    do {
      try call { (producer) throws(BrokerError) in
        try producer.commit(records: sent, timeoutMilliseconds: Self.callMilliseconds)
      }
    } catch .abortable(let reason) where producer.counts.isOutage {
      throw .outage("\(reason): \(producer.counts.firstError!)")
    }
    let journal = producer.takeDeliveries().last { $0.token == Self.journalToken }
    guard let offset = journal?.offset ?? (sentJournal ? nil : -1) else {
      throw .fatal("the journal record was committed, but its offset was not reported")
    }
    return CommitReceipt(delivered: producer.counts.delivered, journalOffset: offset)
  }

  package mutating func abort() throws(OutputError) {
    try call { (producer) throws(BrokerError) in try producer.abort(timeoutMilliseconds: Self.callMilliseconds) }
  }

  private func call<Result>(
    _ body: (TransactionalProducer) throws(BrokerError) -> Result
  ) throws(OutputError) -> Result {
    do throws(BrokerError) { return try body(producer) } catch { throw OutputError(error) }
  }
}

extension OutputError {
  init(_ error: BrokerError, lastEvent: KafkaError? = nil) {
    let text = "\(error.error)" + (lastEvent.map { "; last seen: \($0)" } ?? "")
    switch error {
    case .fenced: self = .fenced(text)
    case .fatal: self = .fatal(text)
    case .abortable: self = .abortable(text)
    // No answer to a commit: asking again is allowed, and the committer knows how long.
    case .retriable, .unknownOutcome: self = .retriable(text)
    }
  }
}
