/// Thirty-two floats in four registers of eight lanes: one embedding.
///
/// Every sum over an embedding runs over eight logical lanes and is folded in one fixed order, whatever the hardware has, so
/// that the same bits come out on every machine.
struct Vector32: Equatable {
  var a: SIMD8<Float>
  var b: SIMD8<Float>
  var c: SIMD8<Float>
  var d: SIMD8<Float>

  @inline(__always)
  init(a: SIMD8<Float>, b: SIMD8<Float>, c: SIMD8<Float>, d: SIMD8<Float>) {
    self.a = a
    self.b = b
    self.c = c
    self.d = d
  }

  @inline(__always)
  init() {
    self.init(a: .zero, b: .zero, c: .zero, d: .zero)
  }

  /// self + scale · other, each element rounded once.
  @inline(__always)
  mutating func add(_ other: Vector32, times scale: Float) {
    let factor = SIMD8<Float>(repeating: scale)
    a = a.addingProduct(factor, other.a)
    b = b.addingProduct(factor, other.b)
    c = c.addingProduct(factor, other.c)
    d = d.addingProduct(factor, other.d)
  }

  @inline(__always)
  func scaled(by scale: Float) -> Vector32 {
    let factor = SIMD8<Float>(repeating: scale)
    return Vector32(a: a * factor, b: b * factor, c: c * factor, d: d * factor)
  }

  /// The dot product: element i goes to lane i mod 8 by fused multiply-add, then lanes fold 8 → 4 → 2 → 1.
  @inline(__always)
  func dot(_ other: Vector32) -> Float {
    (a * other.a).addingProduct(b, other.b).addingProduct(c, other.c).addingProduct(d, other.d).folded
  }

  /// The Euclidean norm.
  @inline(__always)
  var norm: Float { SquareRoot.of(dot(self)) }

  /// Element `index`, 0..<32. Slow: for initial values and copies.
  subscript(index: Int) -> Float {
    get {
      switch index >> 3 {
      case 0: a[index & 7]
      case 1: b[index & 7]
      case 2: c[index & 7]
      default: d[index & 7]
      }
    }
    set {
      switch index >> 3 {
      case 0: a[index & 7] = newValue
      case 1: b[index & 7] = newValue
      case 2: c[index & 7] = newValue
      default: d[index & 7] = newValue
      }
    }
  }

  /// The elements in order.
  var elements: [Float] { (0..<32).map { self[$0] } }
}

extension SIMD8<Float> {
  /// The sum of the lanes, in one fixed order.
  @inline(__always)
  var folded: Float {
    let four = lowHalf + highHalf
    let two = four.lowHalf + four.highHalf
    return two[0] + two[1]
  }
}
