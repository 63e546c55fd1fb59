import FeedEvents

extension JournalContent {
  /// The record's value: one JSON object, format 1.
  public func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.field("format", 1 as Int64)
    switch self {
    case .start(let start):
      writer.field("kind", "start")
      writer.field("incarnation", start.incarnation)
      if let era = start.era {
        writer.key("era")
        writer.write(era)
      }
    case .epoch(let entry):
      writer.field("kind", "epoch")
      writer.write(fieldsOf: entry)
    }
    writer.endObject()
    return writer.bytes
  }
}

extension JSONWriter {
  fileprivate mutating func field(_ name: StaticString, _ text: String) {
    key(name)
    string(text)
  }

  fileprivate mutating func field(_ name: StaticString, _ number: UInt64) {
    key(name)
    integer(number)
  }

  fileprivate mutating func field(_ name: StaticString, _ hash: UInt128) {
    key(name)
    string(hash.hexadecimal)
  }

  fileprivate mutating func write(_ input: InputPartition) {
    field("role", input.role.rawValue)
    field("topic", input.topic)
    field("partition", Int64(input.partition))
  }

  fileprivate mutating func write(_ era: Era) {
    beginObject()
    field("number", era.number)
    field("learner_version", Int64(era.learnerVersion))
    field("base_epoch", era.baseEpoch)
    field("base_digest", era.baseDigest)
    field("configuration", era.configuration)
    key("positions")
    beginArray()
    for position in era.positions {
      beginObject()
      write(position.input)
      field("next", position.next)
      endObject()
    }
    endArray()
    if let accepted = era.accepted {
      key("accepted")
      write(accepted)
    }
    endObject()
  }

  fileprivate mutating func write(_ accepted: Acceptance) {
    beginObject()
    field("from_era", accepted.fromEra)
    field("from_epoch", accepted.fromEpoch)
    if !accepted.gaps.isEmpty {
      key("gaps")
      beginArray()
      for gap in accepted.gaps {
        beginObject()
        write(gap.input)
        field("from", gap.from)
        field("to", gap.to)
        endObject()
      }
      endArray()
    }
    if let learner = accepted.learner {
      key("learner")
      write(learner)
    }
    if let divergence = accepted.divergence {
      key("divergence")
      write(divergence)
    }
    endObject()
  }

  fileprivate mutating func write(_ epochs: Acceptance.Epochs) {
    beginObject()
    field("first", epochs.first)
    field("last", epochs.last)
    endObject()
  }

  fileprivate mutating func write(fieldsOf entry: JournalEntry) {
    field("epoch", entry.epoch)
    key("ranges")
    beginArray()
    for range in entry.ranges {
      beginObject()
      write(range.input)
      field("from", range.from)
      field("to", range.to)
      field("count", Int64(range.count))
      field("hash", range.hash)
      endObject()
    }
    endArray()
    field("digest", entry.digest)
    key("dead_letters")
    beginObject()
    for letters in entry.deadLetters {
      key(Array(letters.reason.utf8).span)
      integer(Int64(letters.count))
    }
    endObject()
    if let lists = entry.lists {
      key("lists")
      beginObject()
      field("version", lists.version)
      field("generated_at", lists.generatedAt)
      field("count", Int64(lists.count))
      field("hash", lists.hash)
      endObject()
    }
    field("tombstones", Int64(entry.tombstones))
  }
}

extension UInt128 {
  /// 32 hexadecimal digits.
  public var hexadecimal: String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: 32 - digits.count) + digits
  }
}
