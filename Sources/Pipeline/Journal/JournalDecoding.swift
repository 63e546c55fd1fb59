import FeedEvents

extension JournalContent {
  /// Reads a record of the journal.
  /// - Throws: ``JournalDecodingError`` naming the offset, for anything that ``encoded()`` does not write.
  public init(decoding record: JournalRecord) throws(JournalDecodingError) {
    let document: JSONValue
    do {
      // The parser takes memory for the longest document it may be given.
      let limit = min(max(record.value.count, 1), journalRecordLimitBytes)
      document = try JSONReader(limitBytes: limit).read(record.value)
    } catch {
      throw JournalDecodingError(offset: record.offset, what: error.rawValue)
    }
    let fields = JournalFields(document, offset: record.offset)
    let format = try fields.integer("format")
    guard format == 1 else {
      throw JournalDecodingError(offset: record.offset, what: "format \(format), this version reads format 1")
    }
    switch try fields.text("kind") {
    case "start": self = .start(try StartRecord(fields))
    case "epoch": self = .epoch(try JournalEntry(fields))
    case let kind: throw JournalDecodingError(offset: record.offset, what: "unknown kind \"\(kind)\"")
    }
  }
}

/// The longest journal record that is read: 100,000 partitions' ranges fit.
let journalRecordLimitBytes = 32 << 20

/// The members of one object of a journal record.
private struct JournalFields {
  let value: JSONValue
  let offset: Int64

  init(_ value: JSONValue, offset: Int64) {
    self.value = value
    self.offset = offset
  }

  func fail(_ name: String) -> JournalDecodingError {
    JournalDecodingError(offset: offset, what: "\(name) is missing or malformed")
  }

  func integer(_ name: String) throws(JournalDecodingError) -> Int64 {
    guard let number = value[name]?.integer else { throw fail(name) }
    return number
  }

  func count(_ name: String) throws(JournalDecodingError) -> Int {
    let number = try integer(name)
    guard number >= 0 else { throw fail(name) }
    return Int(number)
  }

  func unsigned(_ name: String) throws(JournalDecodingError) -> UInt64 {
    switch value[name] {
    case .uint64(let number): return number
    case .int64(let number) where number >= 0: return UInt64(number)
    default: throw fail(name)
    }
  }

  func text(_ name: String) throws(JournalDecodingError) -> String {
    guard let bytes = value[name]?.string else { throw fail(name) }
    return String(decoding: bytes, as: UTF8.self)
  }

  func hash(_ name: String) throws(JournalDecodingError) -> UInt128 {
    let digits = try text(name)
    guard digits.utf8.count == 32, let hash = UInt128(digits, radix: 16) else { throw fail(name) }
    return hash
  }

  func objects(_ name: String) throws(JournalDecodingError) -> [JournalFields] {
    guard let elements = value[name]?.array else { throw fail(name) }
    return elements.map { JournalFields($0, offset: offset) }
  }

  func object(_ name: String) -> JournalFields? {
    value[name].map { JournalFields($0, offset: offset) }
  }

  func input() throws(JournalDecodingError) -> InputPartition {
    guard let role = InputRole(rawValue: try text("role")) else { throw fail("role") }
    guard let partition = Int32(exactly: try integer("partition")), partition >= 0 else { throw fail("partition") }
    return InputPartition(role: role, topic: try text("topic"), partition: partition)
  }
}

extension StartRecord {
  fileprivate init(_ fields: JournalFields) throws(JournalDecodingError) {
    self.init(
      incarnation: try fields.unsigned("incarnation"),
      era: try fields.object("era").map { (era) throws(JournalDecodingError) in try Era(era) })
  }
}

extension Era {
  fileprivate init(_ fields: JournalFields) throws(JournalDecodingError) {
    var positions: [EraPosition] = []
    for position in try fields.objects("positions") {
      positions.append(EraPosition(input: try position.input(), next: try position.integer("next")))
    }
    guard let learnerVersion = UInt32(exactly: try fields.integer("learner_version")) else {
      throw fields.fail("learner_version")
    }
    self.init(
      number: try fields.unsigned("number"), learnerVersion: learnerVersion,
      baseEpoch: try fields.unsigned("base_epoch"), baseDigest: try fields.hash("base_digest"),
      configuration: try fields.text("configuration"), positions: positions,
      accepted: try fields.object("accepted").map { (accepted) throws(JournalDecodingError) in try Acceptance(accepted)
      })
  }
}

extension Acceptance {
  fileprivate init(_ fields: JournalFields) throws(JournalDecodingError) {
    var gaps: [Gap] = []
    for gap in fields.object("gaps") == nil ? [] : try fields.objects("gaps") {
      gaps.append(Gap(input: try gap.input(), from: try gap.integer("from"), to: try gap.integer("to")))
    }
    self.init(
      fromEra: try fields.unsigned("from_era"), fromEpoch: try fields.unsigned("from_epoch"), gaps: gaps,
      learner: try fields.object("learner").map { (epochs) throws(JournalDecodingError) in try Epochs(epochs) },
      divergence: try fields.object("divergence").map { (epochs) throws(JournalDecodingError) in try Epochs(epochs) })
  }
}

extension Acceptance.Epochs {
  fileprivate init(_ fields: JournalFields) throws(JournalDecodingError) {
    self.init(first: try fields.unsigned("first"), last: try fields.unsigned("last"))
  }
}

extension JournalEntry {
  fileprivate init(_ fields: JournalFields) throws(JournalDecodingError) {
    var ranges: [Range] = []
    for range in try fields.objects("ranges") {
      let (from, to) = (try range.integer("from"), try range.integer("to"))
      guard 0 <= from, from <= to else { throw fields.fail("ranges") }
      ranges.append(
        Range(
          input: try range.input(), from: from, to: to, count: try range.count("count"), hash: try range.hash("hash")))
    }
    var deadLetters: [DeadLetterCount] = []
    guard let members = fields.value["dead_letters"]?.object else { throw fields.fail("dead_letters") }
    for member in members {
      guard let count = member.value.integer, count >= 0 else { throw fields.fail("dead_letters") }
      deadLetters.append(DeadLetterCount(reason: String(decoding: member.key, as: UTF8.self), count: Int(count)))
    }
    let lists = try fields.object("lists").map { (lists) throws(JournalDecodingError) in
      Lists(
        version: try lists.unsigned("version"), generatedAt: try lists.integer("generated_at"),
        count: try lists.count("count"), hash: try lists.hash("hash"))
    }
    self.init(
      epoch: try fields.unsigned("epoch"), ranges: ranges, digest: try fields.hash("digest"), deadLetters: deadLetters,
      lists: lists, tombstones: try fields.count("tombstones"))
  }
}
