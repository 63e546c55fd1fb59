import Daemon
import FeedEvents
import Host
import Learning
import Testing

@Suite(.enabled(if: BuiltProgram.path != nil, "woonkly-feed is not built beside the tests"))
struct EvaluateTests {
  @Test(arguments: ["prequential", "random-split"])
  func `the report has the promised fields, and standard output nothing else`(name: String) throws {
    let directory = try TemporaryDirectory()
    let data = try SmallData.movieLens(in: directory)
    let result = try BuiltProgram.run("evaluate", "--movielens", data, "--protocol", name, "--json")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.split(separator: "\n").count == 1)
    let report = try Document(result.output)
    #expect(
      report.keys == [
        "events", "protocol", "model", "rmse", "mae", "hit_rate", "mrr", "ndcg", "last_half", "two_stage",
        "including_seen", "baselines", "seconds", "peak_rss_bytes", "digest", "events_per_second", "coverage", "gini",
      ])
    #expect(report["events"] == .int64(60))
    #expect(report.text("protocol") == name)
    #expect(try Document(report["hit_rate"]).keys == ["1", "5", "10", "50", "100"])
    #expect(try #require(report["rmse"]?.number) > 0)
    #expect(try #require(report["seconds"]?.number) > 0)
    #expect(try #require(report["peak_rss_bytes"]?.integer) > 1 << 20)
    let digest = try #require(report.text("digest"))
    #expect(digest.utf8.count == 32 && digest.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) })
    for key in ["last_half", "coverage", "gini"] {
      #expect((report[key] == .null) == (name == "random-split"))
    }
    let speed = try #require(report["events_per_second"]?.number)
    #expect(abs(speed * (report["seconds"]?.number ?? 0) - 60) < 1e-6)
  }

  @Test(arguments: ["seed-ranking", "seed-retrieval"])
  func `a notebook's model has the same fields, null where it has nothing`(name: String) throws {
    let directory = try TemporaryDirectory()
    let data = try SmallData.movieLens(in: directory)
    let result = try BuiltProgram.run("evaluate", "--movielens", data, "--model", name, "--json")
    #expect(result.status == 0, "\(result.errors)")
    let report = try Document(result.output)
    let online = try Document(try BuiltProgram.run("evaluate", "--movielens", data, "--json").output)
    #expect(report.keys == online.keys)
    #expect(report.text("model") == name && online.text("model") == "online")
    #expect(report.text("protocol") == "random-split")
    let ranks = name == "seed-retrieval"
    for field in ["hit_rate", "mrr", "ndcg", "including_seen"] {
      #expect((report[field] != .null) == ranks, "\(field)")
    }
    for field in ["rmse", "mae"] { #expect((report[field] == .null) == ranks, "\(field)") }
    for field in ["last_half", "two_stage", "digest", "coverage", "gini"] {
      #expect(report[field] == .null, "\(field)")
    }
  }

  @Test func `likes alone have hit rates and no error`() throws {
    let directory = try TemporaryDirectory()
    let events = SmallData.ratings.map {
      #"{"user_id":"\#($0.user)","item_id":"\#($0.item)","type":"like","occurred_at":\#($0.second)000}"# + "\n"
    }
    let data = try directory.file("likes.ndjson", events.joined())
    for arguments in [[], ["--protocol", "random-split"], ["--model", "seed-retrieval"]] {
      let program = try BuiltProgram(["evaluate", "--ndjson", data, "--json"] + arguments)
      #expect(try program.end() == 0, "\(program.errors)")
      let report = try Document(program.output)
      #expect(report["rmse"] == .null && report["mae"] == .null)
      #expect(try #require(try Document(report["hit_rate"])["100"]?.number) > 0)
    }
  }

  @Test func `the same data in another form, and in another run, gives the same digest`() throws {
    let directory = try TemporaryDirectory()
    let (movieLens, lines) = (try SmallData.movieLens(in: directory), try SmallData.lines(in: directory))
    let digests = try [["--movielens", movieLens], ["--ndjson", lines], ["--ndjson=\(lines)"]].map {
      let program = try BuiltProgram(["evaluate", "--json"] + $0)
      #expect(try program.end() == 0, "\(program.errors)")
      return try Document(program.output).text("digest")
    }
    #expect(digests[0] != nil && digests[0] == digests[1] && digests[1] == digests[2])
  }

  @Test func `an ingredient that is left out changes what is learned, however it is said`() throws {
    let directory = try TemporaryDirectory()
    let data = try SmallData.lines(in: directory)
    func digest(_ arguments: String...) throws -> String? {
      let program = try BuiltProgram(["evaluate", "--ndjson", data, "--json"] + arguments)
      #expect(try program.end() == 0, "\(program.errors)")
      return try Document(program.output).text("digest")
    }
    let (full, without) = (try digest(), try digest("--without", "logq,history"))
    #expect(full != without)
    #expect(without == (try digest("--set", "learning.without=history,logq")))
  }

  @Test func `people get a table`() throws {
    let directory = try TemporaryDirectory()
    let result = try BuiltProgram.run("evaluate", "--movielens", try SmallData.movieLens(in: directory))
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("prequential: 60 events in "))
    #expect(result.output.contains("\nRMSE ") && result.output.contains("\nhit@10 "))
  }

  @Test(arguments: ["prequential", "random-split"])
  func `the page is a file of its own, with what differs from the defaults`(name: String) throws {
    let directory = try TemporaryDirectory()
    let (data, page) = (try SmallData.lines(in: directory), try directory.file("page.html", "old and longer"))
    let result = try BuiltProgram.run(
      "evaluate", "--ndjson", data, "--protocol", name, "--html", page, "--set", "learning.rate=0.25")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.hasPrefix("\(name): 60 events in "), "the table is printed all the same")
    let bytes = try #require(try BoundedFile.read(page, limitBytes: 1 << 20))
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.hasPrefix("<!DOCTYPE html>") && text.hasSuffix("</html>\n"))
    #expect(text.contains("<h1>events.ndjson</h1>") && !text.contains(directory.path))
    #expect(text.contains("<th scope=\"row\">learning.rate</th><td>0.25</td><td>0.11</td>"))
    #expect(text.contains("id=\"hit-10\"") == false && text.contains("id=\"hit-10-title\"") == (name == "prequential"))
    #expect(text.contains("id=\"age-title\""))
  }

  @Test func `a page that cannot be written is said before the work`() throws {
    let directory = try TemporaryDirectory()
    let data = try SmallData.lines(in: directory)
    let result = try BuiltProgram.run("evaluate", "--ndjson", data, "--html", "\(directory.path)/none/page.html")
    #expect(result.status == 64)
    #expect(result.output.isEmpty && result.errors.contains("none/page.html: No such file or directory"))
  }

  @Test func `help names every ingredient, and a wrong one is answered with all of them`() throws {
    let help = try BuiltProgram.run("help", "evaluate")
    let wrong = try BuiltProgram.run("evaluate", "--ndjson", "/dev/null", "--without", "logq,tag")
    #expect(wrong.status == 64)
    #expect(wrong.output.isEmpty)
    #expect(wrong.errors.contains("\"tag\""))
    for ablation in Ablation.allCases {
      #expect(help.output.contains(ablation.rawValue))
      #expect(wrong.errors.contains(ablation.rawValue))
    }
  }

  @Test func `a wrong line ends with 64, a wrong setting with 78`() throws {
    let lines = [
      ["evaluate"], ["evaluate", "--movielens", "a", "--ndjson", "b"],
      ["evaluate", "--ndjson", "b", "--protocol", "random"], ["evaluate", "--ndjson", "b", "--nonsense"],
      ["evaluate", "--ndjson", "b", "--model", "seed"],
      ["evaluate", "--ndjson", "b", "--model", "seed-ranking", "--protocol", "prequential"],
      ["evaluate", "--ndjson", "b", "--model", "seed-retrieval", "--without", "logq"],
    ]
    for line in lines {
      let program = try BuiltProgram(line)
      #expect(try program.end() == 64)
      #expect(program.output.isEmpty && !program.errors.isEmpty)
    }
    #expect(try BuiltProgram.run("evaluate", "--ndjson", "b", "--set", "learning.rate=x").status == 78)
  }

  @Test func `data that cannot be used ends with 65 and is named with its line`() throws {
    let directory = try TemporaryDirectory()
    let missing = try BuiltProgram.run("evaluate", "--movielens", "\(directory.path)/none", "--json")
    #expect(missing.status == 65 && missing.output.isEmpty)
    #expect(try BuiltProgram.run("evaluate", "--ndjson", "\(directory.path)/none").status == 65)
    let empty = try directory.file("empty.ndjson", "\n")
    #expect(try BuiltProgram.run("evaluate", "--ndjson", empty).status == 65)
    let broken = try directory.file(
      "broken.ndjson", #"{"user_id":"u","item_id":"i","type":"like","occurred_at":1}"# + "\n{]\n")
    let result = try BuiltProgram.run("evaluate", "--ndjson", broken)
    #expect(result.status == 65)
    #expect(result.errors.contains("\(broken):2: "))
  }
}
