/// The best of many candidates, kept in a heap whose root is the worst of them.
struct CandidateHeap {
  private struct Candidate {
    let score: Float
    let order: UInt32
    let row: UInt32

    /// Higher scores are better, and among equals what was seen earlier.
    func isWorse(than other: Candidate) -> Bool {
      score < other.score || (score == other.score && order > other.order)
    }
  }

  private var heap: [Candidate] = []
  private var limit = 0

  /// The rows kept, in no particular but a deterministic order.
  var rows: [UInt32] { heap.map(\.row) }

  /// Empty again, for the best `limit`.
  mutating func begin(limit: Int) {
    heap.removeAll(keepingCapacity: true)
    self.limit = limit
  }

  /// O(log limit), O(1) for a candidate that is worse than all kept.
  mutating func offer(score: Float, order: UInt32, row: UInt32) {
    let candidate = Candidate(score: score, order: order, row: row)
    if heap.count < limit {
      heap.append(candidate)
      var child = heap.count - 1
      while child > 0, heap[child].isWorse(than: heap[(child - 1) / 2]) {
        heap.swapAt(child, (child - 1) / 2)
        child = (child - 1) / 2
      }
    } else if let root = heap.first, root.isWorse(than: candidate) {
      heap[0] = candidate
      var parent = 0
      while true {
        var worst = parent
        for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].isWorse(than: heap[worst])
        {
          worst = child
        }
        if worst == parent { break }
        heap.swapAt(parent, worst)
        parent = worst
      }
    }
  }
}
