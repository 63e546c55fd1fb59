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
    MatrixProduct.layer(
      into: &scratch.first, biases: scratch.user, rows: count, columns: RankerShape.firstHidden,
      depth: RankerShape.itemInputs, items, .init(row: RankerShape.itemInputs, depth: 1), first.weights,
      fromRow: RankerShape.userInputs)
    return finish(count, &scratch)
  }

  /// Forward through both hidden layers for `count` rows of complete inputs; activations stay in `scratch`.
  fileprivate func forward(_ inputs: [Float], count: Int, _ scratch: inout RankerScratch) -> [RankerOutput] {
    MatrixProduct.layer(
      into: &scratch.first, biases: first.biases, rows: count, columns: RankerShape.firstHidden,
      depth: RankerShape.inputs, inputs, .init(row: RankerShape.inputs, depth: 1), first.weights)
    return finish(count, &scratch)
  }

  private func finish(_ count: Int, _ scratch: inout RankerScratch) -> [RankerOutput] {
    MatrixProduct.layer(
      into: &scratch.second, biases: second.biases, rows: count, columns: RankerShape.secondHidden,
      depth: RankerShape.firstHidden, scratch.first, .init(row: RankerShape.firstHidden, depth: 1), second.weights)
    return (0..<count).map { row in
      var output = SIMD2(last.biases[0], last.biases[1])
      for k in 0..<RankerShape.secondHidden {
        let hidden = SIMD2(repeating: scratch.second[row * RankerShape.secondHidden + k])
        output = output.addingProduct(hidden, SIMD2(last.weights[2 * k], last.weights[2 * k + 1]))
      }
      return RankerOutput(value: output[0], engagement: output[1])
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
    let lastSlopes = (0..<count).map { slopes($0, outputs[$0]) }
    let lastGradient = lastGradient(lastSlopes, &scratch)
    // ∂/∂W2 = H1ᵀ·D2, D1 = D2·W2ᵀ where H1 > 0, ∂/∂W1 = Xᵀ·D1.
    scratch.secondGradient.reset(second.weights.count)
    MatrixProduct.accumulate(
      into: &scratch.secondGradient, rows: h1, columns: h2, depth: count, scratch.first, .init(row: 1, depth: h1),
      scratch.secondSlopes)
    Self.transpose(second.weights, rows: h1, columns: h2, into: &scratch.transposed)
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
    let lastBias = lastSlopes.reduce(.zero, +)
    return last.step(weights: lastGradient, biases: [lastBias[0], lastBias[1]], rate: rate)
      + second.step(weights: scratch.secondGradient, biases: secondBias, rate: rate)
      + first.step(weights: scratch.firstGradient, biases: firstBias, rate: rate)
  }

  /// ∂/∂W3 = H2ᵀ·slopes; leaves D2 = slopes·W3ᵀ where H2 > 0 in the scratch. Sums run over the rows in order.
  private func lastGradient(_ slopes: [SIMD2<Float>], _ scratch: inout RankerScratch) -> [Float] {
    let h2 = RankerShape.secondHidden
    // Columns side by side, as the vector unit wants them.
    var (first, second) = ([Float](repeating: 0, count: h2), [Float](repeating: 0, count: h2))
    let (w0, w1) = ((0..<h2).map { last.weights[2 * $0] }, (0..<h2).map { last.weights[2 * $0 + 1] })
    scratch.secondSlopes.reset(slopes.count * h2)
    precondition(scratch.second.count >= slopes.count * h2, "there are activations for every slope")
    // SAFETY: eight floats from a multiple of eight below h2, which is one of eight, on lie within the four arrays of h2 floats, and
    // `row · h2` floats further within those of at least `slopes.count · h2`.
    unsafe scratch.second.withUnsafeBytes { hidden in
      unsafe scratch.secondSlopes.withUnsafeMutableBytes { back in
        unsafe first.withUnsafeMutableBytes { first in
          unsafe second.withUnsafeMutableBytes { second in
            unsafe w0.withUnsafeBytes { w0 in
              unsafe w1.withUnsafeBytes { w1 in
                for (row, slope) in slopes.enumerated() {
                  let (s0, s1) = (SIMD8(repeating: slope[0]), SIMD8(repeating: slope[1]))
                  for k in stride(from: 0, to: h2 * 4, by: 32) {
                    let place = row * h2 * 4 + k
                    let h = unsafe hidden.eight(place)
                    unsafe first.setEight(k, first.eight(k).addingProduct(s0, h))
                    unsafe second.setEight(k, second.eight(k).addingProduct(s1, h))
                    let slope = unsafe (s0 * w0.eight(k)).addingProduct(s1, w1.eight(k))
                    unsafe back.setEight(place, SIMD8.zero.replacing(with: slope, where: h .> 0))
                  }
                }
              }
            }
          }
        }
      }
    }
    return (0..<2 * h2).map { $0 % 2 == 0 ? first[$0 / 2] : second[$0 / 2] }
  }

  private static func transpose(_ matrix: [Float], rows: Int, columns: Int, into transposed: inout [Float]) {
    transposed.reset(rows * columns)
    precondition(matrix.count == rows * columns, "a matrix has rows times columns elements")
    // SAFETY: row < rows and column < columns, so that both places lie within arrays of rows · columns.
    unsafe matrix.withUnsafeBufferPointer { matrix in
      unsafe transposed.withUnsafeMutableBufferPointer { transposed in
        for column in 0..<columns {
          for row in 0..<rows { unsafe transposed[column &* rows &+ row] = matrix[row &* columns &+ column] }
        }
      }
    }
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

extension UnsafeRawBufferPointer {
  // SAFETY: the caller stays within the buffer.
  @inline(__always)
  fileprivate func eight(_ place: Int) -> SIMD8<Float> {
    unsafe loadUnaligned(fromByteOffset: place, as: SIMD8<Float>.self)
  }
}

extension UnsafeMutableRawBufferPointer {
  // SAFETY: the caller stays within the buffer.
  @inline(__always)
  fileprivate func eight(_ place: Int) -> SIMD8<Float> {
    unsafe loadUnaligned(fromByteOffset: place, as: SIMD8<Float>.self)
  }

  // SAFETY: the caller stays within the buffer.
  @inline(__always)
  fileprivate func setEight(_ place: Int, _ value: SIMD8<Float>) {
    unsafe storeBytes(of: value, toByteOffset: place, as: SIMD8<Float>.self)
  }
}

extension [Float] {
  /// `count` zeros.
  fileprivate mutating func reset(_ count: Int) {
    removeAll(keepingCapacity: true)
    append(contentsOf: repeatElement(0, count: count))
  }
}
