/// Random numbers as a function of a key and a counter: no state to keep, none to lose.
///
/// What is drawn for an event depends on the event alone and not on what was drawn before, so a replay that starts
/// anywhere draws the same. The mixing function is the finalizer of SplitMix64 (Steele, Lea & Flood, OOPSLA 2014).
struct CounterRandom {
  private let key: UInt64

  /// Draws for one event: seed, partition and offset make the key.
  @inline(__always)
  init(seed: UInt64, at coordinate: Coordinate) {
    let partition = Self.mix(seed &+ UInt64(bitPattern: Int64(coordinate.partition)) &* Self.step)
    key = Self.mix(partition ^ UInt64(bitPattern: coordinate.offset) &* Self.step)
  }

  /// Draws for one key, such as the hash of an id.
  @inline(__always)
  init(key: UInt64) {
    self.key = key
  }

  /// The golden ratio in 64 bits: the increment of SplitMix64.
  private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// A bijection of 64-bit numbers without visible structure.
  @inline(__always)
  static func mix(_ x: UInt64) -> UInt64 {
    var x = x
    x = (x ^ (x >> 30)) &* 0xBF58_476D_1CE4_E5B9
    x = (x ^ (x >> 27)) &* 0x94D0_49BB_1331_11EB
    return x ^ (x >> 31)
  }

  /// The 64 bits of draw `counter`.
  @inline(__always)
  func bits(_ counter: Int) -> UInt64 {
    Self.mix(key &+ (UInt64(truncatingIfNeeded: counter) &+ 1) &* Self.step)
  }

  /// A number in 0..<bound. Bias is below bound / 2⁶⁴.
  @inline(__always)
  func below(_ bound: Int, draw counter: Int) -> Int {
    Int(truncatingIfNeeded: bits(counter).multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// A multiple of 2⁻²³ in -1..<1, uniform.
  @inline(__always)
  func symmetric(draw counter: Int) -> Float {
    Float(Int64(bits(counter) >> 40) - 0x80_0000) * 0x1p-23
  }
}
