/// What only a synthetic app can tell: how good a list is.
extension SyntheticApp {
  /// A post and how much a person would like it.
  public struct Suggestion: Equatable, Sendable {
    /// The post.
    public var itemID: [UInt8]
    /// The planted affinity, 0...1.
    public var affinity: Double
  }

  /// Shows a person a new list of recommendations, in place of the one before: at once, or with the next page if there are
  /// pages.
  ///
  /// An unknown person, unknown posts and a version that is not newer are ignored.
  public mutating func deliver(list items: [[UInt8]], version: Int64, to user: [UInt8]) {
    guard let number = userNumber(user) else { return }
    deliver(list: items.compactMap(postNumber), version: version, to: number)
  }

  /// The planted affinity of a person to a post as of ``now``, 0...1; nil for unknown identifiers.
  public func affinity(user: [UInt8], item: [UInt8]) -> Double? {
    guard let user = userNumber(user), let post = postNumber(item) else { return nil }
    return users[user].taste(at: now).affinity(to: posts[post].content)
  }

  /// The live posts a person has not looked at and would like best, greatest affinity first, ties by age.
  ///
  /// O(posts ever written). Empty for an unknown person.
  public func bestPossible(user: [UInt8], count: Int) -> [Suggestion] {
    guard let user = userNumber(user) else { return [] }
    let taste = users[user].taste(at: now)
    let candidates = posts.indices.filter { posts[$0].expiresAt > now && !users[user].seen.contains($0) }
    let ranked = candidates.map { (post: $0, affinity: taste.affinity(to: posts[$0].content)) }
      .sorted { ($0.affinity, $1.post) > ($1.affinity, $0.post) }
    return ranked.prefix(count).map { Suggestion(itemID: posts[$0.post].identifier, affinity: $0.affinity) }
  }

  /// A person's favorite topics as of ``now``, the greatest first; empty for an unknown person.
  public func favoriteTopics(user: [UInt8], count: Int) -> [String] {
    guard let user = userNumber(user) else { return [] }
    return users[user].taste(at: now).topicsByWeight.prefix(count).map { Taste.topics[$0] }
  }

  mutating func deliver(list posts: [Int], version: Int64, to user: Int) {
    guard version > users[user].delivered.version else { return }
    users[user].delivered = .init(posts: posts, version: version)
    if parameters.pageLength == 0 { users[user].turnPage(length: 0) }
  }

  func userNumber(_ identifier: [UInt8]) -> Int? {
    Self.number("u", identifier).flatMap { users.indices.contains($0) ? $0 : nil }
  }

  func postNumber(_ identifier: [UInt8]) -> Int? {
    Self.number("p", identifier).flatMap { posts.indices.contains($0) ? $0 : nil }
  }
}
