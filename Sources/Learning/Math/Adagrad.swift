/// Adapts the step size of each weight to the gradients it has seen, and slowly forgets them.
///
/// A ← a0 + φ·(A − a0) + g², w ← w − η·g/√A, once per touched row and event, with the event's summed gradient g. Duchi,
/// Hazan & Singer, JMLR 12 (2011), with accumulators whose excess halves every 5,000 touches (φ = 2^(−1/5000)), so
/// that a taste that flips after a million events is still followed.
struct Adagrad {
  /// η: bounds every single step, since |g| ≤ √A.
  let rate: Float
  /// a0: where accumulators start and what they decay to. Positive, so that √A never divides by zero.
  let start: Float
  /// φ: what one touch leaves of A − a0.
  let retention: Float

  /// 2^(−1/5000): accumulators halve every 5,000 touches.
  static let halvingEvery5000Touches: Float = 0.999_861_4

  /// Gradients are held to this norm. Far above what any stream of ratings gives; it keeps g² finite.
  static let gradientNormLimit: Float = 100

  /// One step on a row. Nothing that is not finite is ever written: the row is left as it was, and the result is false.
  @inline(__always)
  func step(_ row: EmbeddingRow, gradient g: Vector32) -> Bool {
    let old = row.weights
    let accumulated = row.accumulators
    let (a, wa) = step(old.a, accumulated.a, g.a)
    let (b, wb) = step(old.b, accumulated.b, g.b)
    let (c, wc) = step(old.c, accumulated.c, g.c)
    let (d, wd) = step(old.d, accumulated.d, g.d)
    // Zero times anything finite is zero; times an infinity or NaN it is NaN.
    let zero = SIMD8<Float>.zero
    var check = (a * zero).addingProduct(b, zero).addingProduct(c, zero).addingProduct(d, zero)
    check = check.addingProduct(wa, zero).addingProduct(wb, zero).addingProduct(wc, zero).addingProduct(wd, zero)
    guard all(check .== zero) else { return false }
    row.weights = Vector32(a: wa, b: wb, c: wc, d: wd)
    row.accumulators = Vector32(a: a, b: b, c: c, d: d)
    return true
  }

  @inline(__always)
  private func step(
    _ w: SIMD8<Float>, _ accumulator: SIMD8<Float>, _ g: SIMD8<Float>
  ) -> (SIMD8<Float>, SIMD8<Float>) {
    let start = SIMD8<Float>(repeating: start)
    let a = start.addingProduct(SIMD8(repeating: retention), accumulator - start).addingProduct(g, g)
    return (a, w - SIMD8(repeating: rate) * g / SquareRoot.of(a))
  }

  /// One step on a single weight, with the same rule and the same guard.
  @inline(__always)
  func step(_ parameter: inout Parameter, gradient: Float) -> Bool {
    let limit = Self.gradientNormLimit
    let g = gradient > limit ? limit : gradient < -limit ? -limit : gradient
    let a = start.addingProduct(retention, parameter.accumulator - start).addingProduct(g, g)
    let w = parameter.weight - rate * g / SquareRoot.of(a)
    guard a.isFinite, w.isFinite else { return false }
    parameter = Parameter(weight: w, accumulator: a)
    return true
  }
}

/// A single weight and its accumulator: a bias, a gate, a logit.
struct Parameter: Equatable, BitwiseCopyable {
  var weight: Float
  var accumulator: Float
}
