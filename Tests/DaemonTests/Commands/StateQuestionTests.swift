import Daemon
import FeedEvents
import Foundation
import Host
import Testing

/// A state directory as a daemon leaves it, made by a replay and a daemon on an embedded cluster.
private final class LeftBehind: Sendable {
  static let made = Result { try LeftBehind() }

  let state: String
  let data: String
  private static let files = NSTemporaryDirectory() + "woonkly-state-\(UUID())"

  private init() throws {
    let files = Self.files
    try FileManager.default.createDirectory(atPath: files, withIntermediateDirectories: true)
    // Statics are never deinitialized.
    _ = atexit { try? FileManager.default.removeItem(atPath: LeftBehind.files) }
    (state, data) = ("\(files)/state", "\(files)/events.ndjson")
    let directory = try TemporaryDirectory()
    var lines = try String(contentsOfFile: SmallData.lines(in: directory), encoding: .utf8)
    lines += #"{"item_id":"gone","active":false}"# + "\n" + #"{"item_id":"late","expires":1000}"# + "\n"
    lines += #"{"user_id":"é","item_id":"1","type":"rating","value":5,"occurred_at":880000100000}"# + "\n"
    for item in ["gone", "late"] {
      lines += #"{"user_id":"3","item_id":"\#(item)","type":"like","occurred_at":880000200000}"# + "\n"
    }
    try lines.write(toFile: data, atomically: true, encoding: .utf8)

    let cluster = try SmallCluster()
    let replay = try BuiltProgram(["replay", "--ndjson", data] + cluster.options)
    try #require(try replay.end() == 0, "\(replay.errors)")
    let serve = try BuiltProgram(
      ["serve", "--exit-at-end", "--http-port", "0", "--state-directory", state] + cluster.options)
    try #require(try serve.end() == 0, "\(serve.errors)")
  }
}

@Suite(
  .enabled(if: BuiltProgram.path != nil, "woonkly-feed is not built beside the tests"), .timeLimit(.minutes(2)))
struct StateQuestionTests {
  @Test func `inspect tells what a checkpoint holds, with the digest of an evaluation of the same events`() throws {
    let made = try LeftBehind.made.get()
    let result = try BuiltProgram.run("inspect", made.state, "--json")
    #expect(result.status == 0, "\(result.errors)")
    let document = try Document(result.output)
    #expect(document.keys == ["format", "epoch", "digest", "positions", "users", "items", "events", "bytes"])
    #expect(document["format"] == .int64(1))
    #expect(try #require(document["epoch"]?.integer) >= 1)
    let positions = try Document(document["positions"])
    #expect(positions.keys == ["woonkly.items", "woonkly.interactions"])
    #expect(positions["woonkly.interactions"] == .object([JSONMember(key: Array("0".utf8), value: .int64(63))]))
    #expect(positions["woonkly.items"] == .object([JSONMember(key: Array("0".utf8), value: .int64(15))]))
    #expect(document["users"] == .int64(11))
    #expect(document["items"] == .int64(15))
    #expect(document["events"] == .int64(63))
    let sizes = ["a", "b"].compactMap {
      try? FileManager.default.attributesOfItem(atPath: "\(made.state)/checkpoint.\($0)")[.size] as? Int64
    }
    #expect(sizes.contains(try #require(document["bytes"]?.integer)))
    let evaluated = try BuiltProgram.run("evaluate", "--ndjson", made.data, "--json")
    #expect(try Document(evaluated.output).text("digest") == document.text("digest"))

    let text = try BuiltProgram.run("inspect", made.state)
    #expect(text.status == 0)
    #expect(text.output.contains(try #require(document.text("digest"))))
    #expect(text.output.contains("next of woonkly.interactions 0"))
  }

  @Test func `predict answers for everyone, and an id is its bytes`() throws {
    let made = try LeftBehind.made.get()
    func rating(_ user: String, _ item: String) throws -> Double {
      let result = try BuiltProgram.run(
        "predict", "--state-directory", made.state, "--user", user, "--item", item, "--json")
      #expect(result.status == 0, "\(result.errors)")
      let document = try Document(result.output)
      #expect(document.keys == ["user_id", "item_id", "rating"])
      #expect(document["user_id"]?.string == Array(user.utf8) && document["item_id"]?.string == Array(item.utf8))
      let rating = try #require(document["rating"]?.number)
      #expect((1...5).contains(rating))
      return rating
    }
    let unknown = try rating("nobody", "1")
    #expect(try rating("e\u{301}", "1") == unknown)
    #expect(try rating("\u{e9}", "1") != unknown)
    #expect(try rating("1", "2") != rating("nobody", "2"))
    _ = try rating("1", "nothing")
    let line = try BuiltProgram.run("predict", "--state-directory", made.state, "--user", "1", "--item", "2")
    #expect(line.status == 0)
    #expect(Double(line.output.dropLast()) == (try rating("1", "2")))
  }

