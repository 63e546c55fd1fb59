internal import Checkpoints

/// What the ranker says about one pair of user and item.
struct RankerOutput: Equatable {
  /// What is added to f of the rating head.
  var value: Float
  /// What is added to the log-odds of engagement.
  var engagement: Float
}

/// Two hidden layers with ReLU and two outputs. The last layer starts at zero: the ranker is neutral until it has learned.
struct RankerNetwork: Equatable, Sendable {
  private(set) var first: DenseLayer
  private(set) var second: DenseLayer
  private(set) var last: DenseLayer

  init(seed: UInt64, accumulator: Float) {
    func key(_ layer: UInt64) -> UInt64 { CounterRandom.mix(CounterRandom.mix(seed ^ 0x7261_6e6b) &+ layer) }
    first = DenseLayer(
      inputs: RankerShape.inputs, outputs: RankerShape.firstHidden, accumulator: accumulator, key: key(1))
    second = DenseLayer(
      inputs: RankerShape.firstHidden, outputs: RankerShape.secondHidden, accumulator: accumulator, key: key(2))
    last = DenseLayer(
      inputs: RankerShape.secondHidden, outputs: RankerShape.outputs, accumulator: accumulator, key: nil)
  }

  /// What the network makes of `count` items for one user.
  /// - Parameters:
  ///   - user: 36 numbers.
  ///   - items: `count` × 42 numbers.
  /// - Complexity: 27,000 multiplications an item, and 9,000 once.
  func outputs(user: [Float], items: [Float], scratch: inout RankerScratch) -> [RankerOutput] {
    precondition(user.count == RankerShape.userInputs, "a user is \(RankerShape.userInputs) numbers")
    let count = items.count / RankerShape.itemInputs
    // The user's part of the first layer once: the chain of additions goes on from there with the item's part.
    scratch.user = first.biases
    MatrixProduct.accumulate(
      into: &scratch.user, rows: 1, columns: RankerShape.firstHidden, depth: RankerShape.userInputs, user,
      .init(row: 0, depth: 1), first.weights)
    scratch.first.removeAll(keepingCapacity: true)
    for _ in 0..<count { scratch.first.append(contentsOf: scratch.user) }
    MatrixProduct.accumulate(
      into: &scratch.first, rows: count, columns: RankerShape.firstHidden, depth: RankerShape.itemInputs, items,
      .init(row: RankerShape.itemInputs, depth: 1), first.weights, fromRow: RankerShape.userInputs)
    return finish(count, &scratch)
  }

  /// Forward through both hidden layers for `count` rows of complete inputs; activations stay in `scratch`.
  fileprivate func forward(_ inputs: [Float], count: Int, _ scratch: inout RankerScratch) -> [RankerOutput] {
    scratch.first.removeAll(keepingCapacity: true)
    for _ in 0..<count { scratch.first.append(contentsOf: first.biases) }
    MatrixProduct.accumulate(
      into: &scratch.first, rows: count, columns: RankerShape.firstHidden, depth: RankerShape.inputs, inputs,
      .init(row: RankerShape.inputs, depth: 1), first.weights)
    return finish(count, &scratch)
  }

  private func finish(_ count: Int, _ scratch: inout RankerScratch) -> [RankerOutput] {
    Self.rectify(&scratch.first, count: count * RankerShape.firstHidden)
    scratch.second.removeAll(keepingCapacity: true)
    for _ in 0..<count { scratch.second.append(contentsOf: second.biases) }
    MatrixProduct.accumulate(
      into: &scratch.second, rows: count, columns: RankerShape.secondHidden, depth: RankerShape.firstHidden,
      scratch.first, .init(row: RankerShape.firstHidden, depth: 1), second.weights)
    Self.rectify(&scratch.second, count: count * RankerShape.secondHidden)
    return (0..<count).map { row in
      var output = SIMD2(last.biases[0], last.biases[1])
      for k in 0..<RankerShape.secondHidden {
        let hidden = SIMD2(repeating: scratch.second[row * RankerShape.secondHidden + k])
        output = output.addingProduct(hidden, SIMD2(last.weights[2 * k], last.weights[2 * k + 1]))
      }
      return RankerOutput(value: output[0], engagement: output[1])
    }
  }

  /// max(0, x) of the first `count`, a multiple of eight; NaN becomes 0.
  private static func rectify(_ values: inout [Float], count: Int) {
    precondition(count % 8 == 0 && count <= values.count, "hidden layers come in eights")
    // SAFETY: eight floats from a multiple of eight below `count` on lie within the array.
    unsafe values.withUnsafeMutableBytes { values in
      for offset in stride(from: 0, to: count * 4, by: 32) {
        let x = unsafe values.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
        unsafe values.storeBytes(
          of: SIMD8.zero.replacing(with: x, where: x .> 0), toByteOffset: offset, as: SIMD8<Float>.self)
      }
    }
  }

