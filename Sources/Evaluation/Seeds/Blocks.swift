/// Vectors as blocks of eight lanes, the last one padded with zeros.
///
/// Sums run over eight logical lanes and fold in one fixed order, so that every machine computes the same bits.
typealias Blocks = [SIMD8<Float>]

extension SIMD8<Float> {
  /// How many blocks hold `count` numbers.
  static func blocks(for count: Int) -> Int { (count + scalarCount - 1) / scalarCount }

  /// The sum of the lanes: 8 → 4 → 2 → 1.
  @inline(__always)
  var folded: Float {
    let four = lowHalf + highHalf
    let two = four.lowHalf + four.highHalf
    return two[0] + two[1]
  }

  /// Eight numbers within ±`limit`, of which the first `count` are random and the others zero.
  static func uniform(_ count: Int, limit: Float, _ random: inout SplitMix64) -> Self {
    var block = Self.zero
    for lane in 0..<Swift.min(count, scalarCount) { block[lane] = (2 * Float(random.unit()) - 1) * limit }
    return block
  }
}
