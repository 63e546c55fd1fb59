/// How much of each planted topic is in a person's taste or in a post: a direction of length 1 without negative parts.
///
/// The affinity of a person to a post is the cosine of the angle between the two, 0...1.
struct Taste: Equatable, Sendable {
  /// The planted topics, one per dimension.
  static let topics = [
    "cycling", "cooking", "cinema", "gardens", "chess", "travel", "football", "painting", "music", "astronomy",
    "politics", "fashion", "hiking", "history", "games", "animals",
  ]

  let direction: SIMD16<Double>

  /// The direction of a vector without negative parts, not all zero.
  init(_ weights: SIMD16<Double>) {
    direction = weights / SIMD16(repeating: Self.sum(weights * weights).squareRoot())
  }

  /// A few topics much, the others little: fourth powers of uniform numbers.
  /// - Parameter skew: 0: one topic is as good as another. Up to 1: the first topics are liked more, the last hardly.
  static func random(_ random: inout SplitMix64, skew: Double) -> Taste {
    var weights = SIMD16<Double>(repeating: 0)
    for topic in topics.indices {
      let weight = random.unit()
      let common = 1 - skew * Double(topic) / Double(topics.count)
      weights[topic] = 0.001 + common * weight * weight * weight * weight
    }
    return Taste(weights)
  }

  /// One topic mostly, another one somewhat.
  static func about(_ main: Int, and side: Int, _ random: inout SplitMix64) -> Taste {
    var weights = SIMD16<Double>(repeating: 0)
    for topic in topics.indices { weights[topic] = 0.15 * random.unit() }
    weights[side] += 0.5 * random.unit()
    weights[main] += 1
    return Taste(weights)
  }

  func affinity(to other: Taste) -> Double {
    min(1, Self.sum(direction * other.direction))
  }

  /// This taste on its way to another one: `progress` 0 is this, 1 the other.
  func moved(towards other: Taste, progress: Double) -> Taste {
    Taste(direction * SIMD16(repeating: 1 - progress) + other.direction * SIMD16(repeating: progress))
  }

  /// The topics by weight, greatest first.
  var topicsByWeight: [Int] {
    Self.topics.indices.sorted { (direction[$0], $1) > (direction[$1], $0) }
  }

  /// Adds halves to halves, so that the order of additions is the same on every machine.
  private static func sum(_ vector: SIMD16<Double>) -> Double {
    let eight = vector.lowHalf + vector.highHalf
    let four = eight.lowHalf + eight.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }
}