  /// One step on a mini-batch.
  /// - Parameters:
  ///   - inputs: `count` × 78 numbers.
  ///   - slopes: the loss's derivative by both outputs, given the outputs.
  /// - Returns: how many weights were left as they were because they would not have been finite.
  mutating func learn(
    _ inputs: [Float], count: Int, rate: Float, scratch: inout RankerScratch,
    slopes: (_ row: Int, RankerOutput) -> SIMD2<Float>
  ) -> Int {
    let outputs = forward(inputs, count: count, &scratch)
    let (h1, h2) = (RankerShape.firstHidden, RankerShape.secondHidden)
    var lastGradient = [Float](repeating: 0, count: last.weights.count)
    var lastBias = SIMD2<Float>.zero
    scratch.secondSlopes.reset(count * h2)
    for row in 0..<count {
      let slope = slopes(row, outputs[row])
      lastBias += slope
      for k in 0..<h2 {
        let hidden = scratch.second[row * h2 + k]
        lastGradient[2 * k] = lastGradient[2 * k].addingProduct(slope[0], hidden)
        lastGradient[2 * k + 1] = lastGradient[2 * k + 1].addingProduct(slope[1], hidden)
        let back = (slope[0] * last.weights[2 * k]).addingProduct(slope[1], last.weights[2 * k + 1])
        scratch.secondSlopes[row * h2 + k] = hidden > 0 ? back : 0
      }
    }
    // ∂/∂W2 = H1ᵀ·D2, D1 = D2·W2ᵀ where H1 > 0, ∂/∂W1 = Xᵀ·D1.
    scratch.secondGradient.reset(second.weights.count)
    MatrixProduct.accumulate(
      into: &scratch.secondGradient, rows: h1, columns: h2, depth: count, scratch.first, .init(row: 1, depth: h1),
      scratch.secondSlopes)
    scratch.transposed.reset(second.weights.count)
    for input in 0..<h1 {
      for output in 0..<h2 { scratch.transposed[output * h1 + input] = second.weights[input * h2 + output] }
    }
    scratch.firstSlopes.reset(count * h1)
    MatrixProduct.accumulate(
      into: &scratch.firstSlopes, rows: count, columns: h1, depth: h2, scratch.secondSlopes, .init(row: h2, depth: 1),
      scratch.transposed)
    Self.clear(&scratch.firstSlopes, where: scratch.first, count: count * h1)
    scratch.firstGradient.reset(first.weights.count)
    MatrixProduct.accumulate(
      into: &scratch.firstGradient, rows: RankerShape.inputs, columns: h1, depth: count, inputs,
      .init(row: 1, depth: RankerShape.inputs), scratch.firstSlopes)

    let firstBias = Self.columnSums(scratch.firstSlopes, rows: count, columns: h1)
    let secondBias = Self.columnSums(scratch.secondSlopes, rows: count, columns: h2)
    return last.step(weights: lastGradient, biases: [lastBias[0], lastBias[1]], rate: rate)
      + second.step(weights: scratch.secondGradient, biases: secondBias, rate: rate)
      + first.step(weights: scratch.firstGradient, biases: firstBias, rate: rate)
  }

  /// Slopes of what ReLU held at zero are zero.
  private static func clear(_ slopes: inout [Float], where activations: [Float], count: Int) {
    precondition(count % 8 == 0 && count <= slopes.count && count <= activations.count, "one slope an activation")
    // SAFETY: eight floats from a multiple of eight below `count` on lie within both arrays.
    unsafe slopes.withUnsafeMutableBytes { slopes in
      unsafe activations.withUnsafeBytes { activations in
        for offset in stride(from: 0, to: count * 4, by: 32) {
          let x = unsafe activations.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
          let slope = unsafe slopes.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
          unsafe slopes.storeBytes(
            of: slope.replacing(with: 0, where: x .== 0), toByteOffset: offset, as: SIMD8<Float>.self)
        }
      }
    }
  }

  private static func columnSums(_ values: [Float], rows: Int, columns: Int) -> [Float] {
    var sums = [Float](repeating: 0, count: columns)
    MatrixProduct.accumulate(
      into: &sums, rows: 1, columns: columns, depth: rows, [1], .init(row: 0, depth: 0), values)
    return sums
  }

  func append(to content: inout RowContent) {
    for layer in [first, second, last] { layer.append(to: &content) }
  }

  func write(to writer: inout ByteWriter) {
    for layer in [first, second, last] { layer.write(to: &writer) }
  }

  mutating func read(_ reader: inout ByteReader) throws(CheckpointError) {
    try first.read(&reader)
    try second.read(&reader)
    try last.read(&reader)
  }
}

/// Memory of the ranker's passes, kept between them.
public struct RankerScratch: Sendable {
  var user: [Float] = []
  var first: [Float] = []
  var second: [Float] = []
  var firstSlopes: [Float] = []
  var secondSlopes: [Float] = []
  var firstGradient: [Float] = []
  var secondGradient: [Float] = []
  var transposed: [Float] = []
  /// Items' inputs of a pass.
  var items: [Float] = []

  /// Empty memory.
  public init() {}
}

extension [Float] {
  /// `count` zeros.
  fileprivate mutating func reset(_ count: Int) {
    removeAll(keepingCapacity: true)
    append(contentsOf: repeatElement(0, count: count))
  }
}
