import Checkpoints
import FeedEvents
import Learning
import Pipeline

/// G1, G2 and P1 to P4 of the guarantees, checked from what a read_committed reader sees and nothing else.
struct Guarantees {
  let cluster: SimulatedCluster
  let inputs: [InputPartition]

  private let journal: [(offset: Int64, transaction: Int?, content: JournalContent)]
  private let lists: [(key: [UInt8], value: [UInt8]?, transaction: Int?)]

  init(_ cluster: SimulatedCluster, inputs: [InputPartition]) throws {
    self.cluster = cluster
    self.inputs = inputs
    journal = try cluster.visibleRecords("journal-0").map {
      (
        $0.offset, $0.record.transaction,
        try JournalContent(decoding: JournalRecord(offset: $0.offset, value: $0.record.value!))
      )
    }
    lists = cluster.visibleRecords("recommendations-0").map { ($0.record.key!, $0.record.value, $0.record.transaction) }
  }

  /// Lists seen.
  var listCount: Int { lists.count { $0.value != nil } }
  /// Tombstones seen.
  var tombstoneCount: Int { lists.count { $0.value == nil } }
  /// Eras opened.
  var eraCount: Int { journal.count { if case .start(let start) = $0.content { start.era != nil } else { false } } }

  private var epochs: [(entry: JournalEntry, transaction: Int?)] {
    journal.compactMap { if case .epoch(let entry) = $0.content { (entry, $0.transaction) } else { nil } }
  }

  /// Everything at once; one pass over the log.
  func check() throws {
    try checkTiling()
    try checkVersions()
    try checkAccounts()
    try replay()
  }

  /// G2: epochs contiguous and once; ranges tile; `to` is the last data record + 1.
  private func checkTiling() throws {
    var next = Array(repeating: Int64(0), count: inputs.count)
    for (index, (entry, _)) in epochs.enumerated() {
      guard entry.epoch == UInt64(index + 1) else { throw Violation("G2: epoch \(entry.epoch) at place \(index + 1)") }
      guard entry.ranges.map(\.input) == inputs else { throw Violation("G2: epoch \(entry.epoch) has other inputs") }
      for (input, range) in entry.ranges.enumerated() {
        guard range.from == next[input] else {
          throw Violation("G2: epoch \(entry.epoch) begins at \(range.from), not \(next[input])")
        }
        let data = records(inputs[input]).filter { range.from..<range.to ~= $0.offset }
        guard data.count == range.count else { throw Violation("G2: epoch \(entry.epoch) miscounts its records") }
        let last = data.last.map { $0.offset + 1 } ?? range.from
        guard range.to == last else {
          throw Violation("G2: epoch \(entry.epoch) ends at \(range.to), its last record + 1 is \(last)")
        }
        next[input] = range.to
      }
    }
    for (input, partition) in inputs.enumerated() {
      let end = records(partition).last.map { $0.offset + 1 } ?? 0
      guard next[input] == end else { throw Violation("G2: \(partition) folded to \(next[input]) of \(end)") }
    }
  }

  /// P1: per user, versions of visible lists strictly increase.
  private func checkVersions() throws {
    var last: [[UInt8]: Int64] = [:]
    let decoder = RecommendationsDecoder()
    for list in lists {
      guard let value = list.value else { continue }
      let decoded = try decoder.decode(value)
      guard decoded.userID == list.key else { throw Violation("P2: a list under another user's key") }
      guard decoded.version > last[list.key] ?? 0 else {
        throw Violation(
          "P1: version \(decoded.version) follows \(last[list.key]!) of \(String(decoding: list.key, as: UTF8.self))")
      }
      last[list.key] = decoded.version
    }
  }

  /// P3: visible lists are those that the journal entry in their transaction accounts for; what an earlier incarnation
  /// sent is followed by nothing of it.
  private func checkAccounts() throws {
    var carried: [Int: (count: Int, hash: UInt128, tombstones: Int)] = [:]
    for list in lists {
      guard let transaction = list.transaction else { throw Violation("P3: a list outside of any transaction") }
      var sum = carried[transaction] ?? (0, 0, 0)
      if let value = list.value {
        sum.count += 1
        sum.hash &+= FinishedLists.List(userRow: 0, userID: list.key, value: value).hash
      } else {
        sum.tombstones += 1
      }
      carried[transaction] = sum
    }
    for (entry, transaction) in epochs {
      let found = carried.removeValue(forKey: transaction!) ?? (0, 0, 0)
      guard found.count == entry.lists?.count ?? 0, found.hash == entry.lists?.hash ?? 0,
        found.tombstones == entry.tombstones
      else {
        throw Violation(
          "P3: epoch \(entry.epoch) accounts for \(entry.lists?.count ?? 0) lists, \(found.count) are visible")
      }
    }
    guard carried.isEmpty else { throw Violation("P3: lists in a transaction without an epoch") }
  }

