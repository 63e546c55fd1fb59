/// The stream's own scale of ratings: where they lie and how far they spread.
///
/// μ is the mean of earlier ratings, s is 1.1 times their mean absolute deviation from what μ was before each, with ten
/// observations of |r₀|/4 (1 if r₀ is 0) to begin with. The head works on z = (r − μ)/s, so that stars, percents and cents need
/// no setting: labels × 2 give exactly 2 × the error.
struct RatingScale: Equatable {
  /// The number of ratings so far.
  private(set) var count = 0
  private(set) var sum = 0.0
  private(set) var deviations = 0.0
  private(set) var prior = 0.0
  /// The bounds of what was seen.
  private(set) var least: Float = 0
  private(set) var greatest: Float = 0

  init() {}

  /// A scale as a checkpoint has it.
  init(count: Int, sum: Double, deviations: Double, prior: Double, least: Float, greatest: Float) {
    self.count = count
    self.sum = sum
    self.deviations = deviations
    self.prior = prior
    self.least = least
    self.greatest = greatest
  }

  /// From this many ratings on, outliers are held to μ ± 6 s.
  private static let clampingCount = 20
  private static let clampingSpread = 6.0
  private static let priorCount = 10.0
  /// z is held to this in any case: the first ratings of a stream may differ by 38 orders of magnitude.
  private static let greatestZ = 100.0

  /// μ.
  var mean: Double { count == 0 ? 0 : sum / Double(count) }
  /// s, positive.
  var spread: Double { 1.1 * (prior * Self.priorCount + deviations) / (Self.priorCount + Double(count)) }

  /// `rating`, held to what is believable.
  private func clamped(_ rating: Double) -> Double {
    guard count >= Self.clampingCount else { return rating }
    let reach = Self.clampingSpread * spread
    return min(max(rating, mean - reach), mean + reach)
  }

  /// z of a rating.
  func standardized(_ rating: Float) -> Float {
    let z = (clamped(Double(rating)) - mean) / spread
    return Float(min(max(z, -Self.greatestZ), Self.greatestZ))
  }

  /// The rating that f stands for, within the bounds seen so far.
  func rating(of f: Float) -> Float {
    Float(min(max(mean + spread * Double(f), Double(least)), Double(greatest)))
  }

  /// Prepares for the first rating.
  mutating func begin(_ rating: Float) {
    guard count == 0 else { return }
    prior = rating == 0 ? 1 : Double(rating.magnitude) / 4
  }

  /// Takes a rating in.
  mutating func take(_ rating: Float) {
    begin(rating)
    let value = clamped(Double(rating))
    if count == 0 {
      least = rating
      greatest = rating
    } else {
      deviations += abs(value - mean)
      least = min(least, Float(value))
      greatest = max(greatest, Float(value))
    }
    sum += value
    count += 1
  }
}
