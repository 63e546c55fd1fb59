/// A small generator of random numbers with the same sequence on every machine.
///
/// Steele, Lea & Flood, *Fast splittable pseudorandom number generators*, OOPSLA 2014; constants of its reference form.
struct SplitMix64: Sendable {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  /// Sixty-four random bits.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// A number in `0..<bound`, from the upper half of a product; its bias is below `bound` / 2^64.
  mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0, "bound must be positive, is \(bound)")
    return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// A number in `0..<1`, a multiple of 2^-53.
  mutating func unit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// True with a probability.
  mutating func chance(_ probability: Double) -> Bool {
    unit() < probability
  }

  /// Roughly normal with mean 0 and variance 1: twelve uniform numbers minus six, which needs no logarithm and so no libm.
  mutating func bell() -> Double {
    var sum = -6.0
    for _ in 0..<12 { sum += unit() }
    return sum
  }
}