  /// G1, P2, P4 and the dead letters: a cold fold of the journaled ranges, list by list.
  private func replay() throws {
    var wanted: [UInt64: [(user: [UInt8], value: [UInt8])]] = [:]
    let decoder = RecommendationsDecoder()
    for list in lists {
      guard let value = list.value else { continue }
      wanted[UInt64(try decoder.decode(value).version), default: []].append((list.key, value))
    }
    let eras = journal.compactMap { if case .start(let start) = $0.content { start.era } else { nil } }
    guard let origin = eras.first else { throw Violation("G1: no era was ever opened") }
    var recommender = Recommender(
      configuration: try JournaledConfiguration(canonicalText: origin.configuration),
      positions: origin.positions.map { InputPosition(input: $0.input, next: $0.next) })
    var lastTouch: [[UInt8]: UInt64] = [:]
    var deadLetters: [OutputRecord] = []
    for (_, _, content) in journal {
      switch content {
      case .start(let start):
        guard let era = start.era else { continue }
        recommender.reconfigure(try JournaledConfiguration(canonicalText: era.configuration))
        guard recommender.digest == era.baseDigest else { throw Violation("G1: era \(era.number) has another base") }
      case .epoch(let entry):
        var buffer = RecordBuffer(expecting: entry.ranges.map(\.from))
        for (input, range) in entry.ranges.enumerated() {
          for (offset, record) in records(inputs[input]) where range.from..<range.to ~= offset {
            buffer.append(
              input: input, offset: offset, timestamp: record.timestamp, key: record.key, value: record.value,
              headers: record.headers)
          }
        }
        let yield = recommender.fold(buffer, to: entry.ranges.map(\.to))
        guard yield.counts.records == buffer.count else {
          throw Violation("G2: a record was neither learned nor counted")
        }
        deadLetters += yield.deadLetters
        guard recommender.digest == entry.digest else { throw Violation("G1: epoch \(entry.epoch) has another digest") }
        var rows: Set<Int> = []
        for debt in yield.debts {
          switch debt {
          case .touched(let row): rows.insert(row)
          case .forgotten(let row): rows.remove(row)
          }
        }
        for user in yield.forgotten { lastTouch[user] = nil }
        for row in rows { lastTouch[recommender.learner.userIdentifier(row)] = entry.epoch }
        try checkLists(wanted.removeValue(forKey: entry.epoch) ?? [], after: entry.epoch, recommender)
      }
    }
    guard wanted.isEmpty else { throw Violation("P2: lists of epochs that do not exist: \(wanted.keys.sorted())") }
    let visible = cluster.visibleRecords("dead-letter-0").map {
      OutputRecord(topic: .deadLetter, key: $0.record.key, value: $0.record.value, headers: $0.record.headers)
    }
    guard visible == deadLetters else {
      throw Violation("G2: \(visible.count) dead letters, should be \(deadLetters.count)")
    }
    try checkEveryoneIsListed(lastTouch, recommender)
  }

  /// P2: a list's bytes are those of a freeze after the epoch it names, at the time it names.
  private func checkLists(
    _ lists: [(user: [UInt8], value: [UInt8])], after epoch: UInt64, _ recommender: borrowing Recommender
  ) throws {
    let decoder = RecommendationsDecoder()
    for list in lists {
      guard let row = recommender.learner.userRow(list.user.span) else {
        throw Violation("P2: a list of epoch \(epoch) for a user who did not exist after it")
      }
      let generatedAt = try decoder.decode(list.value).generatedAt
      let again = recommender.freeze(users: [row], version: epoch, generatedAt: generatedAt).lists()
      guard again.lists.first?.value == list.value else {
        throw Violation("P2: a list of epoch \(epoch) has other bytes than the state gives")
      }
    }
  }

  /// P4: input has stopped and the daemon stayed up.
  private func checkEveryoneIsListed(_ lastTouch: [[UInt8]: UInt64], _ recommender: borrowing Recommender) throws {
    var latest: [[UInt8]: UInt64] = [:]
    let decoder = RecommendationsDecoder()
    for list in lists { latest[list.key] = try list.value.map { UInt64(try decoder.decode($0).version) } }
    for (user, touch) in lastTouch {
      let row = recommender.learner.userRow(user.span)!
      let isListable = recommender.freeze(users: [row], version: 1, generatedAt: .max / 4).lists().lists[0].value != nil
      guard !isListable || latest[user] ?? 0 >= touch else {
        throw Violation(
          "P4: \(String(decoding: user, as: UTF8.self)) was touched in epoch \(touch), listed in \(latest[user] ?? 0)")
      }
    }
  }

  private func records(_ input: InputPartition) -> [(offset: Int64, record: SimulatedCluster.SimulatedRecord)] {
    cluster.visibleRecords(SimulatedCluster.name(input.topic, input.partition))
  }
}
