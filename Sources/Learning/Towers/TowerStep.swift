extension Learner {
  /// The gates' values.
  var gateValues: GatePair {
    recipe.learnsGates ? GatePair(recent: gates[0].weight, long: gates[1].weight) : GatePair(recent: 1, long: 0)
  }

  /// One step of the towers on a positive: softmax over the item and sampled negatives, corrected for how often each is
  /// drawn (Bengio & Senécal, 2008; Yi et al., RecSys 2019, eq. 3: s(x, y) − ln p(y)).
  ///
  /// Every touched row's gradient is α·q + β·G (+ L2): α = g_j for candidates, β = w_k for the history, summed for tags. So the
  /// gradients are kept as pairs of numbers, and each row is read and written once.
  ///
  mutating func learnPositive(_ positive: Positive, pool: HistoryPool, query: Vector32, at coordinate: Coordinate) {
    let (user, item) = (positive.user, positive.item)
    let isKnown = items.records[item].isKnown
    let popularityBefore = items.records[item].popularity
    var view = bank.view()
    let candidateCount = drawCandidates(user: user, item: item, at: coordinate)

    if !isKnown { introduce(item) }
    if positive.counts { countPositive(item, occurredAt: positive.occurredAt) }
    if !isKnown { view = bank.view() }

    defer { clearScratch(candidates: candidateCount) }
    guard candidateCount > 1 else { return }
    tally.positives += 1

    let gateValues = self.gateValues
    registerTags(candidates: candidateCount)
    for index in 0..<scratch.tags.count {
      let row = Int(scratch.tags.entries[index].row)
      scratch.tags.entries[index].dot = tags.towers[row].weights.dot(query)
    }
    scoreCandidates(
      candidateCount, query: query, view: view,
      positivePopularity: isKnown ? popularityBefore : items.records[item].popularity)
    learnBlend(positive, candidates: candidateCount, query: query, view: view)
    softmax(candidateCount, weight: positive.weight)

    // G = Σ g_j v_j.
    var total = Vector32()
    for index in 0..<candidateCount {
      let candidate = scratch.items[index]
      let row = Int(candidate.row)
      total.add(items.towers[row].weights, times: candidate.alpha)
      guard candidate.tagCount > 0 else { continue }
      let share = candidate.alpha * items.records[row].tagScale
      for position in Int(candidate.tagStart)..<Int(candidate.tagStart + candidate.tagCount) {
        scratch.tags.entries[Int(scratch.tagSlots[position])].alpha += share
      }
    }
    for index in 0..<scratch.tags.count {
      let entry = scratch.tags.entries[index]
      if entry.alpha != 0 { total.add(tags.towers[Int(entry.row)].weights, times: entry.alpha) }
    }

    let (queryNorm, totalNorm) = (query.norm, total.norm)
    guard queryNorm.isFinite, totalNorm.isFinite else {
      tally.revertedSteps += 1
      return
    }
    let touched = collectHistory(user: user, candidates: candidateCount, gates: gateValues)
    let gradient = PairGradient(query: query, total: total, queryNorm: queryNorm, totalNorm: totalNorm)
    stepScalars(
      pool: pool, total: total, candidates: candidateCount, isKnown: isKnown && recipe.usesPopularity, view: view)
    stepUser(user, total: total, norm: totalNorm)
    stepItems(touched, candidates: candidateCount, gradient: gradient)
    stepTags(gates: gateValues, gradient: gradient)
  }

  /// An item has its first event.
  mutating func introduce(_ item: Int) {
    items.records[item].order = bank.countItem()
  }

  private mutating func countPositive(_ item: Int, occurredAt: Int64) {
    bank.count(&items.records[item].popularity, at: occurredAt)
    let serial = items.serial(ofRow: item)
    if let displaced = ring.append(serial), let row = items.row(ofSerial: displaced) {
      items.touch(row)
      items.records[row].ringCount -= 1
    }
    items.records[item].ringCount += 1
  }

  /// Puts the positive and the drawn negatives into the scratch and returns how many different ones they are.
  private mutating func drawCandidates(user: Int, item: Int, at coordinate: Coordinate) -> Int {
    scratch.items[0] = TouchedItem(row: Int32(truncatingIfNeeded: item), draws: 1)
    items.records[item].slot = 0
    var count = 1
    guard ring.count > 0 else { return count }
    let random = CounterRandom(seed: recipe.configuration.seed, at: coordinate)
    let draws = recipe.configuration.negatives
    // Three passes, so that the misses of each overlap: the ring, then records and rows, then what is in them.
    for draw in 0..<draws { scratch.drawn[draw] = ring[random.below(ring.count, draw: draw)] }
    for draw in 0..<draws {
      let row = items.row(ofSerial: scratch.drawn[draw])
      scratch.drawnRows[draw] = Int32(truncatingIfNeeded: row ?? -1)
      guard let row else { continue }
      items.records.prefetch(row)
      items.towers.prefetch(row)
    }
    let log = users.records[user].log
    for draw in 0..<draws {
      let serial = scratch.drawn[draw]
      let row = Int(scratch.drawnRows[draw])
      // A draw of an item that is gone is void.
      guard row >= 0 else { continue }
      let slot = items.records[row].slot
      if slot > 0 {
        scratch.items[Int(slot)].draws += 1
      } else if slot < 0, !(recipe.masksSeen && log.hasSeen(serial)) {
        items.records[row].slot = Int16(truncatingIfNeeded: count)
        scratch.items[count] = TouchedItem(row: Int32(truncatingIfNeeded: row), draws: 1)
        count += 1
      }
    }
    return count
  }

  private mutating func clearScratch(candidates: Int) {
    for index in 0..<candidates { items.records[Int(scratch.items[index].row)].slot = -1 }
  }

  private mutating func registerTags(candidates: Int) {
    guard recipe.usesTowerTags else { return }
    var next = 0
    for index in 0..<candidates {
      let range = items.tags(of: Int(scratch.items[index].row))
      scratch.items[index].tagStart = Int32(truncatingIfNeeded: next)
      scratch.items[index].tagCount = Int32(truncatingIfNeeded: range.count)
      for position in range {
        let slot = scratch.tags.slot(of: items.tag(at: position))
        if index == 0 { scratch.tags.entries[slot].isPositives = true }
        if index == 0 || recipe.penalizesAll { scratch.tags.entries[slot].penalty = recipe.configuration.penalty }
        scratch.tagSlots[next] = Int32(truncatingIfNeeded: slot)
        next += 1
      }
    }
  }

  /// logit_j = q·v_j + B_j + o_j − ln(ring count), of which the last two are left as a factor: e^(x + ln f) is f·eˣ.
  private mutating func scoreCandidates(
    _ count: Int, query: Vector32, view: PopularityView, positivePopularity: ItemPopularity
  ) {
    for index in 0..<count {
      let candidate = scratch.items[index]
      let row = Int(candidate.row)
      let record = items.records[row]
      var logit = items.towers[row].weights.dot(query) + record.bias.weight
      if candidate.tagCount > 0 {
        var sum: Float = 0
        for position in Int(candidate.tagStart)..<Int(candidate.tagStart + candidate.tagCount) {
          sum += scratch.tags.entries[Int(scratch.tagSlots[position])].dot
        }
        logit = logit.addingProduct(sum, record.tagScale)
      }
      scratch.logits[index] = logit
      var factor = candidate.draws
      if recipe.usesPopularity {
        let popularity = index == 0 ? positivePopularity : record.popularity
        let shares = view.shares(popularity.counts, block: popularity.block)
        scratch.shares[index] = shares
        factor *= view.popularity(shares)
      }
      if index == 0 ? recipe.correctsPositive : recipe.correctsNegatives {
        factor /= Float(max(1, record.ringCount))
      }
      scratch.factors[index] = factor
    }
  }

  /// g_j = w (P_j − [j = positive]), into the candidates' α.
  private mutating func softmax(_ count: Int, weight: Float) {
    let blocks = (count + 7) / 8
    var greatest = scratch.logits[0]
    for index in 1..<count where scratch.logits[index] > greatest { greatest = scratch.logits[index] }
    for index in count..<blocks * 8 {
      scratch.logits[index] = greatest
      scratch.factors[index] = 0
    }
    var sums = SIMD8<Float>.zero
    for block in 0..<blocks {
      let power = Exponential.exp(scratch.logits.eight(block) - greatest) * scratch.factors.eight(block)
      scratch.logits.setEight(block, power)
      sums += power
    }
    let scale = weight / sums.folded
    for index in 0..<count { scratch.items[index].alpha = scratch.logits[index] * scale }
    scratch.items[0].alpha -= weight
  }

  /// Adds the history's items to the touched ones, or their weight to those that are candidates, and returns how many rows
  /// are touched.
  private mutating func collectHistory(user: Int, candidates: Int, gates: GatePair) -> Int {
    var touched = candidates
    guard recipe.usesHistory, recipe.teachesHistory else { return touched }
    let log = users.records[user].log
    let count = log.historyCount
    let long = recipe.history.long(of: count) * gates.long
    for age in 0..<count {
      let row = Int(scratch.tags.historyRows[age])
      guard row >= 0 else { continue }
      let beta = long.addingProduct(gates.recent, recipe.history.recent(age: age, of: count))
      let slot = items.records[row].slot
      if slot >= 0 {
        scratch.items[Int(slot)].beta += beta
      } else if beta != 0 {
        scratch.items[touched] = TouchedItem(row: Int32(truncatingIfNeeded: row), beta: beta)
        touched += 1
      }
    }
    return touched
  }

  private mutating func stepScalars(
    pool: HistoryPool, total: Vector32, candidates: Int, isKnown: Bool, view: PopularityView
  ) {
    if recipe.learnsGates, recipe.usesHistory {
      count(recipe.scalars.step(&gates[0], gradient: pool.recent.dot(total)))
      count(recipe.scalars.step(&gates[1], gradient: pool.long.dot(total)))
    }
    guard isKnown else { return }
    // ∂o_j/∂θ_m = π_m (p_m(j) / Σ_l π_l p_l(j) − 1), and Σ g_j = 0 up to rounding, so that the −1 falls away only nearly.
    var gradient = SIMD4<Double>.zero
    for index in 0..<candidates {
      let shares = scratch.shares[index]
      let parts = view.mixture * shares
      let sum = (parts[0] + parts[1]) + (parts[2] + parts[3])
      gradient += Double(scratch.items[index].alpha) * (parts / sum - view.mixture)
    }
    for speed in 0..<4 { count(recipe.scalars.step(&bank.logits[speed], gradient: Float(gradient[speed]))) }
  }

  private mutating func stepUser(_ user: Int, total: Vector32, norm: Float) {
    let row = users.towers[user]
    var gradient = total
    if norm > Adagrad.gradientNormLimit { gradient = gradient.scaled(by: Adagrad.gradientNormLimit / norm) }
    gradient.add(row.weights, times: recipe.configuration.penalty)
    count(recipe.towers.step(row, gradient: gradient, forgets: true))
  }

  private mutating func stepItems(_ touched: Int, candidates: Int, gradient: PairGradient) {
    let penalty = recipe.configuration.penalty
    for index in 0..<touched {
      let item = scratch.items[index]
      let number = Int(item.row)
      items.touch(number)
      let row = items.towers[number]
      let isPenalized = index == 0 || recipe.penalizesAll
      count(
        recipe.towers.step(
          row, gradient: gradient(item.alpha, item.beta, row: row.weights, penalty: isPenalized ? penalty : 0),
          forgets: index == 0))
      if index < candidates {
        count(recipe.bias.step(&items.records[number].bias, gradient: item.alpha, forgets: index == 0))
      }
    }
  }

  private mutating func stepTags(gates: GatePair, gradient: PairGradient) {
    for index in 0..<scratch.tags.count {
      let entry = scratch.tags.entries[index]
      let number = Int(entry.row)
      tags.touch(number)
      let row = tags.towers[number]
      let beta = recipe.teachesHistory ? (gates.long * entry.long).addingProduct(gates.recent, entry.recent) : 0
      count(
        recipe.towers.step(
          row, gradient: gradient(entry.alpha, beta, row: row.weights, penalty: entry.penalty),
          forgets: entry.isPositives))
    }
  }

  /// Counts a step that was not taken.
  @inline(__always)
  mutating func count(_ taken: Bool) {
    if !taken { tally.revertedSteps += 1 }
  }
}

