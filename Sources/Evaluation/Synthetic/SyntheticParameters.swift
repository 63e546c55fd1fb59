/// The size and the habits of a ``SyntheticApp``. Rates are means; 0 turns the thing off.
public struct SyntheticParameters: Equatable, Sendable {
  /// Everything follows from it.
  public var seed: UInt64 = 1
  /// When the app's history begins, in milliseconds since the epoch.
  public var startsAt: Int64 = 1_760_000_000_000

  /// People at the start.
  public var users = 2_000
  /// People who join, per hour of event time, over the whole app.
  public var newUsersPerHour = 20.0
  /// People who write posts. They do not grow in number.
  public var authors = 150
  /// Posts that are live at the start.
  public var posts = 1_000
  /// Posts that are written, per hour, over the whole app.
  public var postsPerHour = 120.0
  /// How long a post lives; each between half and one and a half times as long.
  public var postLifetimeHours = 8.0

  /// Visits, per hour, over the whole app. Some people come a hundred times as often as others.
  public var sessionsPerHour = 4_000.0
  /// Posts that a person looks at in one visit.
  public var exposuresPerSession = 12.0
  /// From one post to the next within a visit.
  public var secondsPerExposure = 5.0

  /// Of the posts looked at, the part that comes from the person's recommendations, once there are any.
  public var recommendedShare = 0.8
  /// Of the other posts, the part that comes from authors the person follows.
  public var followedShare = 0.25
  /// Of the other posts, the part that is drawn among the newest. The rest is drawn by appeal (Zipf).
  public var newestShare = 0.15

  /// How long a person's taste takes to become another one; each between half and one and a half times as long.
  public var tasteTurnoverDays = 5.0
  /// How unlike topics are in how many people like them, 0...1. 0: one is as good as another, so popularity is chance.
  public var tasteSkew = 0.0
  /// The affinity at which a person is as likely to be interested as not.
  public var affinityThreshold = 0.6
  /// How sharply interest depends on affinity. 0: not at all.
  public var affinitySlope = 8.0
  /// How much less people look at what stands further down in their recommendations: η of ``ClickModel``. 0: not at all.
  public var positionBias = 0.0
  /// So many places of a list are shown before a newer list takes its place, and a visit begins with the newest. 0: a newer
  /// list takes its place at once.
  public var pageLength = 0
  /// What people do about what they look at.
  public var reactions = SyntheticReactions()
  /// Whether following and leaving an author names a post too, and not the author alone.
  public var followsNamePosts = true
  /// Whether each post in front of a person is reported as an impression.
  public var reportsImpressions = true

  /// A town's worth of people: some 100,000 events an hour.
  public init() {}

  /// How interest comes about.
  var clickModel: ClickModel {
    ClickModel(positionBias: positionBias, affinityThreshold: affinityThreshold, affinitySlope: affinitySlope)
  }
}
