/// A person of a ``SyntheticApp``.
struct SyntheticUser: Sendable {
  /// A list that was delivered, and how far the person has come in it.
  struct Recommended: Sendable {
    var posts: [Int] = []
    var version: Int64 = -1
    var next = 0
    /// Where the page on the screen ends.
    var pageEnd = 0
  }

  /// Likes are remembered in order to be taken back, the last few.
  static let likeLimit = 16
  /// Authors a person may follow.
  static let followLimit = 64

  let identifier: [UInt8]
  var from: Taste
  var to: Taste
  var movesSince: Int64
  var movesForMilliseconds: Int64
  var follows: [Int] = []
  var likes: [Int] = []
  var seen: Set<Int> = []
  /// On the screen.
  var recommended = Recommended()
  /// The newest, which comes on the screen with the next page.
  var delivered = Recommended()

  /// The taste at a time: on its way between two, never moved by being asked for.
  func taste(at now: Int64) -> Taste {
    guard movesForMilliseconds > 0 else { return from }
    let progress = Double(max(0, now - movesSince)) / Double(movesForMilliseconds)
    return from.moved(towards: to, progress: min(1, progress))
  }

  /// Turns to a page of the newest list.
  mutating func turnPage(length: Int) {
    if delivered.version > recommended.version { recommended = delivered }
    recommended.pageEnd = recommended.next + length
  }

  func hasArrived(at now: Int64) -> Bool {
    movesForMilliseconds > 0 && now - movesSince >= movesForMilliseconds
  }
}

/// Someone who writes posts on two topics.
struct SyntheticAuthor: Sendable {
  /// The newest posts of an author, from which followers' feeds are drawn.
  static let newestLimit = 8

  let identifier: [UInt8]
  let mainTopic: Int
  let sideTopic: Int
  var newest: [Int] = []
}

/// Something to look at, for some hours.
struct SyntheticPost: Sendable {
  let identifier: [UInt8]
  let author: Int
  let content: Taste
  let createdAt: Int64
  let expiresAt: Int64
}
