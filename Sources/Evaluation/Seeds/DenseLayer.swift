/// A fully connected layer, y = xW + b, with the gradients of one batch.
///
/// W is stored by input: the weights from one input to all outputs are one row of blocks. One example goes through at a time,
/// so that no batch of activations is stored and the weights stay in the cache.
struct DenseLayer: Sendable {
  let inputs: Int
  /// Blocks of outputs.
  let blocks: Int
  var weights: Blocks
  var bias: Blocks
  var weightGradients: Blocks
  var biasGradients: Blocks
  private var weightAccumulators: Blocks
  private var biasAccumulators: Blocks

  /// Weights uniform within ±√(6 / (inputs + outputs)) (Glorot & Bengio, AISTATS 2010, eq. 16), biases zero.
  init(inputs: Int, outputs: Int, _ random: inout SplitMix64) {
    precondition(inputs % 8 == 0, "inputs come in blocks of eight, are \(inputs)")
    let limit = (6 / Float(inputs + outputs)).squareRoot()
    let blocks = SIMD8<Float>.blocks(for: outputs)
    var weights: Blocks = []
    for _ in 0..<inputs {
      for block in 0..<blocks { weights.append(.uniform(outputs - block * 8, limit: limit, &random)) }
    }
    self.init(inputs: inputs, weights: weights)
  }

  /// A layer with given weights and biases of zero.
  init(inputs: Int, weights: Blocks) {
    self.inputs = inputs
    self.weights = weights
    blocks = weights.count / inputs
    bias = Blocks(repeating: .zero, count: blocks)
    weightGradients = Blocks(repeating: .zero, count: weights.count)
    biasGradients = bias
    weightAccumulators = Blocks(repeating: SIMD8(repeating: KerasAdagrad.start), count: weights.count)
    biasAccumulators = Blocks(repeating: SIMD8(repeating: KerasAdagrad.start), count: blocks)
  }

  /// y = xW + b.
  func forward(_ x: Span<SIMD8<Float>>, _ y: inout MutableSpan<SIMD8<Float>>) {
    let (weights, bias) = (weights.span, bias.span)
    for block in 0..<blocks { y[block] = bias[block] }
    for input in 0..<inputs {
      let value = SIMD8(repeating: x[input >> 3][input & 7])
      let row = input * blocks
      for block in 0..<blocks { y[block].addProduct(value, weights[row + block]) }
    }
  }

  /// Adds this example's gradients, given that of its output: ∂W += xᵀ·∂y, ∂b += ∂y, ∂x = ∂y·Wᵀ.
  mutating func backward(
    _ x: Span<SIMD8<Float>>, outputGradient: Span<SIMD8<Float>>, inputGradient: inout MutableSpan<SIMD8<Float>>
  ) {
    // Copies of what is read, so that only the gradients are accessed while they change.
    let (held, inputs, blocks) = (weights, inputs, blocks)
    let weights = held.span
    var biasGradients = biasGradients.mutableSpan
    for block in 0..<blocks { biasGradients[block] += outputGradient[block] }
    var weightGradients = weightGradients.mutableSpan
    for input in 0..<inputs {
      let value = SIMD8(repeating: x[input >> 3][input & 7])
      let row = input * blocks
      var sum = SIMD8<Float>.zero
      for block in 0..<blocks {
        weightGradients[row + block].addProduct(value, outputGradient[block])
        sum.addProduct(weights[row + block], outputGradient[block])
      }
      inputGradient[input >> 3][input & 7] = sum.folded
    }
  }

  /// One optimizer step; gradients are zero afterwards.
  mutating func step() {
    for index in weights.indices {
      KerasAdagrad.step(&weights[index], &weightAccumulators[index], gradient: weightGradients[index])
      weightGradients[index] = .zero
    }
    for index in bias.indices {
      KerasAdagrad.step(&bias[index], &biasAccumulators[index], gradient: biasGradients[index])
      biasGradients[index] = .zero
    }
  }
}
