extension Learner {
  /// One step of the rating head: f = b_u + b_i + Σ b_g + p_u·Q with Q = q_i + Σ t_g, squared error on z.
  ///
  /// Biased matrix factorization (Koren, Bell & Volinsky, IEEE Computer 2009, eq. 5) with vectors of the item's tags. Gradients:
  /// biases −e + L2·b, p_u −e·Q + L2·p, q_i and each t_g −e·p_u + L2·w, with p_u as it was.
  /// - Returns: e, nil if no step could be taken.
  mutating func learnRating(_ rating: Float, user: Int, item: Int) -> Float? {
    ratings.begin(rating)
    let z = ratings.standardized(rating)
    defer { ratings.take(rating) }
    let scale = items.records[item].tagScale
    let tagRange = recipe.configuration.itemTags ? items.tags(of: item) : 0..<0

    var itemVector = items.rating[item].weights
    var bias = users.records[user].ratingBias.weight + items.details[item].ratingBias.weight
    for position in tagRange {
      let tag = items.tag(at: position)
      itemVector.add(tags.rating[tag].weights, times: scale)
      bias = bias.addingProduct(scale, tags.records[tag].ratingBias.weight)
    }
    let userVector = users.rating[user].weights
    let error = z - (bias + userVector.dot(itemVector))
    let (userNorm, itemNorm) = (userVector.norm, itemVector.norm)
    guard error.isFinite, userNorm.isFinite, itemNorm.isFinite else {
      tally.revertedSteps += 1
      return nil
    }
    users.records[user].mood = Mood.moved(users.records[user].mood, by: error)

    let rates = recipe.rating
    let (biasStep, factorStep) = (recipe.ratingBias, recipe.ratingFactor)
    @inline(__always)
    func biasGradient(_ parameter: Parameter, _ scale: Float) -> Float {
      (-error * scale).addingProduct(rates.biasPenalty, parameter.weight)
    }
    @inline(__always)
    func factorGradient(_ row: EmbeddingRow, _ other: Vector32, norm: Float, _ scale: Float) -> Vector32 {
      let bound = error.magnitude * norm
      let factor = bound > Adagrad.gradientNormLimit ? Adagrad.gradientNormLimit / norm : error.magnitude
      var gradient = other.scaled(by: (error < 0 ? factor : -factor) * scale)
      gradient.add(row.weights, times: rates.factorPenalty)
      return gradient
    }

    let userRow = users.rating[user]
    count(
      factorStep.step(userRow, gradient: factorGradient(userRow, itemVector, norm: itemNorm, 1), forgets: true)
        && biasStep.step(
          &users.records[user].ratingBias, gradient: biasGradient(users.records[user].ratingBias, 1))
    )
    let itemRow = items.rating[item]
    count(
      factorStep.step(itemRow, gradient: factorGradient(itemRow, userVector, norm: userNorm, 1), forgets: true)
        && biasStep.step(
          &items.details[item].ratingBias, gradient: biasGradient(items.details[item].ratingBias, 1))
    )
    for position in tagRange {
      let tag = items.tag(at: position)
      tags.touch(tag)
      let row = tags.rating[tag]
      count(
        factorStep.step(row, gradient: factorGradient(row, userVector, norm: userNorm, scale), forgets: true)
          && biasStep.step(
            &tags.records[tag].ratingBias, gradient: biasGradient(tags.records[tag].ratingBias, scale))
      )
    }
    return error
  }
}
