/// Draws positions in proportion to integer weights that may change: a Fenwick tree, O(log n) for everything.
///
/// Fenwick, *A new data structure for cumulative frequency tables*, Software: Practice and Experience 24 (1994). Integers,
/// so that any order of changes ends in the same tree.
struct WeightedSampler: Sendable {
  private var weights: [Int] = []
  /// Node i (from 1) holds the sum of the `i & -i` weights that end at i; node 0 is unused.
  private var sums = [0]
  private(set) var total = 0

  mutating func append(_ weight: Int) {
    precondition(weight >= 0, "weight must not be negative, is \(weight)")
    weights.append(weight)
    let node = weights.count
    var sum = weight
    var step = 1
    while step < node & -node {
      sum += sums[node - step]
      step <<= 1
    }
    sums.append(sum)
    total += weight
  }

  /// From now on the position is never drawn.
  mutating func clear(_ position: Int) {
    let change = weights[position]
    weights[position] = 0
    total -= change
    var node = position + 1
    while node < sums.count {
      sums[node] -= change
      node += node & -node
    }
  }

  /// A position; nil if every weight is zero.
  func draw(_ random: inout SplitMix64) -> Int? {
    guard total > 0 else { return nil }
    var remaining = random.below(total)
    var node = 0
    var step = 1 << (Int.bitWidth - 1 - weights.count.leadingZeroBitCount)
    while step > 0 {
      if node + step < sums.count, sums[node + step] <= remaining {
        node += step
        remaining -= sums[node]
      }
      step >>= 1
    }
    return node
  }
}
