import Daemon
import FeedEvents
import Foundation
import Kafka
import Setup
import Testing

@Suite(
  .enabled(if: BuiltProgram.path != nil, "woonkly-feed is not built beside the tests"), .timeLimit(.minutes(2)))
struct WatchTests {
  private static func list(_ user: String, version: Int64, generatedAt: Int64 = 1_795_315_069_402) -> [UInt8] {
    Recommendations(
      userID: Array(user.utf8), version: version, generatedAt: generatedAt,
      items: [.init(itemID: Array("p\u{1b}[2J1".utf8), score: 2.5), .init(itemID: Array("p2".utf8), score: -1)],
      basedOn: .init(partition: 0, offset: 7, occurredAt: 1)
    ).encoded()
  }

  private static func send(_ records: [(key: String, value: [UInt8]?)], to cluster: SmallCluster) throws {
    let producer = try Producer(cluster.properties)
    for (key, value) in records {
      try producer.send(topic: cluster.topics.recommendations, key: Array(key.utf8), value: value)
    }
    try producer.flush(timeoutMilliseconds: 10_000)
  }

  @Test func `values come as they are, one in a line, those that were there before too when asked for`() throws {
    let cluster = try SmallCluster(partitions: 3)
    let early = (0..<20).map { (key: "u\($0)", value: Self.list("u\($0)", version: 1) as [UInt8]?) }
    try Self.send(early, to: cluster)
    let program = try BuiltProgram(["watch", "--json", "--from-beginning"] + cluster.options)
    #expect(program.hasLines(20), "\(program.errors)")
    let late: [(key: String, value: [UInt8]?)] = [
      ("u1", Self.list("u1", version: 2)), ("u\"2", nil), ("other", Array("{\"a\":\n1}".utf8)),
    ]
    try Self.send(late, to: cluster)
    #expect(program.hasLines(23), "\(program.errors)")
    program.interrupt()
    #expect(try program.end() == 0)
    let lines = program.output.split(separator: "\n").map(String.init)
    let expected =
      (early + [late[0]]).map { String(decoding: $0.value!, as: UTF8.self) }
      + [#"{"user_id":"u\"2","forgotten":true}"#, #"{"a": 1}"#]
    #expect(lines.sorted() == expected.sorted())
    #expect(program.errors.isEmpty)
  }

  @Test func `people see a user's lists, and their terminal obeys no item`() throws {
    let cluster = try SmallCluster()
    let now = Int64(Date().timeIntervalSince1970 * 1_000)
    // Equal as text, not as bytes.
    let (composed, decomposed) = ("\u{e9}", "e\u{301}")
    let lists: [(key: String, value: [UInt8]?)] = [
      (decomposed, Self.list(decomposed, version: 1)), (composed, Array("nonsense".utf8)),
      (composed, Self.list(composed, version: 8_813, generatedAt: now - 3_600_000)), (composed, nil),
    ]
    try Self.send(lists, to: cluster)
    let program = try BuiltProgram(["watch", "--from-beginning", "--user", composed] + cluster.options)
    #expect(program.hasLines(6), "\(program.errors)")
    program.terminate()
    #expect(try program.end() == 0)
    #expect(
      program.output == """
        \(composed)  version 8813  60 min old
          1  p\u{fffd}[2J1  2.5
          2  p2  -1.0

        \(composed)  forgotten


        """)
    #expect(program.errors.split(separator: "\n").count == 1)
    #expect(program.errors.contains("is no list"))
  }

  @Test func `only what comes from now on is shown, and a reader who leaves ends it`() throws {
    let cluster = try SmallCluster()
    try Self.send([("old", Self.list("old", version: 1))], to: cluster)
    let directory = try TemporaryDirectory()
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    let words = ([BuiltProgram.path!, "watch", "--json"] + cluster.options).map { "'\($0)'" }.joined(separator: " ")
    shell.arguments = ["-c", "{ \(words); echo $? >\(directory.path)/status; } | head -n 1 >\(directory.path)/line"]
    try shell.run()
    defer { shell.terminate() }
    let deadline = ContinuousClock.now + .seconds(30)
    var version: Int64 = 2
    while shell.isRunning, ContinuousClock.now < deadline {
      try Self.send([("new", Self.list("new", version: version))], to: cluster)
      version += 1
      usleep(100_000)
    }
    #expect(!shell.isRunning)
    #expect(try String(contentsOfFile: "\(directory.path)/status", encoding: .utf8) == "0\n")
    #expect(try Document(String(contentsOfFile: "\(directory.path)/line", encoding: .utf8)).text("user_id") == "new")
  }

  @Test func `without a broker it ends with 69, with a wrong line with 64`() throws {
    let result = try BuiltProgram.run("watch", "--bootstrap-servers", "127.0.0.1:1", "--start-timeout", "1")
    #expect(result.status == 69)
    #expect(result.errors.contains("the broker cannot be reached"))
    #expect(try BuiltProgram.run("watch", "--user", "").status == 64)
    #expect(try BuiltProgram.run("watch", "--kafka", "isolation.level=read_uncommitted").status == 78)
  }
}