/// A positive as the towers learn it.
struct Positive {
  let user: Int
  let item: Int
  /// w_e, of the loss.
  let weight: Float
  /// Whether it is the user's first of this item, and so joins ring and popularity.
  let counts: Bool
  /// Milliseconds since 1970, at most the bank's clock.
  let occurredAt: Int64
  /// Whether it is a rating above the mean so far: those teach β.
  let isLiked: Bool
  /// Whether it is an engagement: those teach γ.
  let isEngaged: Bool
}

/// Gradients of the form α·q + β·G + λ·w, held to the norm limit before L2.
struct PairGradient {
  let query: Vector32
  let total: Vector32
  let queryNorm: Float
  let totalNorm: Float

  @inline(__always)
  func callAsFunction(_ alpha: Float, _ beta: Float, row: Vector32, penalty: Float) -> Vector32 {
    // By the triangle inequality; exact norms are not worth a reduction per row.
    let bound = alpha.magnitude * queryNorm + beta.magnitude * totalNorm
    let scale = bound > Adagrad.gradientNormLimit ? Adagrad.gradientNormLimit / bound : 1
    var gradient = query.scaled(by: alpha * scale)
    gradient.add(total, times: beta * scale)
    if penalty != 0 { gradient.add(row, times: penalty) }
    return gradient
  }
}
