import Daemon
import Kafka
import Pipeline
import Testing

/// The journal as it is read from a real Kafka.
@Suite(
  .serialized, .timeLimit(.minutes(3)),
  .enabled(if: TestEnvironment.brokers != nil, "set WOONKLY_TEST_BROKERS to a real Kafka"))
struct KafkaJournalLogTests {
  private let topics: FeedTopics
  private let producer: TransactionalProducer

  init() throws {
    topics = try FeedTopics()
    producer = try TransactionalProducer(topics.properties, transactionalID: topics.prefix)
    try producer.initTransactions(timeoutMilliseconds: 30_000)
  }

  /// Sends records, some in each transaction, with markers and aborted records between them.
  /// - Returns: the offset of each that was committed; its value is its number.
  private func commit(_ transactions: Int, of records: Int) throws -> [Int64] {
    var offsets: [Int64] = []
    for transaction in 0..<transactions {
      try producer.begin()
      try producer.send(topic: topics.journal, partition: 0, value: Array("aborted".utf8))
      try producer.flush(timeoutMilliseconds: 30_000)
      try producer.abort(timeoutMilliseconds: 30_000)
      try producer.begin()
      for record in 0..<records {
        let value = Array("\(transaction * records + record)".utf8)
        try producer.send(topic: topics.journal, partition: 0, value: value, token: UInt64(record + 1))
      }
      try producer.commit(records: records, timeoutMilliseconds: 30_000)
      offsets += producer.takeDeliveries().compactMap(\.offset)
    }
    try #require(offsets.count == transactions * records && offsets == offsets.sorted())
    return offsets
  }

  private func read(
    from offset: Int64?, through end: Int64?, _ goesOn: (JournalRecord) -> Bool = { _ in true }
  ) throws -> [JournalRecord] {
    var journal = KafkaJournalLog(properties: topics.properties, group: topics.prefix, topic: topics.journal)
    var records: [JournalRecord] = []
    try journal.read(from: offset, through: end) { record in
      records.append(record)
      return goesOn(record)
    }
    return records
  }

  @Test func `a journal of many polls goes by once, in order, from where and through what one asks for`() throws {
    let offsets = try commit(20, of: 50)
    func expected(_ numbers: ClosedRange<Int>) -> [JournalRecord] {
      numbers.map { JournalRecord(offset: offsets[$0], value: Array("\($0)".utf8)) }
    }
    #expect(try read(from: nil, through: offsets[999]) == expected(0...999))
    #expect(try read(from: nil, through: offsets[700]) == expected(0...700))
    #expect(try read(from: offsets[99], through: offsets[700]) == expected(99...700))
    // Right behind a transaction's last record lie a marker and what was aborted.
    #expect(try read(from: offsets[99] + 1, through: offsets[700]) == expected(100...700))
    #expect(try read(from: offsets[700], through: offsets[700]) == expected(700...700))
    // The claimed end lies behind the last marker.
    #expect(try read(from: nil, through: nil) == expected(0...999))
    #expect(try read(from: offsets[990], through: nil) == expected(990...999))
    #expect(try read(from: nil, through: nil) { $0.offset < offsets[300] } == expected(0...300))
  }

  private struct Waited {
    let offsets: [Int64]
    let end: ContinuousClock.Instant
  }

  @Test func `a record that becomes visible later is waited for, whatever end is met before`() async throws {
    let before = try commit(1, of: 3)
    try producer.begin()
    try producer.send(topic: topics.journal, partition: 0, value: Array("late".utf8), token: 1)
    try producer.flush(timeoutMilliseconds: 30_000)
    let late = try #require(producer.takeDeliveries().first?.offset)
    #expect(try read(from: nil, through: nil).map(\.offset) == before)

    let (properties, group, topic) = (topics.properties, topics.prefix, topics.journal)
    let reading = Task.detached { () throws -> Waited in
      var journal = KafkaJournalLog(properties: properties, group: group, topic: topic)
      var offsets: [Int64] = []
      try journal.read(from: nil, through: late) { record in
        offsets.append(record.offset)
        return true
      }
      return Waited(offsets: offsets, end: ContinuousClock.now)
    }
    try await Task.sleep(for: .milliseconds(1_500))
    let committing = ContinuousClock.now
    try producer.commit(records: 1, timeoutMilliseconds: 30_000)
    let waited = try await reading.value
    #expect(waited.offsets == before + [late])
    #expect(waited.end > committing)
  }

  @Test(arguments: [true, false]) func `an auditor waits for the epoch of what it has seen`(byOffset: Bool) async throws
  {
    func epoch(_ number: UInt64) -> [UInt8] {
      let entry = JournalEntry(epoch: number, ranges: [], digest: 0, deadLetters: [], lists: nil, tombstones: 0)
      return JournalContent.epoch(entry).encoded()
    }
    try producer.begin()
    try producer.send(topic: topics.journal, partition: 0, value: epoch(1))
    try producer.commit(records: 1, timeoutMilliseconds: 30_000)
    try producer.begin()
    try producer.send(topic: topics.journal, partition: 0, value: epoch(2), token: 1)
    try producer.flush(timeoutMilliseconds: 30_000)
    let late = try #require(producer.takeDeliveries().first?.offset)

    let (properties, group, topic) = (topics.properties, topics.prefix, topics.journal)
    let settling = Task.detached {
      var journal = KafkaJournalLog(properties: properties, group: group, topic: topic)
      journal.settle(offset: byOffset ? late : nil, epoch: byOffset ? nil : 2)
      return ContinuousClock.now
    }
    try await Task.sleep(for: .milliseconds(1_500))
    let committing = ContinuousClock.now
    try producer.commit(records: 1, timeoutMilliseconds: 30_000)
    #expect(await settling.value > committing)
    #expect(try read(from: nil, through: nil).map(\.value) == [epoch(1), epoch(2)])
  }

  @Test func `an empty journal has no records before its end`() throws {
    #expect(try read(from: nil, through: nil).isEmpty)
  }

  @Test func `a journal that was truncated is told from one that does not answer`() throws {
    let offsets = try commit(2, of: 5)
    let admin = try Admin(topics.properties)
    let partition = TopicPartition(topics.journal, 0)
    _ = try admin.deleteRecords(before: [partition: offsets[6]], timeoutMilliseconds: 30_000)
    let error = #expect(throws: InputError.self) { try read(from: offsets[2], through: offsets[9]) }
    guard case .outOfRange(_, let offset) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(offset == offsets[2])
    #expect(try read(from: nil, through: offsets[9]).map(\.offset) == Array(offsets[6...]))
  }
}
