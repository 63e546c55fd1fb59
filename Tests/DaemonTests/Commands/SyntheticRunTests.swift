import FeedEvents
import Testing

@testable import Daemon

@Suite struct SyntheticRunTests {
  @Test func `the report is one line of JSON with the promised fields`() throws {
    let result = try BuiltProgram.run("evaluate", "--synthetic", "--events", "3000", "--json")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.split(separator: "\n").count == 1)
    let report = try Document(result.output)
    #expect(
      report.keys == [
        "events", "protocol", "simulated_hours", "users", "posts", "learned", "dead_letters", "types", "settled",
        "windows",
        "arriving", "old_users", "new_users", "post_ages", "click_rates", "seen_places", "arriving_seen_places",
        "arriving_expired_places", "flip", "taste_flip", "seconds", "peak_rss_bytes", "digest",
      ])
    #expect(try #require(report["events"]?.integer) >= 3_000)
    #expect(report.text("protocol") == "closed-loop")
    let flip = try Document(report["taste_flip"])
    #expect(flip["lists"] == .null)
    #expect(try #require(Document(flip["rating"])["ratio"]?.number) <= 3)
    let settled = try Document(report["settled"])
    #expect(settled.keys == ["lists", "list", "popularity", "random", "above_chance"])
  }

  @Test func `people get tables, the progress goes elsewhere, and a seed is another app`() throws {
    let first = try BuiltProgram.run("evaluate", "--synthetic", "--events", "2000")
    let second = try BuiltProgram.run("evaluate", "--synthetic", "--events", "2000", "--seed", "2")
    #expect(first.status == 0 && second.status == 0)
    #expect(first.output.hasPrefix("closed loop: 2,0"))
    #expect(first.output.contains("\nof the best possible ") && first.output.contains("\nage of posts "))
    #expect(!first.output.contains("events/s") && first.errors.contains("100 %"))
    #expect(first.output.split(separator: ",").last != second.output.split(separator: ",").last)
  }

  @Test func `a wrong line ends with 64`() throws {
    let lines = [
      ["--synthetic", "--movielens", "a"], ["--synthetic", "--protocol", "prequential"],
      ["--synthetic", "--events", "many"], ["--synthetic", "--events", "10"], ["--events", "10000"],
      ["--movielens", "a", "--seed", "3"], ["--movielens", "a", "--flip"],
    ]
    for line in lines {
      let result = try BuiltProgram(["evaluate"] + line)
      #expect(try result.end() == 64, "\(line)")
    }
  }
}
