import Testing

@testable import Evaluation

/// The notebooks' models against gradients that were derived automatically, in 64 bits, from the losses alone.
@Suite struct SeedGoldenTests {
  let golden: SeedGolden

  init() throws { golden = try SeedGolden.load() }

  /// Relative to the greater of .01 and the expected value: 24 bits, a few roundings.
  private func expectClose(
    _ actual: [Float], _ expected: [Float], within tolerance: Float = 5e-5, _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(actual.count == expected.count, "\(what)", sourceLocation: sourceLocation)
    for (index, (a, e)) in zip(actual, expected).enumerated() {
      #expect(
        abs(a - e) <= tolerance * max(abs(e), 1e-2), "\(what)[\(index)]: \(a), expected \(e)",
        sourceLocation: sourceLocation)
    }
  }

  private func retrieval() -> (model: SeedRetrieval, examples: [SeedExample]) {
    let golden = golden.retrieval
    var model = SeedRetrieval(users: golden.before.user.count, items: golden.before.item.count, seed: 1)
    model.users.weights = golden.before.user.flatMap(\.blocks)
    model.items.weights = golden.before.item.flatMap(\.blocks)
    return (model, zip(golden.users, golden.items).map { SeedExample(user: $0, item: $1, label: .nan) })
  }

  @Test func `values come from the script beside them`() {
    #expect(golden.version == 1)
    #expect(Set(golden.retrieval.items).count < golden.retrieval.items.count, "items come several times")
    #expect(Set(golden.retrieval.users).count < golden.retrieval.before.user.count, "some users do not come at all")
  }

  @Test func `a batch of distinct pairs has the gradients of the whole matrix`() {
    var (model, examples) = retrieval()
    model.accumulate(examples[...])
    expectClose(model.users.gradients.numbers, golden.retrieval.gradients.user.flatMap { $0 }, "users")
    expectClose(model.items.gradients.numbers, golden.retrieval.gradients.item.flatMap { $0 }, "items")
  }

  @Test func `two steps of retrieval adapt as Keras's Adagrad does, and touch no other row`() {
    var (model, examples) = retrieval()
    for _ in 0..<2 {
      // The same gradient twice, since the expected steps are the optimizer's alone.
      model.users.gradients = golden.retrieval.gradients.user.flatMap(\.blocks)
      model.items.gradients = golden.retrieval.gradients.item.flatMap(\.blocks)
      for example in examples {
        model.users.step(example.user)
        model.items.step(example.item)
      }
    }
    expectClose(model.users.weights.numbers, golden.retrieval.after.user.flatMap { $0 }, "users")
    expectClose(model.items.weights.numbers, golden.retrieval.after.item.flatMap { $0 }, "items")
  }

  private func ranking() -> (model: SeedRanking, examples: [SeedExample]) {
    let before = golden.ranking.before
    var model = SeedRanking(users: before.user.count, items: before.item.count, seed: 1)
    model.users.weights = before.user.flatMap(\.blocks)
    model.items.weights = before.item.flatMap(\.blocks)
    model.wide.weights = Self.pattern(inputs: 64, outputs: 256, span: 12)
    model.wide.bias = before.wideBias.blocks
    model.narrow.weights = Self.pattern(inputs: 256, outputs: 64, span: 6)
    model.narrow.bias = before.narrowBias.blocks
    model.output.weights = before.output.flatMap(\.blocks)
    model.output.bias = before.outputBias.blocks
    let rows = zip(golden.ranking.users, golden.ranking.items)
    return (model, zip(rows, golden.ranking.labels).map { SeedExample(user: $0.0, item: $0.1, label: $1) })
  }

  /// The rule of the script.
  private static func pattern(inputs: Int, outputs: Int, span: Int) -> Blocks {
    (0..<inputs).flatMap { i in
      (0..<outputs).map { o in Float((7 * i * i + 13 * o * o + 3 * i * o) % (2 * span + 1) - span) / 64 }.blocks
    }
  }

  private static func sums(_ gradients: Blocks, outputs: Int) -> [[Float]] {
    let numbers = gradients.numbers.map(Double.init)
    return [{ $0 }, abs].flatMap { (form: (Double) -> Double) -> [[Float]] in
      let rows = stride(from: 0, to: numbers.count, by: outputs).map { numbers[$0..<$0 + outputs].map(form) }
      let byOutput = (0..<outputs).map { output in Float(rows.reduce(0) { $0 + $1[output] }) }
      return [byOutput, rows.map { Float($0.reduce(0, +)) }]
    }
  }

  @Test func `a batch of ratings has the gradients of its squared error in every layer`() {
    var (model, examples) = ranking()
    model.accumulate(examples)
    let expected = golden.ranking.gradients
    expectClose(model.users.gradients.numbers, expected.user.flatMap { $0 }, "users")
    expectClose(model.items.gradients.numbers, expected.item.flatMap { $0 }, "items")
    for (actual, expected) in zip(Self.sums(model.wide.weightGradients, outputs: 256), expected.wide) {
      expectClose(actual, expected, "wide")
    }
    for (actual, expected) in zip(Self.sums(model.narrow.weightGradients, outputs: 64), expected.narrow) {
      expectClose(actual, expected, "narrow")
    }
    expectClose(model.wide.biasGradients.numbers, expected.wideBias, "bias of wide")
    expectClose(model.narrow.biasGradients.numbers, expected.narrowBias, "bias of narrow")
    expectClose(model.output.weightGradients.map { $0[0] }, expected.output.flatMap { $0 }, "output")
    expectClose([model.output.biasGradients[0][0]], expected.outputBias, "bias of output")
    #expect(model.output.weightGradients.allSatisfy { $0 == SIMD8($0[0], 0, 0, 0, 0, 0, 0, 0) }, "padding has none")
  }

  @Test func `two steps of a layer adapt as Keras's Adagrad does`() {
    var (model, _) = ranking()
    for _ in 0..<2 {
      model.narrow.biasGradients = golden.ranking.gradients.narrowBias.blocks
      model.narrow.step()
      model.output.weightGradients = golden.ranking.gradients.output.flatMap(\.blocks)
      model.output.biasGradients = golden.ranking.gradients.outputBias.blocks
      model.output.step()
    }
    expectClose(model.narrow.bias.numbers, golden.ranking.after.narrowBias, "bias of narrow")
    expectClose(model.output.weights.map { $0[0] }, golden.ranking.after.output.flatMap { $0 }, "output")
    expectClose([model.output.bias[0][0]], golden.ranking.after.outputBias, "bias of output")
  }

  @Test func `predictions have the loss of the batch`() {
    let (model, examples) = ranking()
    let batch = SeedBatch(examples[...])
    let rmse = model.quality(on: batch, after: batch, progress: { _ in }).rmse
    #expect(abs((rmse ?? 0) - golden.ranking.loss.squareRoot()) < 1e-5)
  }
}
