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
    inputs.append(RankerShape.held(mood[0]))
    inputs.append(RankerShape.held(mood[1]))
    inputs.append(RankerShape.held(mood[2]))
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

  func append(to inputs: inout [Float], for user: UserPart) {
    inputs.append(holding: vector)
    inputs.append(RankerShape.held(value(for: user)))
    inputs.append(RankerShape.held(user.query.dot(vector) / 2))
    for speed in 0..<4 { inputs.append(RankerShape.held(popularity[speed] / 2)) }
    inputs.append(RankerShape.held(positives / 4))
    inputs.append(RankerShape.held(age / 4))
    inputs.append(author.map { RankerShape.held(user.query.dot($0)) } ?? 0)
    inputs.append(author == nil ? 0 : 1)
  }
}

extension [Float] {
  fileprivate mutating func append(holding vector: Vector32) {
    for lanes in [vector.a, vector.b, vector.c, vector.d] {
      for lane in 0..<8 { append(RankerShape.held(lanes[lane])) }
    }
  }
}
