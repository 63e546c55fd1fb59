public import Settings

extension LearningConfiguration {
  /// Every key of the learner, `learning.…`. What they mean is in the README's section on the model.
  public static let settings: [Setting<LearningConfiguration>] =
    [
      seed,
      .integer(
        "learning.user_rows", \.userRows, in: 1...100_000_000,
        "the most users with a row; a further one takes that of whoever had no event for longest"),
      .integer(
        "learning.item_rows", \.itemRows, in: 1...100_000_000,
        "the most items with a row; a further one takes that of the item that nothing named for longest"),
      .integer(
        "learning.tag_rows", \.tagRows, in: 1...10_000_000,
        "the most tags with a row; a further one takes that of the tag that no item has carried for longest"),
      .integer(
        "learning.log_entries", \.logEntries, in: 1...100_000_000_000,
        "the most items that all users together are remembered to have met; beyond it the longest silent user goes"),
      .flag("learning.item_tags", \.itemTags, "items have tags; selects the rating head's step sizes too"),
      .number("learning.rate", \.rate, in: 1e-6...10, "step size of the towers"),
      .number("learning.bias_rate", \.biasRate, in: 1e-6...10, "step size of the items' biases"),
      .number("learning.accumulator", \.accumulator, in: 1e-8...100, "where the towers' accumulators start"),
      .number("learning.deviation", \.deviation, in: 0...1, "standard deviation of the towers' initial values"),
      .number("learning.penalty", \.penalty, in: 0...10, "L2 on the user, the positive and its tags"),
      .integer("learning.negatives", \.negatives, in: 1...256, "negatives drawn per positive"),
      .integer("learning.history.recent", \.recentLength, in: 1...100, "items in the recent pool of a history"),
      .number("learning.history.decay", \.recentDecay, in: 0.01...1, "weight of each older item in the recent pool"),
      .integer("learning.history.length", \.historyLength, in: 1...100, "items in a history"),
    ]
    + rating("learning.rating.with_tags", \.ratingWithTags)
    + rating("learning.rating.ids_only", \.ratingIDsOnly)
    + [without]

  private static let seed = Setting<LearningConfiguration>(
    "learning.seed", "keys every random number of the model", allowed: "a whole number from 0 to \(UInt64.max)",
    read: { "\($0.seed)" },
    write: { root, text in
      guard let value = UInt64(text) else { return false }
      root.seed = value
      return true
    })

  private static func rating(
    _ prefix: String, _ path: any (WritableKeyPath<LearningConfiguration, RatingRates> & Sendable)
  ) -> [Setting<LearningConfiguration>] {
    let rates: [Setting<RatingRates>] = [
      .number("\(prefix).bias_rate", \.bias, in: 1e-6...10, "step size of the rating head's biases"),
      .number("\(prefix).factor_rate", \.factor, in: 1e-6...10, "step size of the rating head's factors"),
      .number("\(prefix).accumulator", \.accumulator, in: 1e-8...1000, "where the rating head's accumulators start"),
      .number("\(prefix).bias_penalty", \.biasPenalty, in: 0...10, "L2 on the rating head's biases"),
      .number("\(prefix).factor_penalty", \.factorPenalty, in: 0...10, "L2 on the rating head's factors"),
      .number("\(prefix).deviation", \.deviation, in: 0...1, "standard deviation of the rating head's initial factors"),
    ]
    return rates.map { $0.lifted(into: path) }
  }

  private static let without = Setting<LearningConfiguration>(
    "learning.without", "ingredients left out, to measure what they are worth",
    allowed: "names separated by commas, of " + Ablation.allCases.map(\.rawValue).joined(separator: ", "),
    // In the order of the cases: a set's own order changes from process to process.
    read: { root in Ablation.allCases.filter(root.without.contains).map(\.rawValue).joined(separator: ",") },
    write: { root, text in
      var named: Set<Ablation> = []
      for name in text.split(separator: ",") {
        guard let ablation = Ablation(rawValue: String(name)) else { return false }
        named.insert(ablation)
      }
      root.without = named
      return true
    })
}
