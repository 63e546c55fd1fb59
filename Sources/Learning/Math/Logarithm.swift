/// Natural logarithms from arithmetic alone, for the same reason as ``Exponential``.
///
/// x = 2ᵉ·m with √½ ≤ m < √2; ln m = 2 artanh s with s = (m − 1)/(m + 1), by its series in s².
enum Logarithm {
  /// The logarithm of each lane, to 2 ulp. Lanes must be positive, normal and finite.
  @inline(__always)
  static func log(_ x: SIMD8<Float>) -> SIMD8<Float> {
    // SAFETY: both are eight lanes of 32 bits, of which every pattern is a value.
    let bits = unsafe unsafeBitCast(x, to: SIMD8<Int32>.self)
    // Subtracting the bits of √½ leaves in the exponent field how many doublings x is above √½.
    let exponent = (bits &- SIMD8(repeating: 0x3F35_04F3)) &>> 23
    // SAFETY: as above.
    let m = unsafe unsafeBitCast(bits &- (exponent &<< 23), to: SIMD8<Float>.self)
    let f = m - 1
    let s = f / (f + 2)
    let z = s * s
    // 2/9, 2/7, 2/5, 2/3: the next term is below 3e-9 of the sum.
    var r = SIMD8<Float>(repeating: 2 / 9)
    r = SIMD8(repeating: 2 / 7).addingProduct(r, z)
    r = SIMD8(repeating: 2 / 5).addingProduct(r, z)
    r = SIMD8(repeating: 2 / 3).addingProduct(r, z)
    r *= z
    // ln(1 + f) = 2s + s·r and 2s = f − s·f: written so that the large term f carries no rounding error.
    let e = SIMD8<Float>(exponent)
    let correction = (f - r) * s
    let low = SIMD8(repeating: -2.121_944_4e-4) * e
    return (f - (correction - low)).addingProduct(e, SIMD8(repeating: 0.693_359_375))
  }

  /// The logarithm of `x`, as in the lanes.
  static func log(_ x: Float) -> Float { log(SIMD8(repeating: x))[0] }

  /// ln(1 + x) for x ≥ 0 and finite, to 4 ulp.
  static func log1p(_ x: Double) -> Double {
    precondition(x >= 0 && x.isFinite, "log1p needs a number from 0, is \(x)")
    // Small arguments lose their low bits in 1 + x; the series takes f = x as it is.
    if x < 0.25 { return series(x) }
    let y = 1 + x
    // What the sum rounded away, relative to y: below an ulp of the result once x is 0.25 or more, but free.
    let lost = (x - (y - 1)) / y
    var exponent = Int(y.exponent)
    var m = y.significand
    if m > 1.414_213_562_373_095_1 {
      m /= 2
      exponent += 1
    }
    return Double(exponent) * 0.693_147_180_559_945_3 + (series(m - 1) + lost)
  }

  /// 2 artanh(f/(2 + f)) by 1/(2k + 1), k ≤ 11: the next term is below 1e-19.
  private static func series(_ f: Double) -> Double {
    let s = f / (2 + f)
    let z = s * s
    var p = 0.0
    for k in stride(from: 11, through: 0, by: -1) { p = (1 / Double(2 * k + 1)).addingProduct(p, z) }
    return 2 * s * p
  }
}
