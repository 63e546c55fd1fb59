/// Finds what somebody probably meant to type.
package enum Suggestion {
  /// The candidate nearest to `word`, when it is near enough to be a slip: at most a third of its letters differ.
  package static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    let limit = max(2, word.utf8.count / 3)
    let near = candidates.map { (name: $0, distance: distance(word, $0)) }.filter { $0.distance <= limit }
    return near.min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
  }

  /// Insertions, deletions, replacements and swaps of neighbors that lead from one to the other: Damerau's distance in
  /// its restricted form, "optimal string alignment". O(n·m); words beyond 64 bytes are as far away as they are long.
  package static func distance(_ left: String, _ right: String) -> Int {
    let (a, b) = (Array(left.utf8), Array(right.utf8))
    guard a.count <= 64, b.count <= 64 else { return left == right ? 0 : max(a.count, b.count) }
    var rows = [Array(0...b.count)]
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, rows[i - 1][j - 1] + 1) }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}
