/// The Euclidean norm in double precision, within a few units in the last place; not finite if an element is not.
///
/// Squares of floats neither overflow nor underflow here, so the smallest vectors have a norm too. The root is Newton's
/// iteration, because Swift's `squareRoot()` refers to libm for negative numbers and this module links none.
func euclideanNorm(_ vector: some Sequence<Float>) -> Double {
  let square = vector.reduce(0 as Double) { $0 + Double($1) * Double($1) }
  guard square > 0, square.isFinite else { return square }
  // A power of two above the root and at most twice it; each step squares the relative error and halves it:
  // 1, 0.25, 0.025, 3e-4, 5e-8, 1e-15, then rounding.
  var root = Double(sign: .plus, exponent: (square.exponent + 2) >> 1, significand: 1)
  for _ in 0..<6 { root = 0.5 * (root + square / root) }
  return root
}
