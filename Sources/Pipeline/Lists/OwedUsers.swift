/// Users touched since their last published list, longest waiting first.
///
/// A user leaves only when an epoch that carries its list commits and no touch followed the freeze.
public struct OwedUsers: Sendable {
  private struct Debt: Sendable {
    var touched: UInt64
    var waits: Bool
  }

  private var debts: [Int: Debt] = [:]
  private var queue: [Int] = []
  private var head = 0

  /// Nobody is owed anything.
  public init() {}

  /// The number of users owed a list.
  public var count: Int { debts.count }

  /// The number of users that no freeze in progress has taken.
  public private(set) var waitingCount = 0

  /// Notes that the user in `row` was touched in `epoch`.
  public mutating func touch(_ row: Int, in epoch: UInt64) {
    guard debts[row] == nil else {
      debts[row]?.touched = epoch
      return
    }
    debts[row] = Debt(touched: epoch, waits: true)
    waitingCount += 1
    queue.append(row)
  }

  /// Strikes out a user who was forgotten.
  public mutating func forget(_ row: Int) {
    guard let debt = debts.removeValue(forKey: row) else { return }
    if debt.waits { waitingCount -= 1 }
  }

  /// Takes the `limit` users who have waited longest. They stay owed until ``settle(_:version:)``.
  public mutating func take(_ limit: Int) -> [Int] {
    var taken: [Int] = []
    while taken.count < limit, head < queue.count {
      let row = queue[head]
      head += 1
      guard debts[row]?.waits == true else { continue }
      debts[row]?.waits = false
      waitingCount -= 1
      taken.append(row)
    }
    if head > 1024, head * 2 > queue.count {
      queue.removeFirst(head)
      head = 0
    }
    return taken
  }

  /// A list of the freeze after epoch `version` was published for the user in `row`.
  public mutating func settle(_ row: Int, version: UInt64) {
    guard let debt = debts[row], !debt.waits else { return }
    if debt.touched <= version {
      debts[row] = nil
    } else {
      putBack(row)
    }
  }

  /// A list of a freeze could not be made (nothing eligible): the user goes on waiting, behind the others.
  public mutating func putBack(_ row: Int) {
    guard debts[row]?.waits == false else { return }
    debts[row]?.waits = true
    waitingCount += 1
    queue.append(row)
  }

  /// The rows of all who are owed a list, ascending.
  public var rows: [Int] { debts.keys.sorted() }
}

extension OwedUsers {
  /// Follows what folding `epoch` changed.
  mutating func apply(_ changes: [FoldYield.DebtChange], epoch: UInt64) {
    for change in changes {
      switch change {
      case .touched(let row): touch(row, in: epoch)
      case .forgotten(let row): forget(row)
      }
    }
  }
}
