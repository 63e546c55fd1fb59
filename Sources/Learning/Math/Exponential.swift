/// eˣ and 2ˣ from additions, multiplications and shifts alone: a libm's last bit differs between machines, and with it
/// everything learned afterwards.
///
/// x = n·ln 2 + r with |r| ≤ ln 2 / 2; eʳ by its Taylor polynomial; 2ⁿ by writing the exponent's bits.
package enum Exponential {
  /// Beyond this eˣ is no longer a normal Float; arguments are held inside.
  @usableFromInline static var floatLimit: Float { 87 }

  /// e to the power of each lane, to 1 ulp; the lanes are held within ±87 first. NaN gives some finite number.
  @inlinable
  @inline(__always)
  package static func exp(_ x: SIMD8<Float>) -> SIMD8<Float> {
    var x = x.replacing(with: -floatLimit, where: x .< -floatLimit)
    x.replace(with: floatLimit, where: x .> floatLimit)
    // 1.5 · 2²³ has its last bit at one: adding it rounds to a whole number.
    let shift = SIMD8<Float>(repeating: 12_582_912)
    let shifted = shift.addingProduct(x, SIMD8(repeating: 1.442_695_04))
    let whole = shifted - shift
    // ln 2 in two parts, the first with enough zeros at its end that its product with n is exact.
    var r = x.addingProduct(whole, SIMD8(repeating: -0.693_359_375))
    r = r.addingProduct(whole, SIMD8(repeating: 2.121_944_4e-4))
    // 1/7!, 1/6!, …: the next term is below 6e-9 of the sum.
    var p = SIMD8<Float>(repeating: 1 / 5040)
    p = SIMD8(repeating: 1 / 720).addingProduct(p, r)
    p = SIMD8(repeating: 1 / 120).addingProduct(p, r)
    p = SIMD8(repeating: 1 / 24).addingProduct(p, r)
    p = SIMD8(repeating: 1 / 6).addingProduct(p, r)
    p = SIMD8(repeating: 0.5).addingProduct(p, r)
    p = SIMD8(repeating: 1).addingProduct(p, r)
    p = SIMD8(repeating: 1).addingProduct(p, r)
    // The low bits of `shifted` are n.
    let bits = unsafe unsafeBitCast(shifted, to: SIMD8<Int32>.self) &<< 23
    // SAFETY: both are eight lanes of 32 bits, of which every pattern is a value.
    return unsafe unsafeBitCast(unsafeBitCast(p, to: SIMD8<Int32>.self) &+ bits, to: SIMD8<Float>.self)
  }

  /// e to the power of `x`, as in the lanes.
  static func exp(_ x: Float) -> Float { exp(SIMD8(repeating: x))[0] }

  /// 1 / (1 + e⁻ˣ).
  static func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }

  /// 2 to the power of `x`, to 1 ulp; zero below -1022. `x` must be below 1023.
  static func exp2(_ x: Double) -> Double {
    precondition(x < 1023, "2^\(x) is not a normal number")
    guard x >= -1022 else { return 0 }
    let whole = x.rounded(.toNearestOrEven)
    let r = (x - whole) * 0.693_147_180_559_945_3
    // 1/13!, …, 1/0!: the next term is below 5e-18 of the sum.
    var p = 0.0
    for coefficient in inverseFactorials { p = coefficient.addingProduct(p, r) }
    return p * powerOfTwo(Int(whole))
  }

  /// 1/13!, 1/12!, …, 1/0!; the divisors are exact.
  private static let inverseFactorials: [Double] = {
    var factorial = 1.0
    var inverses = [1.0]
    for factor in 1...13 {
      factorial *= Double(factor)
      inverses.append(1 / factorial)
    }
    return inverses.reversed()
  }()

  /// 2ⁿ, exactly; zero where it is below the smallest normal number.
  @inline(__always)
  static func powerOfTwo(_ n: Int) -> Double {
    guard n >= -1022 else { return 0 }
    precondition(n <= 1023, "2^\(n) is not a Double")
    return Double(bitPattern: UInt64(n + 1023) << 52)
  }
}
