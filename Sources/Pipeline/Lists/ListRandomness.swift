import Checkpoints

/// The random numbers of one list: a function of seed, user and version, so that a list stays a pure function of its freeze.
///
/// SplitMix64 (Steele, Lea & Flood, OOPSLA 2014).
struct ListRandomness {
  private var state: UInt64

  init(seed: UInt64, user: [UInt8], version: UInt64) {
    state = Hash.xxh3(user.span, seed: Self.mix(seed &+ Self.mix(version)))
  }

  private static func mix(_ x: UInt64) -> UInt64 {
    var x = x
    x = (x ^ (x >> 30)) &* 0xBF58_476D_1CE4_E5B9
    x = (x ^ (x >> 27)) &* 0x94D0_49BB_1331_11EB
    return x ^ (x >> 31)
  }

  /// A number in 0..<bound. Bias is below bound / 2⁶⁴.
  mutating func below(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: Self.mix(state).multipliedFullWidth(by: UInt64(bound)).high)
  }
}
