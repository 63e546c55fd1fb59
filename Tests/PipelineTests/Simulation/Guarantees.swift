import Checkpoints
import FeedEvents
import Learning
import Pipeline

/// G1, G2 and P1 to P4, checked from what a read_committed reader sees and nothing else.
struct Guarantees {
  /// A list or tombstone as the reader sees it.
  struct Published {
    let user: [UInt8]
    let value: [UInt8]?
    let transaction: Int
    /// As the list itself says; 0 for a tombstone.
    let version: UInt64
    let generatedAt: Int64
  }

  struct Epoch {
    let entry: JournalEntry
    let transaction: Int
  }

  let cluster: SimulatedCluster
  let inputs: [InputPartition]
  /// Whether the daemon was left to finish: otherwise the history ended where records were missing.
  let isComplete: Bool
  /// How many events a duplicate is known for.
  let window: Int
  let journal: [(transaction: Int, content: JournalContent)]
  let published: [Published]

  init(_ cluster: SimulatedCluster, inputs: [InputPartition], window: Int, isComplete: Bool = true) throws {
    self.cluster = cluster
    self.inputs = inputs
    self.isComplete = isComplete
    self.window = window
    journal = try cluster.visibleRecords("journal-0").map {
      ($0.record.transaction!, try JournalContent(decoding: JournalRecord(offset: $0.offset, value: $0.record.value!)))
    }
    published = try cluster.visibleRecords("recommendations-0").map {
      guard let transaction = $0.record.transaction else { throw Violation(.p3, "a list outside of any transaction") }
      let value = $0.record.value
      return Published(
        user: $0.record.key!, value: value, transaction: transaction,
        version: try value.map { UInt64(try Self.number(after: "version", in: $0)) } ?? 0,
        generatedAt: try value.map { try Self.number(after: "generated_at", in: $0) } ?? 0)
    }
  }

  /// Lists seen.
  var listCount: Int { published.count { $0.value != nil } }
  /// Tombstones seen.
  var tombstoneCount: Int { published.count { $0.value == nil } }
  /// Epochs seen.
  var epochCount: Int { journal.count { if case .epoch = $0.content { true } else { false } } }
  /// Eras opened.
  var eraCount: Int { journal.count { if case .start(let start) = $0.content { start.era != nil } else { false } } }

  /// Acceptances in the order of the journal.
  var accepted: [Acceptance] {
    journal.compactMap { if case .start(let start) = $0.content { start.era?.accepted } else { nil } }
  }

  var epochs: [Epoch] {
    journal.compactMap {
      if case .epoch(let entry) = $0.content { Epoch(entry: entry, transaction: $0.transaction) } else { nil }
    }
  }

  /// Everything at once.
  /// - Parameter plantedBug: for the bug that is only seen where the cold fold has it too.
  func check(plantedBug: PlantedBug? = nil) throws {
    try checkTiling()
    try checkVersions()
    try checkAccounts()
    try checkIncarnations()
    try checkTombstones()
    var fold = try ColdFold(self, plantedBug: plantedBug)
    try fold.run()
  }

  /// The number in a list's own words. All of its bytes are compared later; these two say with what.
  private static func number(after name: String, in value: [UInt8]) throws -> Int64 {
    let pattern = Array("\"\(name)\":".utf8)
    for start in 0..<max(0, value.count - pattern.count) where value[start] == pattern[0] {
      guard value[start..<start + pattern.count].elementsEqual(pattern) else { continue }
      let digits = value[(start + pattern.count)...].prefix { (0x30...0x39).contains($0) }
      if let number = Int64(String(decoding: digits, as: UTF8.self)) { return number }
    }
    throw Violation(.p2, "a list without \(name)")
  }

  /// G2: epochs contiguous and once; ranges and accepted gaps tile; `to` is the last data record + 1, a gap is no longer than what
  /// was deleted.
  private func checkTiling() throws {
    var tiles = Tiles(
      next: Array(repeating: 0, count: inputs.count), passed: Array(repeating: 0, count: inputs.count),
      records: inputs.map { cluster.visibleRecords(SimulatedCluster.name($0.topic, $0.partition)) })
    var last: UInt64 = 0
    for (_, content) in journal {
      switch content {
      case .epoch(let entry):
        guard entry.epoch == last + 1 else { throw Violation(.g2, "epoch \(entry.epoch) follows epoch \(last)") }
        guard entry.ranges.map(\.input) == inputs else {
          throw Violation(.g2, "epoch \(entry.epoch) has other inputs")
        }
        for (input, range) in entry.ranges.enumerated() { try tiles.add(range, of: entry.epoch, input) }
        last = entry.epoch
      case .start(let start):
        guard let era = start.era else { continue }
        guard era.baseEpoch == last else { throw Violation(.g2, "era \(era.number) is not based on epoch \(last)") }
        for gap in era.accepted?.gaps ?? [] {
          let name = SimulatedCluster.name(gap.input.topic, gap.input.partition)
          guard gap.from < gap.to, gap.to <= cluster.partition(name).beginning else {
            throw Violation(.g2, "era \(era.number) leaves out \(gap.from)..<\(gap.to), which is still there")
          }
          try tiles.add(gap, of: era.number, inputs.firstIndex(of: gap.input)!)
        }
        guard era.positions.map(\.input) == inputs, era.positions.map(\.next) == tiles.next else {
          throw Violation(.g2, "era \(era.number) begins at \(era.positions.map(\.next)), not \(tiles.next)")
        }
      }
    }
    guard isComplete else { return }
    for (input, partition) in inputs.enumerated() where tiles.passed[input] != tiles.records[input].count {
      throw Violation(.g2, "\(partition) is folded to \(tiles.next[input]), there is more")
    }
  }

