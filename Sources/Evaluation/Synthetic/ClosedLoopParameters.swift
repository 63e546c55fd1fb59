/// What a ``ClosedLoop`` is made of.
public struct ClosedLoopParameters: Equatable, Sendable {
  /// The app.
  public var app = ClosedLoopParameters.feed
  /// The experiment ends with the first freeze after so many events.
  public var events = 300_000
  /// From one freeze to the next, in the app's time: an event is in its person's list after so long at the latest.
  public var freezeMilliseconds: Int64 = 10_000
  /// Interactions folded at a time. Changes no figure.
  public var epochRecords = 1_000
  /// So many places of a list are judged.
  public var places = 10
  /// Stretches of the experiment that are reported by themselves.
  public var windows = 10
  /// When tastes flip, as a part of the events. 1: never.
  public var flipAt = 0.6
  /// Whose tastes flip, as a part of the people.
  public var flipShare = 0.2

  /// An experiment of about a minute.
  public init() {}

  /// Some 30,000 events an hour: posts live for hours, people join all day long, tastes drift in days.
  public static var feed: SyntheticParameters {
    var feed = SyntheticParameters()
    feed.users = 2_000
    feed.newUsersPerHour = 100
    feed.authors = 150
    feed.posts = 1_000
    feed.postsPerHour = 250
    feed.postLifetimeHours = 4
    feed.sessionsPerHour = 1_400
    feed.tasteTurnoverDays = 2
    feed.tasteSkew = 0.9
    feed.recommendedShare = 0.6
    feed.positionBias = 0.5
    feed.pageLength = 10
    feed.reactions = .feed
    feed.followsNamePosts = false
    return feed
  }
}
