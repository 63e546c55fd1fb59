/// Users touched since their last published list, and behind them those whom a sweep has met. Longest waiting first.
///
/// A user leaves only when an epoch that carries its list commits and no touch followed the freeze. Who was only swept is owed
/// nothing by the contract: such debts are in no checkpoint, and end where no list can be made.
public struct OwedUsers: Sendable {
  private struct Debt: Sendable {
    /// The epoch of the last touch; 0 for none.
    var touched: UInt64
    var waits: Bool
    /// The entry that it waits with: a row's earlier ones, perhaps of an earlier user, are nobody's.
    var ticket: UInt64 = 0

    var isSwept: Bool { touched == 0 }
  }

  private struct Entry: Sendable {
    let row: Int
    let ticket: UInt64
  }

  /// First in, first out. An entry that no debt waits with any more is passed over.
  private struct Queue: Sendable {
    private var entries: [Entry] = []
    private var head = 0

    mutating func append(_ entry: Entry) { entries.append(entry) }

    mutating func popFirst() -> Entry? {
      guard head < entries.count else { return nil }
      defer { head += 1 }
      return entries[head]
    }

    var count: Int { entries.count - head }

    mutating func compact() {
      guard head > 1024, head * 2 > entries.count else { return }
      entries.removeFirst(head)
      head = 0
    }

    /// Keeps the entries that a debt waits with.
    mutating func prune(_ waits: (Entry) -> Bool) {
      entries = entries[head...].filter(waits)
      head = 0
    }
  }

  private var debts: [Int: Debt] = [:]
  private var touched = Queue()
  private var swept = Queue()
  private var ticketCount: UInt64 = 0

  /// Entries that are passed over are not left to grow without end, where rows pass from one user to the next faster than lists
  /// are made.
  private static let entryLimit = 4_096

  /// Nobody is owed anything.
  public init() {}

  /// The number of users owed a list.
  public var count: Int { debts.count }

  /// How many entries the queues hold, those that will be passed over included.
  var entryCount: Int { touched.count + swept.count }

  /// The number of users that no freeze in progress has taken.
  public private(set) var waitingCount = 0

  /// Notes that the user in `row` was touched in `epoch`, which is at least 1.
  public mutating func touch(_ row: Int, in epoch: UInt64) {
    if touched.count > 2 * debts.count + Self.entryLimit {
      touched.prune { entry in debts[entry.row].map { $0.waits && $0.ticket == entry.ticket } ?? false }
    }
    guard let debt = debts[row] else {
      debts[row] = Debt(touched: epoch, waits: true)
      waitingCount += 1
      touched.append(ticket(for: row))
      return
    }
    debts[row]?.touched = epoch
    // Whoever does something no longer waits behind everybody.
    if debt.isSwept, debt.waits { touched.append(ticket(for: row)) }
  }

  /// Notes that a sweep has met the user in `row`.
  /// - Returns: false if a list is on its way anyway.
  public mutating func sweep(_ row: Int) -> Bool {
    guard debts[row] == nil else { return false }
    if swept.count > 2 * debts.count + Self.entryLimit {
      swept.prune { entry in debts[entry.row].map { $0.waits && $0.ticket == entry.ticket } ?? false }
    }
    debts[row] = Debt(touched: 0, waits: true)
    waitingCount += 1
    swept.append(ticket(for: row))
    return true
  }

  /// Strikes out a user who was forgotten or evicted.
  public mutating func forget(_ row: Int) {
    guard let debt = debts.removeValue(forKey: row) else { return }
    if debt.waits { waitingCount -= 1 }
  }

  /// Takes the `limit` users who have waited longest, of the swept ones `sweptLimit` at the most and only where there are fewer
  /// others. They stay owed until ``settle(_:version:)``.
  public mutating func take(_ limit: Int, swept sweptLimit: Int = .max) -> [Int] {
    var taken: [Int] = []
    while taken.count < limit, let entry = touched.popFirst() {
      if take(entry) { taken.append(entry.row) }
    }
    let end = taken.count + min(limit - taken.count, sweptLimit)
    while taken.count < end, let entry = swept.popFirst() {
      if take(entry) { taken.append(entry.row) }
    }
    touched.compact()
    swept.compact()
    return taken
  }

  private mutating func take(_ entry: Entry) -> Bool {
    guard isWaiting(entry) else { return false }
    debts[entry.row]?.waits = false
    waitingCount -= 1
    return true
  }

  private func isWaiting(_ entry: Entry) -> Bool {
    guard let debt = debts[entry.row] else { return false }
    return debt.waits && debt.ticket == entry.ticket
  }

  /// The entry that the debt of the user in `row` waits with from now on.
  private mutating func ticket(for row: Int) -> Entry {
    ticketCount += 1
    debts[row]?.ticket = ticketCount
    return Entry(row: row, ticket: ticketCount)
  }

  /// A list of the freeze after epoch `version` was published for the user in `row`.
  public mutating func settle(_ row: Int, version: UInt64) {
    guard let debt = debts[row], !debt.waits else { return }
    if debt.touched <= version {
      debts[row] = nil
    } else {
      wait(row)
    }
  }

  /// A list of a freeze could not be made (nothing eligible): who was touched goes on waiting, behind the others.
  /// - Returns: whether the user does.
  @discardableResult
  public mutating func putBack(_ row: Int) -> Bool {
    guard let debt = debts[row], !debt.waits else { return false }
    guard !debt.isSwept else {
      debts[row] = nil
      return false
    }
    wait(row)
    return true
  }

  private mutating func wait(_ row: Int) {
    debts[row]?.waits = true
    waitingCount += 1
    touched.append(ticket(for: row))
  }

  /// The rows of all who were touched and are owed a list, ascending.
  public var rows: [Int] { debts.filter { !$0.value.isSwept }.keys.sorted() }
}

extension OwedUsers {
  /// Follows what folding `epoch` changed.
  mutating func apply(_ changes: [FoldYield.DebtChange], epoch: UInt64) {
    for change in changes {
      switch change {
      case .touched(let row): touch(row, in: epoch)
      case .forgotten(let row), .evicted(let row): forget(row)
      }
    }
  }
}