  /// How far ranges and gaps have tiled the inputs.
  private struct Tiles {
    var next: [Int64]
    var passed: [Int]
    let records: [[(offset: Int64, record: SimulatedCluster.SimulatedRecord)]]

    mutating func add(_ gap: Acceptance.Gap, of era: UInt64, _ input: Int) throws {
      guard gap.from == next[input] else {
        throw Violation(.g2, "the gap of era \(era) begins at \(gap.from), not \(next[input])")
      }
      pass(gap.to, input)
      next[input] = gap.to
    }

    mutating func add(_ range: JournalEntry.Range, of epoch: UInt64, _ input: Int) throws {
      guard range.from == next[input] else {
        throw Violation(.g2, "epoch \(epoch) begins at \(range.from), not \(next[input])")
      }
      let first = passed[input]
      pass(range.to, input)
      guard passed[input] - first == range.count else {
        throw Violation(.g2, "epoch \(epoch) has \(range.count) of \(passed[input] - first) records of its range")
      }
      let last = passed[input] == first ? range.from : records[input][passed[input] - 1].offset + 1
      guard range.to == last else {
        throw Violation(.g2, "epoch \(epoch) ends at \(range.to), its last record + 1 is \(last)")
      }
      next[input] = range.to
    }

    private mutating func pass(_ end: Int64, _ input: Int) {
      while passed[input] < records[input].count, records[input][passed[input]].offset < end { passed[input] += 1 }
    }
  }

  /// P1: per user, versions of visible lists strictly increase.
  private func checkVersions() throws {
    var last: [[UInt8]: UInt64] = [:]
    for list in published where list.value != nil {
      let before = last.updateValue(list.version, forKey: list.user) ?? 0
      guard list.version > before else {
        throw Violation(
          .p1, "version \(list.version) follows \(before) of \(String(decoding: list.user, as: UTF8.self))")
      }
    }
  }

  /// P3: visible lists are those that the journal entry in their transaction accounts for.
  private func checkAccounts() throws {
    var carried: [Int: (count: Int, hash: UInt128, tombstones: Int)] = [:]
    for list in published {
      var sum = carried[list.transaction] ?? (0, 0, 0)
      if let value = list.value {
        sum.count += 1
        sum.hash &+= FinishedLists.List(userRow: 0, userID: list.user, value: value).hash
      } else {
        sum.tombstones += 1
      }
      carried[list.transaction] = sum
    }
    for epoch in epochs {
      let (entry, found) = (epoch.entry, carried.removeValue(forKey: epoch.transaction) ?? (0, 0, 0))
      guard found.count == entry.lists?.count ?? 0, found.hash == entry.lists?.hash ?? 0,
        found.tombstones == entry.tombstones
      else {
        throw Violation(
          .p3, "epoch \(entry.epoch) accounts for \(entry.lists?.count ?? 0) lists, \(found.count) are visible")
      }
    }
    guard carried.isEmpty else { throw Violation(.p3, "lists in a transaction without an epoch") }
  }

  /// P3: once an incarnation has committed anything, nothing of an earlier one becomes visible.
  private func checkIncarnations() throws {
    let committed = cluster.transactions.filter { $0.committedAs != nil }.sorted { $0.committedAs! < $1.committedAs! }
    for (earlier, later) in zip(committed, committed.dropFirst()) where later.incarnation < earlier.incarnation {
      throw Violation(.p3, "incarnation \(later.incarnation) commits after incarnation \(earlier.incarnation)")
    }
  }

  /// No list from before a user was forgotten follows the tombstone.
  private func checkTombstones() throws {
    let epochOf = Dictionary(uniqueKeysWithValues: epochs.map { ($0.transaction, $0.entry.epoch) })
    var forgotten: [[UInt8]: UInt64] = [:]
    for list in published {
      guard list.value != nil else {
        forgotten[list.user] = epochOf[list.transaction] ?? 0
        continue
      }
      guard list.version >= forgotten[list.user] ?? 0 else {
        throw Violation(
          .forgetting,
          "\(String(decoding: list.user, as: UTF8.self)) is forgotten in epoch \(forgotten[list.user]!), and gets a list "
            + "of epoch \(list.version)")
      }
    }
  }
}
