/// Adapts the step size of each weight to the gradients it has seen, and slowly forgets them.
///
/// A ← a0 + φ·(A − a0) + g², w ← w − η·g/√A, once per row and event, with the event's summed gradient g. Duchi, Hazan &
/// Singer, JMLR 12 (2011); φ = 2^(−1/5000) where the row is the event's own user, item or tag and 1 where it is a negative or
/// part of the history, so that a taste that flips after a million events is still followed, and an item is not forgotten
/// for being drawn often.
struct Adagrad {
  /// η: bounds every single step, since |g| ≤ √A.
  let rate: Float
  /// a0: where accumulators start and what they decay to. Positive, so that √A never divides by zero.
  let start: Float
  /// φ: what one touch leaves of A − a0.
  private let retention: Float
  /// a0·(1 − φ).
  private let replenishment: Float

  /// 2^(−1/5000): accumulators halve every 5,000 touches.
  static let halvingEvery5000Touches: Float = 0.999_861_4

  /// Gradients are held to this norm. Far above what any stream of ratings gives; it keeps g² finite.
  static let gradientNormLimit: Float = 100

  init(rate: Float, start: Float, retention: Float) {
    self.rate = rate
    self.start = start
    self.retention = retention
    replenishment = start * (1 - retention)
  }

  /// One step on a row. Nothing that is not finite is ever written: the row is left as it was, and the result is false.
  /// - Parameter forgets: true for a row of the event's own user, item or tags.
  @inline(__always)
  func step(_ row: EmbeddingRow, gradient g: Vector32, forgets: Bool) -> Bool {
    let old = row.weights
    let accumulated = row.accumulators
    let kept = SIMD8<Float>(repeating: forgets ? retention : 1)
    let added = SIMD8<Float>(repeating: forgets ? replenishment : 0)
    let a = added.addingProduct(kept, accumulated.a).addingProduct(g.a, g.a)
    let b = added.addingProduct(kept, accumulated.b).addingProduct(g.b, g.b)
    let c = added.addingProduct(kept, accumulated.c).addingProduct(g.c, g.c)
    let d = added.addingProduct(kept, accumulated.d).addingProduct(g.d, g.d)
    let rates = SIMD8<Float>(repeating: rate)
    let new = Vector32(
      a: old.a - rates * g.a / SquareRoot.of(a), b: old.b - rates * g.b / SquareRoot.of(b),
      c: old.c - rates * g.c / SquareRoot.of(c), d: old.d - rates * g.d / SquareRoot.of(d))
    // Zero times anything finite is zero; times an infinity or NaN it is NaN.
    let zero = SIMD8<Float>.zero
    var check = (a * zero).addingProduct(b, zero).addingProduct(c, zero).addingProduct(d, zero)
    check = check.addingProduct(new.a, zero).addingProduct(new.b, zero)
    check = check.addingProduct(new.c, zero).addingProduct(new.d, zero)
    guard all(check .== zero) else { return false }
    row.weights = new
    row.accumulators = Vector32(a: a, b: b, c: c, d: d)
    return true
  }

  /// One step on a single weight, with the same rule and the same guard.
  @inline(__always)
  func step(_ parameter: inout Parameter, gradient: Float, forgets: Bool = true) -> Bool {
    let limit = Self.gradientNormLimit
    let g = gradient > limit ? limit : gradient < -limit ? -limit : gradient
    let kept = forgets ? retention : 1
    let added = forgets ? replenishment : 0
    let a = added.addingProduct(kept, parameter.accumulator).addingProduct(g, g)
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
