/// What people of a ``SyntheticApp`` do about a post they have looked at, as probabilities.
public struct SyntheticReactions: Equatable, Sendable {
  // Of those who are interested; each by itself, beside a long view.
  /// Opens it.
  public var click = 0.5
  /// Likes it.
  public var like = 0.45
  /// Comments on it.
  public var comment = 0.08
  /// Passes it on.
  public var share = 0.05
  /// Buys it.
  public var purchase = 0.01
  /// Rates it.
  public var rating = 0.1
  /// Follows its author.
  public var follow = 0.05

  // Of those who are not; one of them, or nothing.
  /// A short view.
  public var glance = 0.5
  /// Skips it.
  public var skip = 0.2
  /// Does not want to see it again.
  public var hide = 0.02
  /// Reports it.
  public var report = 0.002
  /// Rates it.
  public var lowRating = 0.028

  // Of all.
  /// Regrets an earlier like.
  public var unlike = 0.004
  /// Leaves an author.
  public var unfollow = 0.002

  /// A busy crowd that also buys and rates.
  public init() {}

  /// A feed without stars and shops, where most of what is looked at is only looked at.
  public static var feed: SyntheticReactions {
    var reactions = SyntheticReactions()
    (reactions.click, reactions.like, reactions.comment, reactions.share) = (0.35, 0.2, 0.04, 0.03)
    (reactions.purchase, reactions.rating, reactions.lowRating) = (0, 0, 0)
    (reactions.follow, reactions.glance, reactions.skip) = (0.04, 0.55, 0.25)
    return reactions
  }
}