  @Test func `recommend leaves out what was seen, what left and what expired`() throws {
    let made = try LeftBehind.made.get()
    func items(_ user: String, _ arguments: String...) throws -> [String] {
      let program = try BuiltProgram(
        ["recommend", "--state-directory", made.state, "--user", user, "--json"] + arguments)
      #expect(try program.end() == 0, "\(program.errors)")
      let document = try Document(program.output)
      #expect(document.keys == ["user_id", "version", "items"])
      #expect(document["user_id"]?.string == Array(user.utf8))
      #expect(try #require(document["version"]?.integer) >= 1)
      let items = try #require(document["items"]?.array).map { try Document($0) }
      for item in items { #expect(item.keys == ["item_id", "score"]) }
      let scores = items.compactMap { $0["score"]?.number }
      #expect(scores.count == items.count && scores == scores.sorted(by: >))
      return items.compactMap { $0.text("item_id") }
    }
    // User 1 has rated the items 1 to 6, the others are there to be found.
    #expect(try Set(items("1")) == Set((7...13).map(String.init)))
    #expect(try Set(items("nobody")) == Set((1...13).map(String.init)))
    #expect(try items("nobody", "--count", "4") == Array(items("nobody").prefix(4)))
    #expect(try !items("\u{e9}").contains("1"))
    #expect(try items("e\u{301}") == items("nobody"))
    let text = try BuiltProgram.run("recommend", "--state-directory", made.state, "--user", "1", "--count", "2")
    #expect(text.status == 0 && text.output.split(separator: "\n").count == 2)
  }

  @Test func `recommend tells what goes with an item, and 65 for one that nobody knows`() throws {
    let made = try LeftBehind.made.get()
    let result = try BuiltProgram.run("recommend", "--state-directory", made.state, "--item", "1", "--json")
    #expect(result.status == 0, "\(result.errors)")
    let document = try Document(result.output)
    #expect(document.keys == ["item_id", "version", "items"])
    #expect(document["item_id"]?.string == Array("1".utf8))
    let items = try #require(document["items"]?.array).compactMap { try Document($0).text("item_id") }
    #expect(Set(items) == Set((2...13).map(String.init)))
    let text = try BuiltProgram.run("recommend", "--state-directory", made.state, "--item", "1", "--count", "3")
    #expect(text.status == 0)
    #expect(text.output.split(separator: "\n").map { String($0.prefix { $0 != " " }) } == Array(items.prefix(3)))

    let unknown = try BuiltProgram.run("recommend", "--state-directory", made.state, "--item", "nothing")
    #expect(unknown.status == 65 && unknown.output.isEmpty)
    #expect(unknown.errors.contains("the model knows no item nothing"))
  }

  @Test func `without a usable checkpoint it is 65, with the reason for each slot`() throws {
    let directory = try TemporaryDirectory()
    let empty = try BuiltProgram.run("inspect", directory.path, "--json")
    #expect(empty.status == 65 && empty.output.isEmpty)
    #expect(empty.errors.contains("checkpoint.a: ") && empty.errors.contains("checkpoint.b: "))
    #expect(try BuiltProgram.run("inspect", "\(directory.path)/none").status == 65)
    _ = try directory.file("checkpoint.a", "not a checkpoint at all, but long enough to look like one")
    let damaged = try BuiltProgram.run("inspect", directory.path)
    #expect(damaged.status == 65)
    #expect(damaged.errors.contains("checkpoint.a: not a checkpoint"))
    for line in [["predict", "--user", "u", "--item", "i"], ["recommend", "--user", "u"]] {
      #expect(try BuiltProgram(line + ["--state-directory", directory.path]).end() == 65)
    }
  }

  @Test func `a damaged slot beside a whole one does not matter`() throws {
    let made = try LeftBehind.made.get()
    let names = ["a", "b"].map { "\(made.state)/checkpoint.\($0)" }
    let name = try #require(names.first { FileManager.default.fileExists(atPath: $0) })
    let whole = try #require(try BoundedFile.read(name, limitBytes: 1 << 28))
    let directory = try TemporaryDirectory()
    _ = try directory.file("checkpoint.b", whole)
    var bytes = whole
    bytes[bytes.count - 1] ^= 1
    _ = try directory.file("checkpoint.a", bytes)
    let result = try BuiltProgram.run("inspect", directory.path)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("checkpoint.b"))
    _ = try directory.file("checkpoint.b", bytes)
    #expect(try BuiltProgram.run("inspect", directory.path).status == 65)
  }

  @Test func `a wrong line ends with 64, a wrong setting with 78`() throws {
    #expect(try BuiltProgram.run("inspect").status == 64)
    #expect(try BuiltProgram.run("predict", "--user", "u").status == 64)
    #expect(try BuiltProgram.run("recommend").status == 64)
    #expect(try BuiltProgram.run("recommend", "--user", "u", "--item", "i").status == 64)
    #expect(try BuiltProgram.run("recommend", "--item", "").status == 64)
    #expect(try BuiltProgram.run("recommend", "--user", "u", "--count", "0").status == 64)
    #expect(try BuiltProgram.run("recommend", "--user", String(repeating: "u", count: 257)).status == 64)
    #expect(try BuiltProgram.run("recommend", "--user", "u", "--config", "/nowhere/feed.yaml").status == 78)
  }
}
