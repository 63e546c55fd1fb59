/// What the ranker is told about a user: 36 numbers.
struct UserPart {
  /// How many numbers there are beside the query.
  static let numbers = 4

  /// q, with history.
  var query: Vector32
  /// p_u of the rating head.
  var factors: Vector32
  /// b_u of the rating head.
  var bias: Float
  /// How far the user's latest ratings lay from what was expected, on three time scales.
  var mood: SIMD4<Float>
  /// The number of items seen.
  var seen: Int

  /// The user without events.
  static let unknown = UserPart(query: Vector32(), factors: Vector32(), bias: 0, mood: .zero, seen: 0)

  func append(to inputs: inout [Float]) {
    inputs.append(holding: query)
    for speed in 0..<3 { inputs.append(RankerShape.held(mood[speed])) }
    inputs.append(Float(Logarithm.log1p(Double(seen))) / 4)
  }
}

/// What the ranker is told about an item and its pair with a user: 42 numbers.
///
/// Every number is of the order of 1 on any stream: popularity is relative to a uniform one, time in logarithms of hours.
struct ItemPart {
  /// How many numbers there are beside the vector.
  static let numbers = 10

  /// v, with tags.
  var vector: Vector32
  /// Q = q_i + Σ t_g of the rating head.
  var factors: Vector32
  /// b_i + Σ b_g of the rating head.
  var bias: Float
  /// ln(n·p_m) at the bank's four speeds.
  var popularity: SIMD4<Float>
  /// ln(1 + positives).
  var positives: Float
  /// ln(1 + hours since the item appeared).
  var age: Float
  /// The vector of the author's tag; nil where there is none.
  var author: Vector32?

  /// An item without a row.
  static let unknown = ItemPart(
    vector: Vector32(), factors: Vector32(), bias: 0, popularity: .zero, positives: 0, age: 0, author: nil)

  /// f of the rating head.
  @inline(__always)
  func value(for user: UserPart) -> Float { user.bias + bias + user.factors.dot(factors) }

  /// Appends the 42 numbers.
  /// - Returns: f of the rating head, which is one of them.
  @discardableResult
  func append(to inputs: inout [Float], for user: UserPart) -> Float {
    let value = value(for: user)
    inputs.append(holding: vector)
    // In registers: two hundred candidates of every user come through here.
    let ofItem = SIMD2(positives, age) / 4
    let ofPair = SIMD2(value, user.query.dot(vector) / 2)
    let numbers = SIMD8(
      lowHalf: SIMD4(lowHalf: ofPair, highHalf: popularity.lowHalf / 2),
      highHalf: SIMD4(lowHalf: popularity.highHalf / 2, highHalf: ofItem))
    inputs.append(floatsOf: numbers.held)
    inputs.append(author.map { RankerShape.held(user.query.dot($0)) } ?? 0)
    inputs.append(author == nil ? 0 : 1)
    return value
  }
}

extension SIMD8<Float> {
  /// Every lane as ``RankerShape/held(_:)`` has it.
  @inline(__always)
  var held: SIMD8<Float> {
    let limit = RankerShape.inputLimit
    // Infinity less itself is not a number, and that is not equal to anything.
    let finite = replacing(with: 0, where: (self - self) .!= .zero)
    return finite.replacing(with: limit, where: finite .> limit).replacing(with: -limit, where: finite .< -limit)
  }
}

extension [Float] {
  @inline(__always)
  fileprivate mutating func append(holding vector: Vector32) {
    append(floatsOf: Vector32(a: vector.a.held, b: vector.b.held, c: vector.c.held, d: vector.d.held))
  }

  /// Appends what a vector or several of them are made of.
  @inline(__always)
  fileprivate mutating func append<Value: BitwiseCopyable>(floatsOf value: Value) {
    // SAFETY: vectors of floats without padding, read during the closure only.
    unsafe Swift.withUnsafeBytes(of: value) { bytes in
      unsafe append(contentsOf: bytes.assumingMemoryBound(to: Float.self))
    }
  }
}
