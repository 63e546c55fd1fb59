internal import Checkpoints

/// One layer of a network, y = x·W + b, with Adagrad's accumulators.
struct DenseLayer: Equatable, Sendable {
  let inputs: Int
  let outputs: Int
  /// Row-major, `inputs` × `outputs`.
  private(set) var weights: [Float]
  /// `outputs` numbers.
  private(set) var biases: [Float]
  private(set) var weightAccumulators: [Float]
  private(set) var biasAccumulators: [Float]

  /// Glorot's uniform initial weights, ±√(6/(inputs + outputs)) (Glorot & Bengio, AISTATS 2010, eq. 16), or zeros.
  init(inputs: Int, outputs: Int, accumulator: Float, key: UInt64?) {
    self.inputs = inputs
    self.outputs = outputs
    let limit = SquareRoot.of(6 / Float(inputs + outputs))
    if let key {
      let random = CounterRandom(key: key)
      weights = (0..<inputs * outputs).map { random.symmetric(draw: $0) * limit }
    } else {
      weights = Array(repeating: 0, count: inputs * outputs)
    }
    biases = Array(repeating: 0, count: outputs)
    weightAccumulators = Array(repeating: accumulator, count: inputs * outputs)
    biasAccumulators = Array(repeating: accumulator, count: outputs)
  }

  /// One Adagrad step (Duchi, Hazan & Singer, JMLR 12 (2011), eq. 1). A number that would not be finite keeps its old value.
  /// - Returns: how many numbers kept theirs.
  mutating func step(weights gradient: [Float], biases biasGradient: [Float], rate: Float) -> Int {
    Self.step(&weights, &weightAccumulators, gradient, rate) + Self.step(&biases, &biasAccumulators, biasGradient, rate)
  }

  private static func step(
    _ weights: inout [Float], _ accumulators: inout [Float], _ gradient: [Float], _ rate: Float
  ) -> Int {
    precondition(gradient.count >= weights.count && accumulators.count == weights.count, "a gradient for every weight")
    var reverted = 0
    let blocks = weights.count / 8
    let rates = SIMD8<Float>(repeating: rate)
    // SAFETY: eight elements from 8 · block on lie within arrays of at least 8 · blocks elements.
    unsafe weights.withUnsafeMutableBytes { weights in
      unsafe accumulators.withUnsafeMutableBytes { accumulators in
        unsafe gradient.withUnsafeBytes { gradient in
          for block in 0..<blocks {
            let offset = block * 32
            let g = unsafe gradient.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
            let w = unsafe weights.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
            let a = unsafe accumulators.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self).addingProduct(g, g)
            let new = w - rates * g / SquareRoot.of(a)
            // Zero times anything finite is zero.
            let isSound = (new * 0).addingProduct(a, .zero) .== .zero
            if all(isSound) {
              unsafe weights.storeBytes(of: new, toByteOffset: offset, as: SIMD8<Float>.self)
              unsafe accumulators.storeBytes(of: a, toByteOffset: offset, as: SIMD8<Float>.self)
            } else {
              reverted += 8
            }
          }
        }
      }
    }
    for index in blocks * 8..<weights.count {
      let a = accumulators[index].addingProduct(gradient[index], gradient[index])
      let new = weights[index] - rate * gradient[index] / SquareRoot.of(a)
      if new.isFinite, a.isFinite {
        weights[index] = new
        accumulators[index] = a
      } else {
        reverted += 1
      }
    }
    return reverted
  }

  func append(to content: inout RowContent) {
    for column in [weights, weightAccumulators, biases, biasAccumulators] { content.append(hashOf: column) }
  }

  func write(to writer: inout ByteWriter) {
    for column in [weights, weightAccumulators, biases, biasAccumulators] { writer.write(column) }
  }

  mutating func read(_ reader: inout ByteReader) throws(CheckpointError) {
    let (weights, weightAccumulators) = (try reader.read([Float].self), try reader.read([Float].self))
    let (biases, biasAccumulators) = (try reader.read([Float].self), try reader.read([Float].self))
    guard weights.count == self.weights.count, weightAccumulators.count == weights.count, biases.count == outputs,
      biasAccumulators.count == outputs, (weights + biases).allSatisfy(\.isFinite),
      (weightAccumulators + biasAccumulators).allSatisfy({ $0.isFinite && $0 > 0 })
    else { throw .malformed("a layer of the ranker has another shape, or numbers that no step writes") }
    (self.weights, self.weightAccumulators) = (weights, weightAccumulators)
    (self.biases, self.biasAccumulators) = (biases, biasAccumulators)
  }
}
