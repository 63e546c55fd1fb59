/// For each block an upper bound of its items' computed scores, as a function of the query's norm alone.
///
/// With s = |q|, n = |v| and bias b, Cauchy and Schwarz give q·v + b ≤ s·n + b. The largest of these over a block is convex
/// in s (a maximum of straight lines), so between two scales where it is tabulated the chord lies above it: tighter than
/// s·max n + max b, which would pair one item's norm with another's bias.
///
/// **Rounding.** A computed score of 32 fused products and one addition is off by at most γ₃₃ (Σ|q_d v_d| + |b|) + 33·2⁻¹⁵⁰,
/// where γ₃₃ = 33u/(1 − 33u) < 2⁻¹⁸ and u = 2⁻²⁴ (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., §3.1; the
/// last term is underflow). Since Σ|q_d v_d| ≤ s·n, the line
///
///     f(s) = s·n + b + 2⁻¹⁸ (s·n + |b|) + 2⁻¹⁴⁰
///
/// bounds the computed score, with room for the rounding of n and s in double precision. The chord a·F₀ + c·F₁ is evaluated
/// in single precision with relative errors of at most 4u in each product, which the tabulated F + 2⁻²⁰|F| (16u) absorbs.
/// Norms are at most 2⁶⁰ and biases 2¹²⁰, so nothing overflows.
struct BlockBounds: Sendable {
  /// Eight blocks are looked at together.
  static let group = 8
  /// The norms of queries at which bounds are tabulated: 0, then powers of two.
  static let scales: [Double] = [0, 0x1p-4, 0x1p-3, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128]
  private static let relativeMargin = 0x1p-18
  private static let absoluteMargin = 0x1p-140
  private static let chordMargin = 0x1p-20

  let groups: Int
  /// For each scale, then for the slope beyond the last scale: one bound for each block.
  private var table: [SIMD8<Float>]

  /// - Parameters:
  ///   - norms: of the items in block order, in double precision.
  ///   - biases: of the items in block order.
  init(norms: [Double], biases: [Float]) {
    let blocks = (norms.count + ItemBlocks.lanes - 1) / ItemBlocks.lanes
    groups = (blocks + Self.group - 1) / Self.group
    // Places without a block keep −∞: their bound is −∞ or not a number, and neither reaches a threshold.
    table = Array(repeating: SIMD8(repeating: -.infinity), count: groups * (Self.scales.count + 1))
    for block in 0..<blocks {
      let items = block * ItemBlocks.lanes..<min((block + 1) * ItemBlocks.lanes, norms.count)
      for (level, scale) in Self.scales.enumerated() {
        var largest = -Double.infinity
        for item in items { largest = max(largest, Self.line(scale, norms[item], Double(biases[item]))) }
        set(level, block, largest)
      }
      let slope = items.reduce(0) { max($0, norms[$1]) } * (1 + Self.relativeMargin)
      set(Self.scales.count, block, slope)
    }
  }

  /// f(s) of the type's comment.
  private static func line(_ scale: Double, _ norm: Double, _ bias: Double) -> Double {
    let product = scale * norm
    let margin = relativeMargin * (product + bias.magnitude) + absoluteMargin
    return product + bias + margin
  }

  private mutating func set(_ level: Int, _ block: Int, _ bound: Double) {
    let inflated = bound + Self.chordMargin * bound.magnitude
    let rounded = Float(inflated)
    table[level * groups + block / Self.group][block % Self.group] =
      Double(rounded) < inflated ? rounded.nextUp : rounded
  }

  /// A query's place between two scales.
  struct Chord {
    var first: Int
    var second: Int
    var firstFactor: Float
    var secondFactor: Float
  }

  /// The chord for queries of this norm, which may be rounded either way by a few units in the last place.
  func chord(norm: Double) -> Chord {
    let last = Self.scales.count - 1
    guard norm < Self.scales[last] else {
      return Chord(
        first: last * groups, second: (last + 1) * groups, firstFactor: 1,
        secondFactor: Float(norm - Self.scales[last]).nextUp)
    }
    var lower = 0
    while norm >= Self.scales[lower + 1] { lower += 1 }
    let part = (norm - Self.scales[lower]) / (Self.scales[lower + 1] - Self.scales[lower])
    // Rounded up, because a denormal factor has few bits: the largest vectors would notice. Where F₁ is negative the margin in
    // F₀ is larger than what this takes away.
    return Chord(
      first: lower * groups, second: (lower + 1) * groups, firstFactor: Float(1 - part),
      secondFactor: Float(part).nextUp)
  }

  /// The bounds of a group's eight blocks.
  @inline(__always)
  func bounds(group: Int, _ chord: Chord) -> SIMD8<Float> {
    (table[chord.first + group] * chord.firstFactor).addingProduct(
      SIMD8(repeating: chord.secondFactor), table[chord.second + group])
  }
}
