/// An ingredient of the recipe that can be left out, to show what it is worth.
public enum Ablation: String, CaseIterable, Sendable {
  /// Users are represented by their own embedding only, without the pool of their history.
  case history
  /// No gradient reaches the items of the history.
  case historyGradient = "history-gradient"
  /// Negatives and positive are not corrected for how often they are drawn.
  case logQ = "logq"
  /// The correction leaves the positive out.
  case correctedPositive = "corrected-positive"
  /// L2 on every touched row instead of on the user, the positive and its tags.
  case restrictedL2 = "restricted-l2"
  /// The towers' items have no tags.
  case tags
  /// Scores carry no popularity.
  case popularity
  /// Items that the user has seen serve as negatives too.
  case masking
  /// The recent pool weighs its items equally.
  case decay
  /// The two history pools keep their first gates: the recent one alone.
  case gates
  /// Accumulators never forget.
  case forgetting
  /// Only ratings of 4 and more are positives. The others stay in history and seen set.
  case lowRatings = "low-ratings"
  /// The second stage: neither ratings nor lists take its word.
  case ranker
}
