/// Distances that people like to count in: 1, 2, 2.5 or 5 times a power of ten.
enum RoundStep {
  /// The smallest such distance that is at least `distance`, which is positive and finite.
  static func above(_ distance: Double) -> Double {
    precondition(distance > 0 && distance.isFinite, "a distance is positive and finite, not \(distance)")
    var power = 1.0
    while power * 10 <= distance { power *= 10 }
    while power > distance { power /= 10 }
    for factor in [1, 2, 2.5, 5] where power * factor >= distance { return power * factor }
    return power * 10
  }

  /// How many decimal places multiples of `step` need, fifteen at the most.
  static func places(_ step: Double) -> Int {
    var (places, scaled) = (0, step)
    while places < 15, abs(scaled - scaled.rounded()) > 1e-6 * scaled {
      scaled *= 10
      places += 1
    }
    return places
  }
}
