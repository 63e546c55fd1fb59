package import Kafka
package import Pipeline
internal import Telemetry

/// The journal's partition, read from Kafka up to a record that is known to be committed.
package struct KafkaJournalLog: JournalLog {
  /// How long the record that is known to be there may stay invisible: its markers are written after the acknowledgement.
  static let patienceNanoseconds: Int64 = 60_000_000_000
  /// How long one question to the broker may take, and how long it is repeated.
  static let askMilliseconds: Int32 = 10_000
  /// The most records taken by one poll.
  static let pollLimitRecords = 256

  private let properties: KafkaProperties
  private let group: String
  private let partition: TopicPartition

  /// Reads partition 0 of `topic`.
  package init(properties: KafkaProperties, group: String, topic: String) {
    self.properties = properties
    self.group = group
    partition = TopicPartition(topic, 0)
  }

  private func consumer() throws(InputError) -> Consumer {
    do throws(PropertyError) {
      return try Consumer(properties, group: group, topics: [partition.topic])
    } catch {
      throw .unusable("\(error)")
    }
  }

  /// Repeats a question while the partition has no leader to answer it.
  private func ask(
    _ consumer: Consumer, _ question: () throws(KafkaError) -> [TopicPartition: Int64]
  ) throws(InputError) -> Int64 {
    let deadline = SystemClock.monotonicNanoseconds() + Int64(Self.askMilliseconds) * 1_000_000
    while true {
      do throws(KafkaError) { return try question()[partition] ?? 0 } catch {
        guard SystemClock.monotonicNanoseconds() < deadline else { throw .unavailable(error.description) }
        // Nothing is assigned yet, so this only waits.
        _ = consumer.poll(limit: 1, timeoutMilliseconds: 100) { _ in }
      }
    }
  }

  /// Why there is no record at `offset`, which is not beyond one that is known to be there: it was deleted, or the leader was deposed
  /// and does not know of it yet.
  private func lack(of offset: Int64, _ consumer: borrowing Consumer) -> InputError {
    do throws(KafkaError) {
      let begin = try consumer.beginnings(of: [partition], timeoutMilliseconds: 10_000)[partition] ?? 0
      return begin > offset
        ? .outOfRange(input: 0, offset: offset) : .unavailable("its leader does not know offset \(offset) yet")
    } catch {
      return .unavailable(error.description)
    }
  }

  package mutating func read(
    from offset: Int64?, through end: Int64?, _ visit: (JournalRecord) -> Bool
  ) throws(InputError) {
    if let offset, let end, offset > end { throw .outOfRange(input: 0, offset: offset) }
    let consumer = try consumer()
    var next = offset ?? 0
    var last = end ?? -1
    if end == nil {
      let end = try ask(consumer) { () throws(KafkaError) in
        try consumer.ends(of: [partition], timeoutMilliseconds: Self.askMilliseconds)
      }
      last = end - 1
    }
    if offset == nil {
      next = try ask(consumer) { () throws(KafkaError) in
        try consumer.beginnings(of: [partition], timeoutMilliseconds: Self.askMilliseconds)
      }
    }
    do throws(KafkaError) { try consumer.assign([partition: next]) } catch {
      throw .unavailable(error.description)
    }
    var deadline = SystemClock.monotonicNanoseconds() + Self.patienceNanoseconds
    while next <= last {
      var records: [JournalRecord] = []
      let polled = consumer.poll(limit: Self.pollLimitRecords, timeoutMilliseconds: 200) { record in
        if record.offset <= last { records.append(JournalRecord(offset: record.offset, value: record.value ?? [])) }
      }
      for failure in polled.failures {
        if case .offsetOutOfRange(_, let offset, _) = failure { throw lack(of: offset, consumer) }
      }
      for record in records {
        guard visit(record) else { return }
        next = record.offset + 1
      }
      // Behind the last record before a claimed end there may be markers. A record that is known to be there is waited for,
      // whatever end is met: a deposed leader goes on answering with its old one.
      if end == nil { next = polled.ends.reduce(next) { max($0, $1.offset) } }
      // Whoever visits may have taken longer than this.
      if !records.isEmpty { deadline = SystemClock.monotonicNanoseconds() + Self.patienceNanoseconds }
      guard SystemClock.monotonicNanoseconds() < deadline else {
        throw .unavailable(
          end.map { "the journal's record at offset \($0) does not become visible" }
            ?? "the journal cannot be read to its end \(last + 1)")
      }
    }
  }
}
