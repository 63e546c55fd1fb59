import Pipeline

/// The journal as one process reads it.
struct SimulatedJournal: JournalLog {
  /// How long a record that is known to be there may stay invisible, in milliseconds.
  static let patienceMilliseconds: Int64 = 60_000

  let process: SimulatedProcess

  mutating func read(
    from offset: Int64?, through end: Int64?, _ visit: (JournalRecord) -> Bool
  ) throws(InputError) {
    if process.diesNow() { throw .unavailable("dead") }
    let cluster = process.cluster
    guard cluster.waitsOutOutage(Self.patienceMilliseconds) else {
      process.excuses.insert(.longOutage)
      throw .unavailable("no broker answers")
    }
    let partition = cluster.partition("journal-0")
    let first = offset ?? partition.beginning
    guard (partition.beginning...partition.end).contains(first) else { throw .outOfRange(input: 0, offset: first) }
    var last = partition.lastStableOffset - 1
    // A deposed leader answers with the end it knew.
    let isDeposed = cluster.random.chance(20)
    if isDeposed { cluster.happened(.deposedLeaderOfJournal) }
    if let end {
      let deadline = cluster.time + Self.patienceMilliseconds
      while partition.lastStableOffset <= end {
        cluster.happened(.heldBackByOlderTransaction)
        guard cluster.time < deadline else {
          process.excuses.insert(.heldBackByOlderTransaction)
          throw .unavailable("the record at offset \(end) does not become visible")
        }
        cluster.time += 200
        cluster.expireTransactions()
        cluster.settleMarkers()
      }
      last = end
    } else if isDeposed {
      last -= Int64(cluster.random.below(4))
    }
    var position = first
    while position <= last {
      if let record = cluster.visible(partition.entries[Int(position)]) {
        guard visit(JournalRecord(offset: position, value: record.value!)) else { return }
      } else if case .data = partition.entries[Int(position)] {
        cluster.happened(.abortedRecordsHidden)
      }
      position += 1
    }
  }
}
