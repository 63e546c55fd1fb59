/// eˣ for x ≤ 0 from additions, multiplications and shifts alone, so that a softmax has the same bits on every machine.
///
/// x = n·ln 2 + r with |r| ≤ ln 2 / 2; eʳ by its Taylor polynomial; 2ⁿ by writing the exponent's bits.
enum NegativeExponential {
  /// e to the power of each lane, to 1 ulp; lanes below −87 count as −87, where the result is 2e-38.
  @inline(__always)
  static func exp(_ x: SIMD8<Float>) -> SIMD8<Float> {
    let x = x.replacing(with: -87, where: x .< -87)
    // 1.5 · 2²³ has its last bit at one: adding it rounds to a whole number, which is then in the low bits.
    let shift = SIMD8<Float>(repeating: 12_582_912)
    let shifted = shift.addingProduct(x, SIMD8(repeating: 1.442_695_04))
    let whole = shifted - shift
    // ln 2 in two parts, the first with enough zeros at its end that its product with n is exact.
    var r = x.addingProduct(whole, SIMD8(repeating: -0.693_359_375))
    r = r.addingProduct(whole, SIMD8(repeating: 2.121_944_4e-4))
    var p = SIMD8<Float>(repeating: 1 / 5040)
    p = SIMD8(repeating: 1 / 720).addingProduct(p, r)
    p = SIMD8(repeating: 1 / 120).addingProduct(p, r)
    p = SIMD8(repeating: 1 / 24).addingProduct(p, r)
    p = SIMD8(repeating: 1 / 6).addingProduct(p, r)
    p = SIMD8(repeating: 0.5).addingProduct(p, r)
    p = SIMD8(repeating: 1).addingProduct(p, r)
    p = SIMD8(repeating: 1).addingProduct(p, r)
    // SAFETY: both are eight lanes of 32 bits, of which every pattern is a value.
    let exponent = unsafe unsafeBitCast(shifted, to: SIMD8<Int32>.self) &<< 23
    // SAFETY: as above.
    return unsafe unsafeBitCast(unsafeBitCast(p, to: SIMD8<Int32>.self) &+ exponent, to: SIMD8<Float>.self)
  }
}
