package import Kafka
package import Pipeline
internal import Telemetry

/// The journal's partition, read from Kafka up to a record that is known to be committed.
package struct KafkaJournalLog: JournalLog {
  /// How long the record that is known to be there may stay invisible: its markers are written after the acknowledgement.
  static let patienceNanoseconds: Int64 = 60_000_000_000

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

  /// Reads to the end that the leader claims now: for an auditor, who has no start record to look for.
  package func readToPresentEnd() throws(InputError) -> [JournalRecord] {
    let consumer = try consumer()
    let end: Int64
    do throws(KafkaError) {
      end = try consumer.ends(of: [partition], timeoutMilliseconds: 10_000)[partition] ?? 0
      let begin = try consumer.beginnings(of: [partition], timeoutMilliseconds: 10_000)[partition] ?? 0
      try consumer.assign([partition: begin])
    } catch {
      throw .unavailable(error.description)
    }
    let deadline = SystemClock.monotonicNanoseconds() + Self.patienceNanoseconds
    var records: [JournalRecord] = []
    var reached: Int64 = 0
    while reached < end {
      let polled = consumer.poll(limit: 1_000, timeoutMilliseconds: 200) { record in
        records.append(JournalRecord(offset: record.offset, value: record.value ?? []))
        reached = record.offset + 1
      }
      for end in polled.ends { reached = max(reached, end.offset) }
      guard SystemClock.monotonicNanoseconds() < deadline else {
        throw .unavailable("the journal cannot be read to its end \(end)")
      }
    }
    return records
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

  package mutating func read(from offset: Int64?, through end: Int64) throws(InputError) -> [JournalRecord] {
    if let offset, offset > end { throw .outOfRange(input: 0, offset: offset) }
    let consumer = try consumer()
    let deadline = SystemClock.monotonicNanoseconds() + Self.patienceNanoseconds
    do throws(KafkaError) {
      var begin = offset
      if begin == nil { begin = try consumer.beginnings(of: [partition], timeoutMilliseconds: 10_000)[partition] }
      try consumer.assign([partition: begin ?? 0])
    } catch {
      throw .unavailable(error.description)
    }
    var records: [JournalRecord] = []
    while records.last?.offset ?? -1 < end {
      let polled = consumer.poll(limit: 1_000, timeoutMilliseconds: 200) { record in
        if record.offset <= end { records.append(JournalRecord(offset: record.offset, value: record.value ?? [])) }
      }
      for failure in polled.failures {
        if case .offsetOutOfRange(_, let offset, _) = failure { throw lack(of: offset, consumer) }
      }
      guard SystemClock.monotonicNanoseconds() < deadline else {
        throw .unavailable("the journal's record at offset \(end) does not become visible")
      }
    }
    return records
  }
}
