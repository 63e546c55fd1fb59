import Pipeline

/// A journal in memory, which notes what is asked of it.
struct KeptJournal: JournalLog {
  struct Reading: Equatable {
    let from: Int64?
    let through: Int64?
  }

  var records: [JournalRecord]
  private(set) var readings: [Reading] = []

  init(records: [JournalRecord]) { self.records = records }

  /// Contents, each with its offset.
  init(_ contents: [(offset: Int64, content: JournalContent)]) {
    self.init(records: contents.map { JournalRecord(offset: $0.offset, value: $0.content.encoded()) })
  }

  mutating func read(
    from offset: Int64?, through end: Int64?, _ visit: (JournalRecord) -> Bool
  ) throws(InputError) {
    readings.append(Reading(from: offset, through: end))
    for record in records where record.offset >= offset ?? 0 && record.offset <= end ?? .max {
      guard visit(record) else { return }
    }
  }
}
