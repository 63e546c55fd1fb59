import FeedEvents
import Testing

@Suite struct DeadLetterTests {
  static let origin = DeadLetter.Origin(topic: "woonkly.interactions", partition: 17, offset: 90_211_834)

  @Test func `original headers stay, ours follow`() {
    let letter = DeadLetter(
      key: bytes("u"), value: bytes("{"),
      headers: [RecordHeader("trace", "7"), RecordHeader(name: bytes("n"), value: nil)],
      reason: .malformedJSON, origin: Self.origin)
    #expect(letter.key == bytes("u"))
    #expect(letter.value == bytes("{"))
    #expect(
      letter.recordHeaders == [
        RecordHeader("trace", "7"), RecordHeader(name: bytes("n"), value: nil),
        RecordHeader("woonkly-reason", "malformed_json"), RecordHeader("woonkly-topic", "woonkly.interactions"),
        RecordHeader("woonkly-partition", "17"), RecordHeader("woonkly-offset", "90211834"),
        RecordHeader("woonkly-truncated", "false"),
      ])
  }

  @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 1_048_576])
  func `a value is cut at 65,536 bytes, and a header says so`(count: Int) {
    let value = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    let letter = DeadLetter(key: nil, value: value, reason: .tooLarge, origin: Self.origin)
    #expect(letter.value == Array(value.prefix(65_536)))
    #expect(letter.isTruncated == (count > 65_536))
    #expect(letter.recordHeaders.last == RecordHeader("woonkly-truncated", count > 65_536 ? "true" : "false"))
  }

  @Test func `a key is cut likewise`() {
    let letter = DeadLetter(
      key: [UInt8](repeating: 1, count: 65_537), value: nil, reason: .emptyPayload, origin: Self.origin)
    #expect(letter.key?.count == 65_536)
    #expect(letter.value == nil)
    #expect(letter.isTruncated)
  }

  @Test func `headers are kept while they fit`() {
    let fitting = [RecordHeader(name: bytes("abc"), value: [UInt8](repeating: 0, count: 65_533))]
    let all = DeadLetter(key: nil, value: [], headers: fitting, reason: .emptyPayload, origin: Self.origin)
    #expect(all.headers == fitting)
    #expect(!all.isTruncated)
    let one = DeadLetter(
      key: nil, value: [], headers: fitting + [RecordHeader("d", "")], reason: .emptyPayload, origin: Self.origin)
    #expect(one.headers == fitting)
    #expect(one.isTruncated)
  }

  @Test func `a dead letter is read back from its record`() {
    for reason in RejectionReason.allCases {
      let letter = DeadLetter(
        key: [0xFF], value: [UInt8](repeating: 9, count: 70_000), headers: [RecordHeader("woonkly-reason", "too_deep")],
        reason: reason, origin: Self.origin)
      #expect(DeadLetter(key: letter.key, value: letter.value, recordHeaders: letter.recordHeaders) == letter)
    }
  }

  @Test func `a letter rejected again tells of its latest rejection`() {
    let first = DeadLetter(key: nil, value: [1], reason: .tooDeep, origin: Self.origin)
    let second = DeadLetter(
      key: nil, value: [1], headers: first.recordHeaders, reason: .malformedJSON,
      origin: .init(topic: "other", partition: 0, offset: 1))
    let read = DeadLetter(key: nil, value: [1], recordHeaders: second.recordHeaders)
    #expect(read?.reason == .malformedJSON)
    #expect(read?.origin.topic == "other")
    #expect(read?.headers == first.recordHeaders)
  }

  @Test func `other records are no dead letters`() {
    let headers = DeadLetter(key: nil, value: [], reason: .tooDeep, origin: Self.origin).recordHeaders
    #expect(DeadLetter(key: nil, value: [], recordHeaders: []) == nil)
    for index in headers.indices {
      for value in [nil, bytes("?")] where index != 1 || value == nil {
        var changed = headers
        changed[index].value = value
        #expect(DeadLetter(key: nil, value: [], recordHeaders: changed) == nil)
      }
      var missing = headers
      missing.remove(at: index)
      #expect(DeadLetter(key: nil, value: [], recordHeaders: missing) == nil)
    }
  }
}
