private import CMemory

/// Square roots, correctly rounded by the hardware and the same everywhere.
///
/// Swift's `squareRoot()` takes vectors apart and calls libm for negative numbers: 1.4 µs an event.
enum SquareRoot {
  @inline(__always)
  static func of(_ x: SIMD8<Float>) -> SIMD8<Float> { woonkly_square_root8(x) }

  @inline(__always)
  static func of(_ x: Float) -> Float { woonkly_square_root(x) }
}
