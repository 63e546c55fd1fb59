extension Learner {
  /// A pair as the ranker saw it before its event, with what the event says of it.
  struct RankerSample {
    var inputs: [Float]
    var target: RankerTarget
  }

  /// What is said of a user; of one without events for nil.
  func userPart(_ row: Int?, query: Vector32) -> UserPart {
    guard let row else { return .unknown }
    let record = users.records[row]
    return UserPart(
      query: query, factors: users.rating[row].weights, bias: record.ratingBias.weight, mood: record.mood,
      seen: record.log.seenCount)
  }

  /// What is said of an item, whoever looks at it. Depends on the bank's clock, not on anybody's.
  func itemPart(_ row: Int, view: PopularityView) -> ItemPart {
    let (record, detail) = (items.records[row], items.details[row])
    var (factors, bias) = (items.rating[row].weights, detail.ratingBias.weight)
    if recipe.configuration.itemTags {
      let scale = record.tagScale
      for position in items.tags(of: row) {
        let tag = items.tag(at: position)
        factors.add(tags.rating[tag].weights, times: scale)
        bias = bias.addingProduct(scale, tags.records[tag].ratingBias.weight)
      }
    }
    let shares = view.shares(record.popularity.counts, block: record.popularity.block) * Double(max(bank.items, 1))
    var numbers = SIMD8<Float>(repeating: 1)
    for speed in 0..<4 { numbers[speed] = max(Float(shares[speed]), 1e-20) }
    numbers[4] = 1 + max(Float(record.popularity.counts[0]), 0)
    if detail.bornAt != ItemDetail.unborn, let clock = bank.clock {
      let (age, overflow) = clock.subtractingReportingOverflow(detail.bornAt)
      if !overflow, age > 0 { numbers[5] = 1 + Float(age) / 3_600_000 }
    }
    let logarithms = Logarithm.log(numbers)
    return ItemPart(
      vector: itemVector(row), factors: factors, bias: bias, popularity: logarithms.lowHalf, positives: logarithms[4],
      age: logarithms[5], author: detail.author >= 0 ? tags.towers[Int(detail.author)].weights : nil)
  }

  /// The pair's inputs, if the event will teach the ranker something.
  mutating func rankerSample(_ effect: Effect, user: Int, item: Int, query: Vector32) -> RankerSample? {
    guard recipe.usesRanker else { return nil }
    var parts: RankerTarget.Parts = []
    if let engaged = effect.engaged {
      ranker.count(engaged: engaged)
      if ranker.knowsEngagement { parts = engaged ? [.engagement, .engaged] : .engagement }
    }
    guard effect.rating != nil || !parts.isEmpty else { return nil }
    var inputs: [Float] = []
    inputs.reserveCapacity(RankerShape.inputs)
    let part = userPart(user, query: query)
    part.append(to: &inputs)
    itemPart(item, view: bank.view()).append(to: &inputs, for: part)
    return RankerSample(
      inputs: inputs, target: RankerTarget(residual: 0, prior: RankerShape.held(ranker.priorLogOdds), parts: parts))
  }

  /// Hands the sample to the ranker. `residual` is what the rating head left unexplained, nil without a rating.
  mutating func learnRanker(_ sample: RankerSample?, residual: Float?, of user: Int) {
    guard var sample else { return }
    if let residual {
      sample.target.residual = RankerShape.held(residual)
      sample.target.parts.insert(.value)
    }
    guard !sample.target.parts.isEmpty else { return }
    tally.revertedSteps += ranker.learn(sample.inputs, target: sample.target, of: user)
  }

  /// One step of β and γ on the softmax of the candidates, their scores blended: Σ (P'_k − y_k)·x_k, x being f + value or engagement.
  mutating func learnBlend(_ positive: Positive, candidates: Int, query: Vector32, view: PopularityView) {
    let teachesEngagement = positive.isEngaged && ranker.knowsEngagement
    guard recipe.usesRanker, positive.isLiked || teachesEngagement,
      tally.positives % Ranker.blendInterval == 0
    else { return }
    let user = userPart(positive.user, query: query)
    var (userInputs, itemInputs): ([Float], [Float]) = ([], [])
    user.append(to: &userInputs)
    itemInputs.reserveCapacity(candidates * RankerShape.itemInputs)
    var values: [Float] = []
    for index in 0..<candidates {
      let part = itemPart(Int(scratch.items[index].row), view: view)
      values.append(part.value(for: user))
      part.append(to: &itemInputs, for: user)
    }
    let outputs = ranker.network.outputs(user: userInputs, items: itemInputs, scratch: &scratch.ranker)
    let (beta, gamma) = (ranker.valueBlend.weight, ranker.engagementBlend.weight)
    for index in 0..<candidates { values[index] = RankerShape.held(values[index] + outputs[index].value) }

    // At most 257 candidates; sums in their order.
    let blended = (0..<candidates).map { index in
      (scratch.logits[index].addingProduct(beta, values[index]))
        .addingProduct(gamma, RankerShape.held(outputs[index].engagement))
    }
    let greatest = blended.max() ?? 0
    let powers = (0..<candidates).map { Exponential.exp(blended[$0] - greatest) * scratch.factors[$0] }
    let sum = powers.reduce(0, +)
    var gradient = SIMD2<Float>.zero
    for index in 0..<candidates {
      let slope = powers[index] / sum - (index == 0 ? 1 : 0)
      gradient = gradient.addingProduct(
        SIMD2(repeating: slope), SIMD2(values[index], RankerShape.held(outputs[index].engagement)))
    }
    guard gradient[0].isFinite, gradient[1].isFinite else {
      tally.revertedSteps += 1
      return
    }
    if positive.isLiked { count(recipe.blend.step(&ranker.valueBlend, gradient: gradient[0])) }
    if teachesEngagement { count(recipe.blend.step(&ranker.engagementBlend, gradient: gradient[1])) }
  }

  /// The rating that `user` would give `item`, within the bounds of the ratings so far; nil before the first.
  ///
  /// f of the rating head and what the ranker adds to it. An unknown id contributes nothing: for an unknown user this is the item's
  /// mean tendency, for an unknown item the user's.
  public func predict(user: Span<UInt8>, item: Span<UInt8>) -> Float? {
    guard ratings.count > 0 else { return nil }
    let (userRow, itemRow) = (users.map.row(of: user), items.map.row(of: item))
    var tagScratch = TagScratch()
    tagScratch.reserve(tags: tags.count)
    let query = self.query(userRow: userRow, scratch: &tagScratch)
    let user = userPart(userRow, query: query)
    let part = itemRow.map { itemPart($0, view: bank.view()) } ?? .unknown
    var f = part.value(for: user)
    if recipe.usesRanker {
      var (userInputs, itemInputs): ([Float], [Float]) = ([], [])
      user.append(to: &userInputs)
      part.append(to: &itemInputs, for: user)
      var scratch = RankerScratch()
      f += ranker.network.outputs(user: userInputs, items: itemInputs, scratch: &scratch)[0].value
    }
    return ratings.rating(of: f)
  }
}
