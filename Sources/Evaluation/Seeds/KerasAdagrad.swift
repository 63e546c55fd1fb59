/// Adagrad as Keras has it, with the notebooks' settings: A ← A + g², w ← w − η·g/√(A + ε), A from .1.
///
/// Duchi, Hazan & Singer, JMLR 12 (2011), eq. 1. Unlike the learner's own it forgets nothing; a batch is one step on the
/// summed gradient, and a row that no event of the batch touches has the gradient zero, which changes nothing.
enum KerasAdagrad {
  /// η.
  static let rate: Float = 0.1
  /// A before the first step.
  static let start: Float = 0.1
  /// ε.
  static let epsilon: Float = 1e-7

  /// One step on eight weights.
  @inline(__always)
  static func step(_ weight: inout SIMD8<Float>, _ accumulator: inout SIMD8<Float>, gradient: SIMD8<Float>) {
    accumulator.addProduct(gradient, gradient)
    weight -= rate * gradient / (accumulator + epsilon).squareRoot()
  }
}
