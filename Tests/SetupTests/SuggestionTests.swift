import Setup
import Testing

@Suite struct SuggestionTests {
  @Test(arguments: [
    ("", "", 0), ("a", "", 1), ("kitten", "sitting", 3), ("serve", "sevre", 1), ("abc", "abc", 0), ("ca", "abc", 3),
  ]) func `known distances`(left: String, right: String, distance: Int) {
    #expect(Suggestion.distance(left, right) == distance)
    #expect(Suggestion.distance(right, left) == distance)
  }

  @Test func `the nearest is suggested, and nothing when nothing is near`() {
    let names = ["serve", "verify", "evaluate"]
    #expect(Suggestion.nearest(to: "sevre", among: names) == "serve")
    #expect(Suggestion.nearest(to: "verfiy", among: names) == "verify")
    #expect(Suggestion.nearest(to: "banana", among: names) == nil)
    #expect(Suggestion.nearest(to: String(repeating: "x", count: 1_000_000), among: names) == nil)
  }
}
