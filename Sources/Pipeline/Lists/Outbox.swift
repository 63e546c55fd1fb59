/// The lists of one freeze on their way out: awaited while they are computed, then taken in chunks, one for an epoch.
///
///     empty ──expect──► computing ──receive──► sending ──take──► … ──take──► empty
///       ▲                   └── none could be made ──┐
///       └────────────────────────────────────────────┘
///
/// Meanwhile it follows what becomes of the freeze's users. A forgotten user's list was made from what must be forgotten: it is
/// dropped. An evicted user's goes out, being one of its version all the same, but settles no debt of whoever has the row now.
///
/// What is kept for that is who of the freeze is still there, never who has gone: no more than the freeze has users, however many
/// strangers are forgotten. It is kept by id and by row, since neither stands for the other: a user may be evicted and forgotten
/// after that, when the row is empty or another's, and whoever came into the row may be forgotten.
struct Outbox {
  /// What goes out with one epoch.
  struct Chunk {
    /// The lists.
    fileprivate(set) var records: [OutputRecord] = []
    /// What the journal says of them; nil where there are none.
    fileprivate(set) var account: JournalEntry.Lists?
    /// Rows whose users are still there, each with when the first item of the list expires.
    fileprivate(set) var listed: [(row: Int, expiresAt: Int64)] = []
    /// The bytes of the lists.
    fileprivate(set) var bytes = 0

    /// No lists.
    init() {}
  }

  private enum Stage {
    case empty
    case computing
    /// The lists before `next` have been taken.
    case sending(FinishedLists, next: Int)
  }

  private var stage = Stage.empty
  /// Users of the freeze who were not forgotten since.
  private var remembered: Set<[UInt8]> = []
  /// Rows of the freeze whose users were neither evicted nor forgotten since.
  private var held: Set<Int> = []

  /// Nothing is on its way.
  init() {}

  /// Whether nothing is on its way: another freeze may be taken.
  var isEmpty: Bool { if case .empty = stage { true } else { false } }

  /// Whether lists are being computed.
  var isComputing: Bool { if case .computing = stage { true } else { false } }

  /// Whether there is something to take.
  var isSending: Bool { if case .sending = stage { true } else { false } }

  /// How many users and rows are followed.
  var followedCount: Int { remembered.count + held.count }

  /// A freeze with these users was taken: their lists are being computed.
  mutating func expect(_ users: [(row: Int, id: [UInt8])]) {
    precondition(isEmpty, "one freeze at a time")
    stage = .computing
    remembered = Set(users.lazy.map(\.id))
    held = Set(users.lazy.map(\.row))
  }

  /// Follows what became of users in an epoch after the freeze.
  mutating func follow(_ yield: FoldYield) {
    guard !isEmpty else { return }
    for id in yield.forgotten { remembered.remove(id) }
    for change in yield.debts {
      switch change {
      case .touched: break
      case .evicted(let row), .forgotten(let row): held.remove(row)
      }
    }
  }

  /// The lists are done.
  /// - Returns: the rows of users who are still there, but for whom no list could be made.
  mutating func receive(_ lists: FinishedLists) -> [Int] {
    precondition(isComputing, "nobody asked for lists")
    let unlistable = lists.lists.filter { $0.value == nil && held.contains($0.userRow) }.map(\.userRow)
    if lists.lists.contains(where: { $0.value != nil }) { stage = .sending(lists, next: 0) } else { clear() }
    return unlistable
  }

  /// Takes the next lists, `limit` at the most.
  mutating func take(_ limit: Int) -> Chunk {
    guard case .sending(let finished, var next) = stage else { return Chunk() }
    var chunk = Chunk()
    var hash: UInt128 = 0
    while next < finished.lists.count, chunk.records.count < limit {
      let list = finished.lists[next]
      next += 1
      guard let value = list.value, remembered.contains(list.userID) else { continue }
      chunk.records.append(OutputRecord(topic: .recommendations, key: list.userID, value: value))
      chunk.bytes += value.count
      hash &+= list.hash
      if held.contains(list.userRow) { chunk.listed.append((list.userRow, list.expiresAt)) }
    }
    if !chunk.records.isEmpty {
      chunk.account = JournalEntry.Lists(
        version: finished.version, generatedAt: finished.generatedAt, count: chunk.records.count, hash: hash)
    }
    if next < finished.lists.count { stage = .sending(finished, next: next) } else { clear() }
    return chunk
  }

  private mutating func clear() {
    stage = .empty
    remembered = []
    held = []
  }
}
