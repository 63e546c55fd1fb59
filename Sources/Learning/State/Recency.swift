internal import Checkpoints

/// Rows by when they were touched last, so that the one untouched for longest is found at once.
///
///     oldest ─► … ─► newest        a touch takes a row out of the middle and puts it at the end, with the next ordinal
///
/// Ordinals are state and never given twice; they lie in the rows' records, beside what else is hashed. The links are not state: they
/// follow from the ordinals, ascending. All O(1).
struct Recency: ~Copyable {
  struct Link: BitwiseCopyable {
    var older = outside
    var newer = none

    static var none: UInt32 { .max }
    /// In the place of the older one: the row is not in the list.
    static var outside: UInt32 { .max - 1 }
  }

  private var links = BlockStorage<Link>()
  private var first = Link.none
  private var last = Link.none
  /// The ordinal given last; the first is 1.
  private(set) var clock: Int64 = 0

  init() {}

  /// The row touched longest ago; nil where there is none.
  var oldest: Int? { first == Link.none ? nil : Int(first) }

  /// Asks the cache for a row's link.
  @inline(__always)
  func prefetch(_ row: Int) { links.prefetch(row) }

  /// Makes room for the next row, outside of the list.
  mutating func append() { links.append(repeating: Link()) }

  /// Makes a row the newest, and returns the ordinal of that.
  mutating func touch(_ row: Int) -> Int64 {
    clock += 1
    if last != UInt32(row) {
      remove(row)
      append(row)
    }
    return clock
  }

  private mutating func append(_ row: Int) {
    links[row] = Link(older: last)
    if last == Link.none { first = UInt32(row) } else { links[Int(last)].newer = UInt32(row) }
    last = UInt32(row)
  }

  /// Takes a row out of the list, if it is in there.
  mutating func remove(_ row: Int) {
    let link = links[row]
    guard link.older != Link.outside else { return }
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

  /// Puts rows into the empty list, in the order that ``order(of:)`` gave.
  mutating func restore(in order: [Int]) {
    for row in order { append(row) }
  }
}
