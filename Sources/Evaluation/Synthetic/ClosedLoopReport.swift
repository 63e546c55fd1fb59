import FeedEvents
import Pipeline

/// What a ``ClosedLoop`` found, as JSON for programs and as tables for people.
public struct ClosedLoopReport: Sendable {
  /// How long it takes after a flip until lists are as good as before.
  struct Recovery: Equatable {
    /// Lists over so many events are taken together.
    static let width = 10
    /// Fewer lists than this say nothing.
    static let leastLists = 50
    /// What counts as good again, of the level before.
    static let goal = 0.9
  }

  let diary: ClosedLoopDiary
  let simulatedMilliseconds: Int64
  /// How many people there were in the end.
  public let users: Int
  /// How many posts were written.
  public let posts: Int
  /// Digest of what was learned.
  public let digest: UInt128
  /// How the step sizes age; nil if it was not measured.
  public var tasteFlip: TasteFlip?
  /// How long it took.
  public var seconds = 0.0
  /// The most memory that was resident, in bytes.
  public var peakRSSBytes = 0

  init(_ diary: ClosedLoopDiary, simulatedMilliseconds: Int64, users: Int, posts: Int, digest: UInt128) {
    self.diary = diary
    self.simulatedMilliseconds = simulatedMilliseconds
    self.users = users
    self.posts = posts
    self.digest = digest
  }

  /// How many events there were.
  public var events: Int { diary.events }
  /// Published lists, by stretch of the experiment.
  public var windows: [ListQuality] { diary.published }
  /// What people find when they come, by stretch of the experiment.
  public var arriving: [ListQuality] { diary.arriving }
  /// Published lists from the middle of the experiment to the flip.
  public var settled: ListQuality { diary.settled }
  /// Published lists of the people of the start.
  public var oldUsers: ListQuality { diary.oldUsers }
  /// Published lists of people who joined, by number of events (1, 2, 3–5, 6–10, 11–20, more).
  public var newUsers: [ListQuality] { diary.newcomers }
  /// Lists of the people whose taste flipped, shortly before.
  public var beforeFlip: ListQuality { diary.beforeFlip }
  /// Lists of the people whose taste flipped, by number of events since (0, 1–2, 3–5, 6–10, 11–20, 21–40, 41–80, more).
  public var sinceFlip: [ListQuality] { diary.flipRanges.map(\.quality) }

  /// A person's own events, impressions apart, after which lists reach 90 % of their share of the best possible before the
  /// flip: the first n such that the lists after n...n + 9 events do, taken together; nil if none do, or there was no flip.
  public var recoveryEvents: Int? { recovery(\.ofBefore) }

  /// The same for ``ListQuality/aboveChance``, which is harder: half of the share comes by chance.
  public var recoveryEventsAboveChance: Int? { recovery(\.ofBeforeAboveChance) }

  private func recovery(_ measure: (ClosedLoopDiary.Comeback) -> Double?) -> Int? {
    let lists = diary.sinceFlip
    return (1..<lists.count - Recovery.width).first { start in
      var comeback = ClosedLoopDiary.Comeback()
      for count in start..<start + Recovery.width { comeback.add(lists[count]) }
      guard comeback.quality.lists >= Recovery.leastLists, let part = measure(comeback) else { return false }
      return part >= Recovery.goal
    }
  }

  /// How often what stands in each place is clicked, of the times it was in front of somebody; nil where nothing was.
  public var clickRates: [Double?] {
    diary.positions.map { $0.shown > 0 ? Double($0.clicked) / Double($0.shown) : nil }
  }

  /// The names of ranges that end where these numbers say, the first from `start`.
  static func rangeNames(_ ends: [Int], from start: Int) -> [String] {
    zip([start - 1] + ends, ends).map { before, end in
      let first = before + 1
      if end == .max { return "\(first)+" }
      return first == end ? "\(end)" : "\(first)-\(end)"
    }
  }

  /// The names of a post's ages.
  static let ageNames = ["under 30 min", "30 min to 2 h", "2 h to 6 h", "over 6 h"]
}
