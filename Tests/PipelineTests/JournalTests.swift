import FeedEvents
import Pipeline
import Testing

@Suite struct JournalTests {
  private let input = InputPartition(role: .interactions, topic: "woonkly.interactions", partition: 3)

  private var contents: [JournalContent] {
    let entry = JournalEntry(
      epoch: 42,
      ranges: [JournalEntry.Range(input: input, from: 7, to: 19, count: 10, hash: .max)], digest: 1,
      deadLetters: [JournalEntry.DeadLetterCount(reason: "too_deep", count: 2)],
      lists: JournalEntry.Lists(version: 41, generatedAt: 1_795_315_069_402, count: 3, hash: 0xABC), tombstones: 1)
    let era = Era(
      number: 2, learnerVersion: 1, baseEpoch: 41, baseDigest: .max - 1, configuration: "a=b\nc=\"d\"\n",
      positions: [Era.EraPosition(input: input, next: 7)])
    let accepted = Acceptance(
      fromEra: 2, fromEpoch: 30, gaps: [Acceptance.Gap(input: input, from: 7, to: 12)],
      learner: Acceptance.Epochs(first: 8, last: 30), divergence: Acceptance.Epochs(first: 6, last: 30))
    let next = Era(
      number: 3, learnerVersion: 1, baseEpoch: 42, baseDigest: 9, configuration: "a=b\n",
      positions: [Era.EraPosition(input: input, next: 12)], accepted: accepted)
    return [
      .epoch(entry), .start(StartRecord(incarnation: .max)), .start(StartRecord(incarnation: 1, era: era)),
      .start(StartRecord(incarnation: 2, era: next)),
    ]
  }

  @Test func `what is journaled is read back`() throws {
    for content in contents {
      #expect(try JournalContent(decoding: JournalRecord(offset: 5, value: content.encoded())) == content)
    }
  }

  @Test func `a record of another format is refused with its offset`() {
    let value = Array(#"{"format":2,"kind":"epoch"}"#.utf8)
    #expect(throws: JournalDecodingError(offset: 9, what: "format 2, this version reads format 1")) {
      try JournalContent(decoding: JournalRecord(offset: 9, value: value))
    }
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>) func `damaged records are refused or say something readable`(
    seed: UInt64
  ) {
    var random = Randomness(seed: seed)
    for content in contents {
      for _ in 0..<1_500 {
        var value = content.encoded()
        for _ in 0...random.below(3) { value[random.below(value.count)] = UInt8(random.below(256)) }
        if random.chance(20) { value = Array(value.prefix(random.below(value.count))) }
        guard let read = try? JournalContent(decoding: JournalRecord(offset: 0, value: value)) else { continue }
        let again = try? JournalContent(decoding: JournalRecord(offset: 0, value: read.encoded()))
        #expect(again == read, "seed \(seed)")
      }
    }
  }
}

@Suite struct RecordBufferTests {
  private func filled(_ offsets: [[Int64]]) -> RecordBuffer {
    var buffer = RecordBuffer(expecting: offsets.map { _ in 0 })
    for (input, offsets) in offsets.enumerated() {
      for offset in offsets {
        buffer.append(input: input, offset: offset, timestamp: 0, key: [UInt8(offset)], value: [1])
      }
    }
    return buffer
  }

  @Test func `records below the ends go, the others stay with their bytes`() {
    var buffer = filled([[0, 2, 5], [1, 9]])
    let taken = buffer.take(below: [3, 1])
    #expect(taken.records.map { $0.map(\.offset) } == [[0, 2], []])
    #expect(taken.count == 2 && taken.nextOffsets == [3, 1])
    #expect(buffer.records.map { $0.map(\.offset) } == [[5], [1, 9]])
    #expect(buffer.count == 3 && buffer.nextOffsets == [6, 10])
    #expect(buffer.records[1].map { buffer.slice($0.key) } == [[1], [9]])
  }

  @Test func `a record delivered again is counted and left out`() {
    var buffer = filled([[0, 1, 2]])
    buffer.append(input: 0, offset: 1, timestamp: 0, key: nil, value: [9])
    #expect(buffer.count == 3 && buffer.redelivered == 1)
  }

  @Test func `null differs from empty in a record's hash`() {
    var buffer = RecordBuffer(expecting: [0])
    buffer.append(input: 0, offset: 0, timestamp: 0, key: [UInt8]?.none, value: [UInt8]?.none)
    buffer.append(input: 0, offset: 1, timestamp: 0, key: nil, value: [])
    buffer.append(input: 0, offset: 2, timestamp: 0, key: [], value: nil)
    buffer.append(input: 0, offset: 3, timestamp: 0, key: [], value: [])
    #expect(Set(buffer.records[0].map(\.hash)).count == 4)
  }
}

@Suite struct OwedUsersTests {
  @Test func `a user leaves with a list that no touch followed`() {
    var owed = OwedUsers()
    owed.touch(1, in: 5)
    owed.touch(2, in: 5)
    #expect(owed.take(10) == [1, 2])
    owed.touch(2, in: 6)
    owed.settle(1, version: 5)
    owed.settle(2, version: 5)
    #expect(owed.rows == [2] && owed.waitingCount == 1)
    #expect(owed.take(10) == [2])
    owed.settle(2, version: 6)
    #expect(owed.count == 0)
  }

  @Test func `who has waited longest comes first, and who could not be listed goes behind`() {
    var owed = OwedUsers()
    for row in [7, 3, 9] { owed.touch(row, in: 1) }
    #expect(owed.take(2) == [7, 3])
    owed.putBack(7)
    #expect(owed.take(5) == [9, 7])
    #expect(owed.rows == [3, 7, 9])
  }

  @Test func `a forgotten user is owed nothing, and whoever gets the row is owed anew`() {
    var owed = OwedUsers()
    owed.touch(4, in: 1)
    #expect(owed.take(1) == [4])
    owed.forget(4)
    owed.touch(4, in: 2)
    // The old user's list comes through late: it is not the new user's.
    owed.settle(4, version: 1)
    #expect(owed.rows == [4] && owed.take(1) == [4])
  }
}
