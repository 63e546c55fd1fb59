import Testing

@testable import Learning

/// Steps against gradients that were derived automatically, in 64 bits, from the losses alone.
struct GoldenTests {
  let golden: Golden

  init() throws { golden = try Golden.load() }

  /// Relative to the greater of 1e-3 and the expected value: 24 bits, a few roundings.
  private func expectClose(
    _ actual: [Float], _ expected: [Float], within tolerance: Float = 2e-5, _ what: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(actual.count == expected.count, sourceLocation: sourceLocation)
    for (index, (a, e)) in zip(actual, expected).enumerated() {
      #expect(
        abs(a - e) <= tolerance * max(abs(e), 1e-2), "\(what)[\(index)]: \(a), expected \(e)",
        sourceLocation: sourceLocation)
    }
  }

  @Test func `values come from the script beside them`() {
    #expect(golden.version == 1)
    #expect(golden.towers.kept.count > 6, "the case should have negatives, some drawn twice")
    #expect(Set(golden.towers.kept).count < golden.towers.kept.count)
  }

  @Test func `adagrad takes the steps of its equation`() {
    let adagrad = Adagrad(
      rate: golden.adagrad.rate, start: golden.adagrad.start, retention: Adagrad.halvingEvery5000Touches)
    var table = EmbeddingTable()
    table.append()
    table[0].weights = Vector32(golden.adagrad.weights)
    table[0].accumulators = Vector32(golden.adagrad.accumulators)
    var parameter = Parameter(weight: golden.adagrad.weights[5], accumulator: golden.adagrad.accumulators[5])
    for step in golden.adagrad.steps {
      #expect(adagrad.step(table[0], gradient: Vector32(step.gradient), forgets: step.forgets))
      expectClose(table[0].weights.elements, step.weights, "weights")
      expectClose(table[0].accumulators.elements, step.accumulators, "accumulators")
      #expect(adagrad.step(&parameter, gradient: step.gradient[5], forgets: step.forgets))
      expectClose([parameter.weight, parameter.accumulator], [step.weights[5], step.accumulators[5]], "single")
    }
  }

  /// The learner of the towers' case, before the event.
  private func towers() -> Learner {
    let golden = golden.towers
    var configuration = LearningConfiguration()
    configuration.seed = golden.seed
    configuration.negatives = golden.negatives
    var learner = Learner(configuration: configuration)
    // Tags by number first, so that rows are the numbers.
    learner.upsert("scaffold", tags: (0..<golden.before.tags.weights.count).map { "t\($0)" })
    let first = learner.items.count
    for (item, tags) in golden.itemTags.enumerated() { learner.upsert("i\(item)", tags: tags.map { "t\($0)" }) }
    let user = learner.users.admit("u".bytes.span, recipe: learner.recipe)
    learner.users.towers[user].set(golden.before.user)
    for (index, counts) in golden.counts.enumerated() {
      let row = first + index
      learner.items.towers[row].weights = Vector32(golden.before.own.weights[index])
      learner.items.towers[row].accumulators = Vector32(golden.before.own.accumulators[index])
      learner.items.records[row].bias = golden.before.bias[index]
      learner.items.records[row].order = UInt32(index)
      learner.items.records[row].popularity = ItemPopularity(
        counts: SIMD4(counts[0], counts[1], counts[2], counts[3]), block: 0)
    }
    for tag in 0..<golden.before.tags.weights.count {
      learner.tags.towers[tag].weights = Vector32(golden.before.tags.weights[tag])
      learner.tags.towers[tag].accumulators = Vector32(golden.before.tags.accumulators[tag])
    }
    learner.gates = (0..<2).map { golden.before.gates[$0] }
    learner.bank = PopularityBank(
      clock: 0, totals: SIMD4(golden.totals[0], golden.totals[1], golden.totals[2], golden.totals[3]),
      items: golden.counts.count, arrivals: golden.counts.count, logits: (0..<4).map { golden.before.theta[$0] })
    learner.ring = PositiveRing(serials: golden.ring.map { UInt32(first + $0) }, head: 0)
    for item in golden.ring { learner.items.records[first + item].ringCount += 1 }
    for item in golden.history {
      learner.users.records[user].log.append(UInt32(first + item), limit: 100)
      learner.users.records[user].log.see(UInt32(first + item), weight: 16, at: nil)
    }
    return learner
  }

  @Test func `a positive moves every row as the gradient of the loss says`() {
    let golden = golden.towers
    var learner = towers()
    let first = 1
    let effect = Effect(
      seen: true, history: .none, weight: golden.weight, negativeWeight: 0, rating: nil, undo: false)
    learner.learn(
      user: "u".bytes.span, item: "i\(golden.positive)".bytes.span, effect: effect, occurredAt: 0,
      at: Coordinate(partition: golden.partition, offset: golden.offset))
    expectClose(learner.users.towers[0].weights.elements, golden.after.user.weights, "user")
    expectClose(learner.users.towers[0].accumulators.elements, golden.after.user.accumulators, "user accumulators")
    for item in golden.itemTags.indices {
      let row = learner.items.towers[first + item]
      expectClose(row.weights.elements, golden.after.own.weights[item], "item \(item)")
      expectClose(row.accumulators.elements, golden.after.own.accumulators[item], "item \(item) accumulators")
      let bias = learner.items.records[first + item].bias
      expectClose(
        [bias.weight, bias.accumulator],
        [golden.after.bias.weights[item], golden.after.bias.accumulators[item]], "bias \(item)")
    }
    for tag in golden.after.tags.weights.indices {
      expectClose(learner.tags.towers[tag].weights.elements, golden.after.tags.weights[tag], "tag \(tag)")
      expectClose(
        learner.tags.towers[tag].accumulators.elements, golden.after.tags.accumulators[tag], "tag \(tag) accumulators")
    }
    expectClose(learner.gates.map(\.weight), golden.after.gates.weights, "gates")
    expectClose(learner.gates.map(\.accumulator), golden.after.gates.accumulators, "gate accumulators")
    expectClose(learner.bank.logits.map(\.weight), golden.after.theta.weights, "theta")
    expectClose(learner.bank.logits.map(\.accumulator), golden.after.theta.accumulators, "theta accumulators")
  }

  @Test(arguments: [Ablation.correctedPositive, .logQ, .historyGradient, .restrictedL2, .popularity, .masking])
  func `leaving an ingredient out leaves the golden values`(ablation: Ablation) {
    let golden = golden.towers
    var learner = towers()
    var configuration = learner.configuration
    configuration.without = [ablation]
    learner.reconfigure(configuration)
    learner.learn(
      user: "u".bytes.span, item: "i\(golden.positive)".bytes.span,
      effect: Effect(seen: true, history: .none, weight: golden.weight, negativeWeight: 0, rating: nil, undo: false),
      occurredAt: 0, at: Coordinate(partition: golden.partition, offset: golden.offset))
    let rows =
      [learner.users.towers[0].weights.elements]
      + golden.itemTags.indices.map {
        learner.items.towers[1 + $0].weights.elements
      }
    let expected = [golden.after.user.weights] + golden.after.own.weights
    let greatest = zip(rows.joined(), expected.joined()).map { abs($0 - $1) }.max()!
    #expect(greatest > 1e-3, "the golden values would not notice that \(ablation) is missing")
  }

  @Test func `an explicit negative moves the user's row and nothing else`() {
    let golden = golden.negative
    var learner = Learner(configuration: LearningConfiguration())
    learner.upsert("i", tags: [])
    let user = learner.users.admit("u".bytes.span, recipe: learner.recipe)
    learner.users.towers[user].weights = Vector32(golden.user)
    learner.users.towers[user].accumulators = Vector32(golden.accumulators)
    learner.items.towers[0].weights = Vector32(golden.own)
    let itemBefore = learner.items.towers[0].accumulators
    learner.learn("u", "i", .hide(golden.weight), at: 1)
    expectClose(learner.users.towers[user].weights.elements, golden.weightsAfter)
    expectClose(learner.users.towers[user].accumulators.elements, golden.accumulatorsAfter)
    #expect(learner.items.towers[0].weights == Vector32(golden.own))
    #expect(learner.items.towers[0].accumulators == itemBefore)
  }

  @Test func `mini-batches move the ranker as the gradients of both losses say`() {
    var network = RankerNetwork(seed: golden.ranker.seed, accumulator: Ranker.accumulator)
    var scratch = RankerScratch()
    for (number, batch) in golden.ranker.batches.enumerated() {
      let random = CounterRandom(key: UInt64(1000 + number))
      let inputs = (0..<Ranker.batch * RankerShape.inputs).map { random.symmetric(draw: $0) }
      let numbers = CounterRandom(key: UInt64(2000 + number))
      let targets = (0..<Ranker.batch).map { row in
        var parts: RankerTarget.Parts = row % 5 == 0 ? [] : .value
        if row % 3 != 0 { parts.insert(.engagement) }
        if numbers.symmetric(draw: row * 3 + 2) > 0 { parts.insert(.engaged) }
        return RankerTarget(
          residual: 4 * numbers.symmetric(draw: row * 3), prior: numbers.symmetric(draw: row * 3 + 1), parts: parts)
      }
      func expectOutputs(_ expected: [[Float]], _ what: String) {
        for row in 0..<Ranker.batch {
          let start = row * RankerShape.inputs
          let user = Array(inputs[start..<start + RankerShape.userInputs])
          let item = Array(inputs[start + RankerShape.userInputs..<start + RankerShape.inputs])
          let output = network.outputs(user: user, items: item, scratch: &scratch)[0]
          expectClose(
            [output.value, output.engagement], expected[row], within: 2e-4, "\(what) \(number), sample \(row)")
        }
      }
      expectOutputs(batch.before, "before batch")
      #expect(
        network.learn(inputs, count: Ranker.batch, rate: Ranker.rate, scratch: &scratch) { targets[$0].slopes($1) } == 0
      )
      expectOutputs(batch.after, "after batch")
      let (h1, h2) = (RankerShape.firstHidden, RankerShape.secondHidden)
      expectClose(Array(network.first.weights[7 * h1..<7 * h1 + 8]), batch.first, within: 2e-4, "first layer")
      expectClose(Array(network.second.weights[100 * h2..<100 * h2 + 8]), batch.second, within: 2e-4, "second layer")
      expectClose(Array(network.first.biases[..<8]), batch.firstBias, within: 2e-4, "first layer's biases")
      expectClose(Array(network.second.biases[..<8]), batch.secondBias, within: 2e-4, "second layer's biases")
    }
  }

  @Test func `following an author moves user and author towards each other as the logistic loss says`() {
    let golden = golden.follow
    var learner = Learner(configuration: LearningConfiguration())
    let author = learner.authorRow("a".bytes.span)!
    let user = learner.users.admit("u".bytes.span, recipe: learner.recipe)
    learner.users.towers[user].weights = Vector32(golden.user)
    learner.users.towers[user].accumulators = Vector32(golden.accumulators)
    learner.tags.towers[author].weights = Vector32(golden.tag)
    learner.tags.towers[author].accumulators = Vector32(golden.accumulators)
    let learned = learner.learnFollow(
      of: "a".bytes.span, by: "u".bytes.span, weight: 1, occurredAt: 0, at: Coordinate(partition: 0, offset: 0))
    #expect(learned == .learned(userRow: user))
    expectClose(learner.users.towers[user].weights.elements, golden.userAfter, "user")
    expectClose(learner.tags.towers[author].weights.elements, golden.tagAfter, "author")
  }

  @Test(arguments: [0, 1])
  func `ratings move both sides as the gradient of the squared error says`(number: Int) {
    let golden = golden.ratings[number]
    var configuration = LearningConfiguration()
    configuration.itemTags = golden.withTags
    var learner = Learner(configuration: configuration)
    learner.upsert("i", tags: golden.tags.indices.map { "t\($0)" })
    let user = learner.users.admit("u".bytes.span, recipe: learner.recipe)
    learner.users.rating[user].weights = Vector32(golden.user)
    learner.items.rating[0].weights = Vector32(golden.item)
    for (tag, weights) in golden.tags.enumerated() { learner.tags.rating[tag].weights = Vector32(weights) }
    for (offset, step) in golden.steps.enumerated() {
      let effect = Effect(
        seen: true, history: .none, weight: 0, negativeWeight: 0, rating: step.rating, undo: false)
      learner.learn("u", "i", effect, at: Int64(offset))
      expectClose(learner.users.rating[user].weights.elements, step.user, within: 1e-4, "user")
      expectClose(learner.items.rating[0].weights.elements, step.item, within: 1e-4, "item")
      expectClose([learner.users.records[user].ratingBias.weight], [step.userBias], within: 1e-4, "user bias")
      expectClose([learner.items.details[0].ratingBias.weight], [step.itemBias], within: 1e-4, "item bias")
      expectClose(
        [learner.predict(user: "u".bytes.span, item: "i".bytes.span)!], [step.prediction], within: 1e-4, "prediction")
    }
  }
}

extension Golden.Values<[Float]> {
  subscript(index: Int) -> Parameter { Parameter(weight: weights[index], accumulator: accumulators[index]) }
}

extension EmbeddingRow {
  func set(_ values: Golden.Values<[Float]>) {
    weights = Vector32(values.weights)
    accumulators = Vector32(values.accumulators)
  }
}
