/// Working memory of a search, kept between searches so that they allocate nothing but their result.
///
/// One scratch serves one search at a time, and any index. It holds no results.
public struct SearchScratch: Sendable {
  var searches: [RunningSearch] = []

  /// Empty; it grows with the first search.
  public init() {}

  /// Makes room for so many searches at once.
  mutating func reserve(_ count: Int) {
    while searches.count < count { searches.append(RunningSearch()) }
  }
}
