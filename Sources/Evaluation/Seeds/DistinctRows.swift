/// The rows of a table that a batch touches, each once, and how often it touches them.
struct DistinctRows {
  /// In the order of their first appearance.
  private(set) var rows: [Int] = []
  /// How often each was met.
  private(set) var counts: [Float] = []

  /// O(rows met + rows in the table).
  init(_ met: some Sequence<Int>, of tableRows: Int) {
    var positions = [Int](repeating: -1, count: tableRows)
    for row in met {
      if positions[row] < 0 {
        positions[row] = rows.count
        rows.append(row)
        counts.append(0)
      }
      counts[positions[row]] += 1
    }
  }
}
