internal import Checkpoints

/// Rows by when they were touched last, so that the one untouched for longest is found at once.
///
///     oldest ─► … ─► newest        a touch takes a row out of the middle and puts it at the end, with the next ordinal
///
/// Ordinals are state and never given twice. The links are not: they follow from the ordinals, ascending. All O(1).
struct Recency: ~Copyable {
  struct Link: BitwiseCopyable {
    /// 0 outside of the list.
    var ordinal: Int64 = 0
    var older = none
    var newer = none

    static var none: UInt32 { .max }
  }

  private var links = BlockStorage<Link>()
  private var first = Link.none
  private var last = Link.none
  /// The ordinal given last.
  private(set) var clock: Int64 = 0

  init() {}

  /// The row touched longest ago; nil where there is none.
  var oldest: Int? { first == Link.none ? nil : Int(first) }

  /// When a row was touched last; 0 for one outside of the list.
  @inline(__always)
  func ordinal(of row: Int) -> Int64 { links[row].ordinal }

  /// Asks the cache for a row's link.
  @inline(__always)
  func prefetch(_ row: Int) { links.prefetch(row) }

  /// Makes room for the next row, outside of the list.
  mutating func append() { links.append(repeating: Link()) }

  /// Makes a row the newest.
  mutating func touch(_ row: Int) {
    remove(row)
    clock += 1
    links[row] = Link(ordinal: clock, older: last)
    if last == Link.none { first = UInt32(row) } else { links[Int(last)].newer = UInt32(row) }
    last = UInt32(row)
  }

  /// Takes a row out of the list, if it is in there.
  mutating func remove(_ row: Int) {
    let link = links[row]
    guard link.ordinal != 0 else { return }
    if link.older == Link.none { first = link.newer } else { links[Int(link.older)].newer = link.newer }
    if link.newer == Link.none { last = link.older } else { links[Int(link.newer)].older = link.older }
    links[row] = Link()
  }

  // MARK: Checkpoints

  /// Takes over a checkpoint's clock, before its ordinals.
  mutating func restore(clock: Int64) { self.clock = clock }

  /// The rows of a checkpoint's list, oldest first.
  /// - Parameter ordinals: one for each row; 0 outside of the list.
  /// - Throws: ``CheckpointError/malformed(_:)`` if one occurs twice or lies beyond the clock.
  func order(of ordinals: [Int64]) throws(CheckpointError) -> [Int] {
    let rows = ordinals.indices.filter { ordinals[$0] != 0 }.sorted { ordinals[$0] < ordinals[$1] }
    guard rows.first.map({ ordinals[$0] > 0 }) ?? true, rows.last.map({ ordinals[$0] <= clock }) ?? true,
      zip(rows, rows.dropFirst()).allSatisfy({ ordinals[$0] < ordinals[$1] })
    else { throw .malformed("rows were touched at the same moment, or at none there has been") }
    return rows
  }

  /// Puts rows into the list, in the order that ``order(of:)`` gave. All rows are there and outside.
  mutating func restore(_ ordinals: [Int64], in order: [Int]) {
    for row in order {
      links[row] = Link(ordinal: ordinals[row], older: last)
      if last == Link.none { first = UInt32(row) } else { links[Int(last)].newer = UInt32(row) }
      last = UInt32(row)
    }
  }
}
