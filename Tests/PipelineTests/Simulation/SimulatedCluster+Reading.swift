import Pipeline

extension SimulatedCluster {
  /// One past the last offset that a read_committed reader may reach.
  func lastStableOffset(_ name: String) -> Int64 { partition(name).lastStableOffset }

  /// A record, if a read_committed reader is given it. The caller stays below the last stable offset.
  func visible(_ entry: Entry) -> SimulatedRecord? {
    guard case .data(let record) = entry else { return nil }
    if let transaction = record.transaction, transactions[transaction].state != .committed { return nil }
    return record
  }

  /// Everything that a read_committed reader has ever been able to see, deleted records included.
  func visibleRecords(_ name: String) -> [(offset: Int64, record: SimulatedRecord)] {
    let partition = partition(name)
    let end = Int(partition.lastStableOffset)
    var records: [(offset: Int64, record: SimulatedRecord)] = []
    records.reserveCapacity(end)
    for offset in 0..<end {
      if let record = visible(partition.entries[offset]) { records.append((Int64(offset), record)) }
    }
    return records
  }

  /// Everything that was ever committed to the journal, whether a reader can see it yet or no longer.
  func committedJournal() throws -> [(offset: Int64, content: JournalContent)] {
    var journal: [(offset: Int64, content: JournalContent)] = []
    for (offset, entry) in partition("journal-0").entries.enumerated() {
      guard let record = visible(entry), let value = record.value else { continue }
      let content = try JournalContent(decoding: JournalRecord(offset: Int64(offset), value: value))
      journal.append((Int64(offset), content))
    }
    return journal
  }

  /// Nobody answers now.
  var isOut: Bool { time < outageEnd }

  /// Waits for the end of an outage, `patience` milliseconds at the most. Returns whether brokers answer.
  func waitsOutOutage(_ patience: Int64) -> Bool {
    guard isOut else { return true }
    time = min(outageEnd, time + patience)
    return !isOut
  }
}
