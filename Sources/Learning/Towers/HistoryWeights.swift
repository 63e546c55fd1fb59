/// What each item of a history weighs in the two pools.
///
/// Recent: .7ᵏ for the newest ten, over (Σ .7ᵏ)^.75. Long: 1 for the newest hundred, over count^.75. The exponent lies between
/// a mean (1) and a sum (0): longer histories speak louder, but not in proportion.
struct HistoryWeights {
  /// .7ᵏ by age.
  private let powers: [Float]
  /// Per number of items: what the recent pool is multiplied by.
  private let recentScales: [Float]
  /// Per number of items: what the long pool is multiplied by.
  private let longScales: [Float]

  init(recentLength: Int, decay: Float, historyLength: Int) {
    var power: Float = 1
    var sum: Float = 0
    var powers: [Float] = []
    var recentScales: [Float] = [0]
    for _ in 0..<recentLength {
      powers.append(power)
      sum += power
      recentScales.append(Self.inverseThreeQuarters(sum))
      power *= decay
    }
    self.powers = powers
    self.recentScales = recentScales
    longScales = [0] + (1...historyLength).map { Self.inverseThreeQuarters(Float($0)) }
  }

  /// x^(−3/4), from square roots, which are exact to the last bit everywhere.
  private static func inverseThreeQuarters(_ x: Float) -> Float {
    let root = SquareRoot.of(x)
    return 1 / (root * SquareRoot.of(root))
  }

  /// The weight in the recent pool of the item of age `age`, in a history of `count` items.
  @inline(__always)
  func recent(age: Int, of count: Int) -> Float {
    age < powers.count ? powers[age] * recentScales[min(count, powers.count)] : 0
  }

  /// The weight in the long pool of every item, in a history of `count` items.
  @inline(__always)
  func long(of count: Int) -> Float { longScales[min(count, longScales.count - 1)] }
}
