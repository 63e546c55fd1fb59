/// The ranking notebook's model: both embeddings → 256 ReLU → 64 ReLU → 1, mean squared error.
///
/// It predicts ratings alone and ranks nothing, so all that it has is the error and the error of the mean.
public struct SeedRanking: SeedModel {
  var users: SeedEmbedding
  var items: SeedEmbedding
  var wide: DenseLayer
  var narrow: DenseLayer
  var output: DenseLayer

  /// Begins with Keras's default initial values.
  public init(users: Int, items: Int, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    self.users = SeedEmbedding(rows: users, &random)
    self.items = SeedEmbedding(rows: items, &random)
    wide = DenseLayer(inputs: 64, outputs: 256, &random)
    narrow = DenseLayer(inputs: 256, outputs: 64, &random)
    output = DenseLayer(inputs: 64, outputs: 1, &random)
  }

  /// Steps on the events that have a label.
  public mutating func learn(_ batch: SeedBatch) {
    let rated = batch.examples.filter { !$0.label.isNaN }
    accumulate(rated)
    for example in rated {
      users.step(example.user)
      items.step(example.item)
    }
    wide.step()
    narrow.step()
    output.step()
  }

  /// Adds up the gradients of (1/n) Σ (prediction − label)².
  mutating func accumulate(_ examples: [SeedExample]) {
    var (pass, gradient) = (Activations(), Activations())
    for example in examples {
      let error = predict(example, &pass) - example.label
      gradient.output[0][0] = 2 * error / Float(examples.count)
      backpropagate(example, pass, &gradient)
    }
  }

  /// Measures the events that have a label.
  public func quality(on test: SeedBatch, after train: SeedBatch, progress: (Int) -> Void) -> Quality {
    var metrics = PrequentialMetrics()
    var pass = Activations()
    let learned = train.examples.lazy.map(\.label).filter { !$0.isNaN }
    let mean = learned.reduce(0.0) { $0 + Double($1) } / Double(learned.count)
    var (squares, rated) = (0.0, 0)
    for (done, example) in test.examples.enumerated() {
      progress(done + 1)
      guard !example.label.isNaN, !mean.isNaN else { continue }
      let prediction = predict(example, &pass)
      // Labels near the greatest number overflow: then there is no prediction rather than one that is not finite.
      metrics.record(
        prediction: prediction.isFinite ? prediction : nil, label: example.label, ranking: .unmeasured)
      squares += (Double(example.label) - mean) * (Double(example.label) - mean)
      rated += 1
    }
    var quality = metrics.all
    // The mean of what was learned, as for the other models.
    quality.meanRMSE = rated > 0 ? (squares / Double(rated)).squareRoot() : nil
    return quality
  }

  // MARK: One example

  /// The numbers of one example on its way through the layers, or the loss's gradient with respect to them.
  struct Activations {
    var input = Blocks(repeating: .zero, count: 8)
    var wide = Blocks(repeating: .zero, count: 32)
    var narrow = Blocks(repeating: .zero, count: 8)
    var output = Blocks(repeating: .zero, count: 1)
  }

  private func predict(_ example: SeedExample, _ pass: inout Activations) -> Float {
    for (block, source) in SeedEmbedding.blocks(of: example.user).enumerated() {
      pass.input[block] = users.weights[source]
    }
    for (block, source) in SeedEmbedding.blocks(of: example.item).enumerated() {
      pass.input[4 + block] = items.weights[source]
    }
    Self.forward(wide, pass.input, &pass.wide)
    Self.rectify(&pass.wide)
    Self.forward(narrow, pass.wide, &pass.narrow)
    Self.rectify(&pass.narrow)
    Self.forward(output, pass.narrow, &pass.output)
    return pass.output[0][0]
  }

  private mutating func backpropagate(_ example: SeedExample, _ pass: Activations, _ gradient: inout Activations) {
    Self.backward(&output, pass.narrow, gradient.output, &gradient.narrow)
    Self.mask(&gradient.narrow, where: pass.narrow)
    Self.backward(&narrow, pass.wide, gradient.narrow, &gradient.wide)
    Self.mask(&gradient.wide, where: pass.wide)
    Self.backward(&wide, pass.input, gradient.wide, &gradient.input)
    for (block, target) in SeedEmbedding.blocks(of: example.user).enumerated() {
      users.gradients[target] += gradient.input[block]
    }
    for (block, target) in SeedEmbedding.blocks(of: example.item).enumerated() {
      items.gradients[target] += gradient.input[4 + block]
    }
  }

  private static func forward(_ layer: DenseLayer, _ x: Blocks, _ y: inout Blocks) {
    var y = y.mutableSpan
    layer.forward(x.span, &y)
  }

  private static func backward(_ layer: inout DenseLayer, _ x: Blocks, _ output: Blocks, _ input: inout Blocks) {
    var input = input.mutableSpan
    layer.backward(x.span, outputGradient: output.span, inputGradient: &input)
  }

  private static func rectify(_ values: inout Blocks) {
    for block in values.indices { values[block].replace(with: 0, where: values[block] .< 0) }
  }

  /// A unit that gave nothing has no part in the loss.
  private static func mask(_ gradient: inout Blocks, where values: Blocks) {
    for block in values.indices { gradient[block].replace(with: 0, where: values[block] .<= 0) }
  }
}
