/// One query on its way through the blocks: what it excludes, what it has found, and the score still worth finding.
struct RunningSearch: Sendable {
  var query: [Float] = []
  var count = 0
  var now: Int64 = 0
  var chord = BlockBounds.Chord(first: 0, second: 0, firstFactor: 0, secondFactor: 0)
  /// A score below this cannot be among the best; one equal to it may be, by its id.
  var threshold: Float = 0
  /// Which blocks of the group at hand may hold something, in a search of several.
  var reached = SIMDMask<SIMD8<Int32>>()
  /// Candidates in no order, at most ``capacity``.
  var candidates: [Hit] = []
  /// One bit for each row, all clear between searches.
  private var excluded: [UInt64] = []

  static let lowestThreshold = -Float.greatestFiniteMagnitude

  /// So many candidates are collected before all but `count` are dropped: each drop then pays for as many as it keeps.
  var capacity: Int { count + max(count, 128) }

  mutating func begin(query: [Float], count: Int, now: Int64, rows: Int) {
    self.query = query
    self.count = count
    self.now = now
    threshold = Self.lowestThreshold
    candidates.removeAll(keepingCapacity: true)
    candidates.reserveCapacity(capacity)
    let words = (rows + 63) / 64
    if excluded.count < words { excluded += [UInt64](repeating: 0, count: words - excluded.count) }
  }

  mutating func exclude(_ row: UInt32) {
    guard Int(row) / 64 < excluded.count else { return }
    excluded[Int(row) / 64] |= 1 << UInt64(row % 64)
  }

  mutating func include(_ row: UInt32) {
    guard Int(row) / 64 < excluded.count else { return }
    excluded[Int(row) / 64] &= ~(1 << UInt64(row % 64))
  }

  func excludes(_ row: UInt32) -> Bool {
    excluded[Int(row) / 64] & 1 << UInt64(row % 64) != 0
  }

  /// Keeps the best `count` candidates and raises the threshold to the worst of them, if there are that many.
  mutating func condense(_ identifiers: ItemIdentifiers) {
    guard candidates.count >= count else { return }
    candidates.partition(best: count) { $0.precedes($1, identifiers) }
    candidates.removeLast(candidates.count - count)
    threshold = candidates.reduce(.infinity) { min($0, $1.score) }
  }
}

extension Hit {
  /// The order of results: score descending, then id ascending.
  @inline(__always)
  func precedes(_ other: Hit, _ identifiers: ItemIdentifiers) -> Bool {
    score == other.score ? identifiers.precedes(row, other.row) : score > other.score
  }
}
