/// What lists are worth beside the best that could have been, the most popular, and chance: sums of planted affinities.
///
/// Each sum is over the first places of lists, ten unless told otherwise. What a person has looked at before, and what has
/// expired, is worth nothing in a list; the others hold nothing of it.
public struct ListQuality: Equatable, Sendable {
  /// The number of lists.
  public internal(set) var lists = 0
  /// Of the lists.
  public internal(set) var list = 0.0
  /// Of the live posts new to the person that they would like best.
  public internal(set) var best = 0.0
  /// Of the live posts new to the person that were most popular in the last two hours.
  public internal(set) var popular = 0.0
  /// Of as many live posts new to the person, drawn at random: the expectation.
  public internal(set) var random = 0.0

  /// Nothing yet.
  public init() {}

  /// How much of the best possible the lists reach, 0...1; nil without lists.
  public var listShare: Double? { share(list) }
  /// How much of the best possible popularity reaches.
  public var popularShare: Double? { share(popular) }
  /// How much of the best possible chance reaches.
  public var randomShare: Double? { share(random) }

  /// Where the lists stand between chance, 0, and the best possible, 1.
  public var aboveChance: Double? {
    best > random ? (list - random) / (best - random) : nil
  }

  private func share(_ sum: Double) -> Double? { best > 0 ? sum / best : nil }

  /// Takes others in.
  mutating func add(_ other: ListQuality) {
    lists += other.lists
    list += other.list
    best += other.best
    popular += other.popular
    random += other.random
  }
}
