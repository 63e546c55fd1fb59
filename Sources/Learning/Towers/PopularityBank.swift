/// How popular items are, at four speeds at once, and which speed counts.
///
/// o_j = ln Σ_m π_m (c_m(j) + .01) / (T_m + .01 n): c_m(j) is the item's count of positives with half-life H_m of event time,
/// T_m the total, n the number of items with an event, π = softmax(θ) learned. No single half-life serves every stream.
///
/// Counts decay forward: an event at time t adds 2^((t − ref)/H_m), where ref is the last multiple of 30 days, and every
/// count is read relative to now by one division. All half-lives divide 30 days, so that passing into the next block of
/// time multiplies a count by an exact power of two, whenever it is next touched.
struct PopularityBank {
  /// Half-lives in milliseconds: none, 30 days, 3 days, 6 hours.
  static let halfLives: [Double] = [.infinity, 30 * day, 3 * day, day / 4]
  private static let day = 86_400_000.0
  /// The length of a block of time in milliseconds, and how often each count halves in it.
  private static let blockMilliseconds: Int64 = 30 * 86_400_000
  private static let halvingsPerBlock = SIMD4<Double>(0, 1, 10, 120)
  private static let inverseHalfLives = SIMD4<Double>(0, 1 / (30 * day), 1 / (3 * day), 4 / day)
  /// What every item counts for from the start.
  private static let smoothing = 0.01

  /// The greatest `occurred_at` so far; nil before the first event.
  private(set) var clock: Int64?
  /// The clock's block of time.
  private(set) var block: Int32 = 0
  /// T, relative to the block's beginning.
  private(set) var totals = SIMD4<Double>.zero
  /// n, the number of items that have had an event and were not evicted since.
  private(set) var items = 0
  /// How many items ever had an event. Never goes back.
  private(set) var arrivals = 0
  /// θ.
  var logits: [Parameter] = Array(repeating: Parameter(weight: 0, accumulator: 1), count: 4)
  /// 2^((clock − ref)/H): what an event now adds.
  private var scale = SIMD4<Double>(repeating: 1)

  init() {}

  /// The bank as a checkpoint has it.
  init(clock: Int64?, totals: SIMD4<Double>, items: Int, arrivals: Int, logits: [Parameter]) {
    self.totals = totals
    self.items = items
    self.arrivals = arrivals
    self.logits = logits
    if let clock {
      // Bytes that nobody wrote may say anything; the digest tells.
      let clock = Self.held(clock)
      self.clock = clock
      block = Self.block(of: clock)
      scale = Self.scale(at: clock, in: block)
    }
  }

  /// Times are held to 73 million years around 1970, within which no difference overflows.
  private static func held(_ time: Int64) -> Int64 { min(max(time, -(1 << 61)), 1 << 61) }

  private static func block(of time: Int64) -> Int32 {
    // Rounds down, before 1970 too.
    let (quotient, remainder) = time.quotientAndRemainder(dividingBy: blockMilliseconds)
    return Int32(truncatingIfNeeded: remainder < 0 ? quotient - 1 : quotient)
  }

  private static func scale(at time: Int64, in block: Int32) -> SIMD4<Double> {
    let milliseconds = Double(time - Int64(block) * blockMilliseconds)
    let powers = inverseHalfLives * milliseconds
    return SIMD4(
      1, Exponential.exp2(powers[1]), Exponential.exp2(powers[2]), Exponential.exp2(powers[3]))
  }

  /// What a count of block `old` is worth in block `new`: exact powers of two.
  private static func rescale(_ counts: SIMD4<Double>, from old: Int32, to new: Int32) -> SIMD4<Double> {
    guard old != new else { return counts }
    let blocks = Int(new) - Int(old)
    return SIMD4(
      counts[0], counts[1] * Exponential.powerOfTwo(-blocks), counts[2] * Exponential.powerOfTwo(-10 * blocks),
      counts[3] * Exponential.powerOfTwo(-120 * blocks))
  }

