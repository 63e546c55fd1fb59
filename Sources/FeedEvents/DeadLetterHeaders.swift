extension DeadLetter {
  /// The headers to send: the original ones, then ours. A record that was sent in again and rejected again has ours
  /// twice; the last ones count.
  public var recordHeaders: [RecordHeader] {
    headers + [
      RecordHeader(Header.reason, reason.rawValue),
      RecordHeader(Header.topic, origin.topic),
      RecordHeader(Header.partition, String(origin.partition)),
      RecordHeader(Header.offset, String(origin.offset)),
      RecordHeader(Header.truncated, isTruncated ? "true" : "false"),
    ]
  }

  /// Reads a record of the dead-letter topic; nil if its last headers are not those of a dead letter, or if it gives a
  /// reason that this version does not know.
  public init?(key: [UInt8]?, value: [UInt8]?, recordHeaders: [RecordHeader]) {
    guard recordHeaders.count >= Header.all.count else { return nil }
    let ours = recordHeaders.suffix(Header.all.count)
    var texts: [String] = []
    for (header, name) in zip(ours, Header.all) {
      guard header.name.elementsEqual(name.utf8), let value = header.value else { return nil }
      texts.append(String(decoding: value, as: UTF8.self))
    }
    guard let reason = RejectionReason(rawValue: texts[0]), let partition = Int32(texts[2]),
      let offset = Int64(texts[3]), let isTruncated = Bool(texts[4])
    else { return nil }
    self.key = key
    self.value = value
    headers = recordHeaders.dropLast(Header.all.count)
    self.reason = reason
    origin = Origin(topic: texts[1], partition: partition, offset: offset)
    self.isTruncated = isTruncated
  }

  private enum Header {
    static let reason = "woonkly-reason"
    static let topic = "woonkly-topic"
    static let partition = "woonkly-partition"
    static let offset = "woonkly-offset"
    static let truncated = "woonkly-truncated"
    /// In the order in which they are sent.
    static let all = [reason, topic, partition, offset, truncated]
  }
}
