import Daemon
import Evaluation
import FeedEvents
import Kafka
import Setup
import Testing

@Suite(
  .enabled(if: BuiltProgram.path != nil, "woonkly-feed is not built beside the tests"), .timeLimit(.minutes(2)))
struct ReplayTests {
  @Test func `a data set arrives in order, each event with its own time and under its user`() throws {
    let (cluster, directory) = (try SmallCluster(partitions: 3), try TemporaryDirectory())
    let data = try SmallData.movieLens(in: directory)
    let program = try BuiltProgram(["replay", "--movielens", data] + cluster.options)
    #expect(try program.end() == 0, "\(program.errors)")
    #expect(program.output.isEmpty)
    #expect(program.errors.contains("replayed 13 items and 60 events in "))

    let expected = try MovieLensDataset(directory: data)
    let records = try cluster.records(of: cluster.topics.interactions, partitions: 3, count: 60)
    #expect(records.count == 60)
    #expect(Set(records.map(\.partition)).count > 1)
    for user in 1...10 {
      let own = expected.filter { $0.userID == Array("\(user)".utf8) }
      let found = records.filter { $0.key == Array("\(user)".utf8) }
      #expect(found.map(\.value) == own.map { $0.encoded() })
      #expect(found.map(\.timestamp) == own.map(\.occurredAt))
      #expect(Set(found.map(\.partition)).count == 1)
    }
    let items = try cluster.records(of: cluster.topics.items, partitions: 3, count: 13)
    #expect(Set(items.map { $0.value ?? [] }) == Set(expected.catalog.map { $0.encoded() }))
    for item in items { #expect(try CatalogDecoder().decode(item.value!.span).itemID == item.key) }
  }

  @Test func `a limit bounds the events, and a rate spreads them`() throws {
    let (cluster, directory) = (try SmallCluster(), try TemporaryDirectory())
    let data = try SmallData.lines(in: directory)
    let program = try BuiltProgram(["replay", "--ndjson", data, "--limit", "11", "--rate", "20"] + cluster.options)
    let clock = ContinuousClock()
    let begin = clock.now
    #expect(try program.end() == 0, "\(program.errors)")
    let time = clock.now - begin
    #expect(time >= .milliseconds(500))
    #expect(program.errors.contains("replayed 13 items and 11 events in "))
    let records = try cluster.records(of: cluster.topics.interactions, count: 11)
    let first = SmallData.ratings.prefix(11)
    #expect(records.map(\.key) == first.map { Array("\($0.user)".utf8) })
    #expect(records.map(\.timestamp) == first.map { Int64($0.second) * 1_000 })
  }

  @Test func `without a broker it ends with 69, and without data with 65 before it connects`() throws {
    let directory = try TemporaryDirectory()
    let data = try SmallData.lines(in: directory)
    let nobody = ["--bootstrap-servers", "127.0.0.1:1", "--start-timeout", "1"]
    let program = try BuiltProgram(["replay", "--ndjson", data] + nobody)
    #expect(try program.end() == 69)
    #expect(program.output.isEmpty && program.errors.contains("the broker cannot be reached"))
    let missing = try BuiltProgram(["replay", "--ndjson", "\(directory.path)/none"] + nobody)
    #expect(try missing.end() == 65)
  }

  @Test func `a wrong line ends with 64, a wrong setting with 78`() throws {
    #expect(try BuiltProgram.run("replay").status == 64)
    #expect(try BuiltProgram.run("replay", "--ndjson", "x", "--rate", "0").status == 64)
    #expect(try BuiltProgram.run("replay", "--ndjson", "x", "--limit", "-1").status == 64)
    #expect(try BuiltProgram.run("replay", "--ndjson", "x", "--kafka", "acks=1").status == 78)
    #expect(try BuiltProgram.run("replay", "--ndjson", "x", "--bootstrap-servers", "").status == 78)
  }
}