  /// Moves the clock on. Earlier times leave it.
  mutating func advance(to time: Int64) {
    let time = Self.held(time)
    if let clock, time <= clock { return }
    let next = Self.block(of: time)
    if clock != nil { totals = Self.rescale(totals, from: block, to: next) }
    clock = time
    block = next
    scale = Self.scale(at: time, in: next)
  }

  /// Notes that an item has its first event, and returns how many items had one before.
  @discardableResult
  mutating func countItem() -> UInt32 {
    defer { (items, arrivals) = (items + 1, arrivals + 1) }
    // Every item has a serial of 32 bits.
    return UInt32(arrivals)
  }

  /// Notes that an item with events was evicted. What it adds to the totals fades with them.
  mutating func dismissItem() { items -= 1 }

  /// Counts a positive that occurred at `time`, which is at most the clock.
  mutating func count(_ item: inout ItemPopularity, at time: Int64) {
    let time = Self.held(time)
    // A latecomer adds what is left of it by now.
    let added = time == clock ? scale : Self.scale(at: time, in: block)
    item.counts = Self.rescale(item.counts, from: item.block, to: block) + added
    item.block = block
    totals += added
  }

  /// Takes one positive back: an average share of the item's counts, since nobody remembers when it was.
  mutating func takeBack(_ item: inout ItemPopularity) {
    let counts = Self.rescale(item.counts, from: item.block, to: block)
    let taken = counts[0] <= 1 ? counts : counts / counts[0]
    item.counts = counts - taken
    item.block = block
    totals -= taken
    // Differences of sums: never below zero.
    totals.replace(with: 0, where: totals .< 0)
  }

  /// What is the same for every item, computed once per event.
  func view() -> PopularityView {
    let n = Double(max(items, 1))
    let smoothing = scale * Self.smoothing
    // Softmax of four numbers.
    let theta = SIMD4(logits[0].weight, logits[1].weight, logits[2].weight, logits[3].weight)
    let greatest = max(max(theta[0], theta[1]), max(theta[2], theta[3]))
    let powers = Exponential.exp(SIMD8(lowHalf: theta - greatest, highHalf: SIMD4(repeating: -100)))
    let four = SIMD4(Double(powers[0]), Double(powers[1]), Double(powers[2]), Double(powers[3]))
    let sum = (four[0] + four[1]) + (four[2] + four[3])
    return PopularityView(
      block: block, smoothing: smoothing, inverseTotals: 1 / (totals + smoothing * n), mixture: four / sum)
  }
}

/// One item's counts, relative to the beginning of a block of time.
struct ItemPopularity: Equatable, BitwiseCopyable {
  var counts = SIMD4<Double>.zero
  var block: Int32 = 0
}

/// The bank at one moment.
struct PopularityView {
  let block: Int32
  let smoothing: SIMD4<Double>
  let inverseTotals: SIMD4<Double>
  /// π.
  let mixture: SIMD4<Double>

  /// p_m(j): the item's share of each count.
  @inline(__always)
  func shares(_ counts: SIMD4<Double>, block itemBlock: Int32) -> SIMD4<Double> {
    let counts = itemBlock == block ? counts : aged(counts, from: itemBlock)
    return (counts + smoothing) * inverseTotals
  }

  @inline(never)
  private func aged(_ counts: SIMD4<Double>, from itemBlock: Int32) -> SIMD4<Double> {
    let blocks = Int(block) - Int(itemBlock)
    return SIMD4(
      counts[0], counts[1] * Exponential.powerOfTwo(-blocks), counts[2] * Exponential.powerOfTwo(-10 * blocks),
      counts[3] * Exponential.powerOfTwo(-120 * blocks))
  }

  /// Σ π_m p_m(j), whose logarithm is o_j.
  @inline(__always)
  func popularity(_ shares: SIMD4<Double>) -> Float {
    let parts = mixture * shares
    return Float((parts[0] + parts[1]) + (parts[2] + parts[3]))
  }
}
