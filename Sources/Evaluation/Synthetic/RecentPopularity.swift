/// Which posts got most attention lately: the baseline that needs to know nobody.
///
/// Clicks, likes, comments and shares are counted in slices of time, and the oldest slice is dropped when a new one begins:
/// whole numbers, so that the order of additions is of no account.
struct RecentPopularity {
  /// So many slices, the one that is being filled included.
  static let slices = 12
  static let sliceMilliseconds: Int64 = 10 * 60_000

  private var counts: [Int] = []
  private var ring = [[Int]](repeating: [], count: slices)
  private var slice: Int64 = 0

  mutating func note(_ post: Int, at time: Int64) {
    move(to: time)
    while counts.count <= post { counts.append(0) }
    counts[post] += 1
    ring[Int(slice) % Self.slices].append(post)
  }

  /// Posts in order of popularity, the most popular first; of equals the newer one first.
  mutating func ranked(_ posts: [Int], at time: Int64) -> [Int] {
    move(to: time)
    return posts.sorted { (count($0), $0) > (count($1), $1) }
  }

  private func count(_ post: Int) -> Int { post < counts.count ? counts[post] : 0 }

  private mutating func move(to time: Int64) {
    let target = time / Self.sliceMilliseconds
    guard target > slice else { return }
    let first = max(slice + 1, target - Int64(Self.slices) + 1)
    for passed in first...target {
      for post in ring[Int(passed) % Self.slices] { counts[post] -= 1 }
      ring[Int(passed) % Self.slices].removeAll(keepingCapacity: true)
    }
    slice = target
  }
}
