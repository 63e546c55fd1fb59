import FeedEvents
import Foundation
import Pipeline
import Testing

/// Records are deleted from a real Kafka before the daemon has folded them.
@Suite(
  .serialized, .timeLimit(.minutes(3)),
  .enabled(if: TestEnvironment.brokers != nil, "set WOONKLY_TEST_BROKERS to a real Kafka"),
  .enabled(if: TestEnvironment.program != nil, "build the program first"),
  .enabled(if: TestEnvironment.kafkaHome != nil, "set KAFKA_HOME to a Kafka distribution"))
struct AcceptanceEndToEndTests {
  /// Users turn to items; `first` tells one call's events from another's.
  private static func likes(_ count: Int, first: Int) -> [Interaction] {
    (first..<first + count).map {
      Interaction(
        userID: Array("user-\($0 % 40)".utf8), itemID: Array("item-\($0 * 7 % 90)".utf8), type: .like,
        occurredAt: Int64(Date().timeIntervalSince1970 * 1_000))
    }
  }

  /// Deletes what is below `offset`, with Kafka's own tool.
  private func delete(_ topic: String, below offset: Int64, in directory: URL) throws {
    let file = directory.appending(path: "delete.json")
    let text = #"{"version":1,"partitions":[{"topic":"\#(topic)","partition":0,"offset":\#(offset)}]}"#
    try Data(text.utf8).write(to: file)
    let home = try #require(TestEnvironment.kafkaHome)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "java", "-Xmx256m", "-cp", "\(home)/libs/*:\(home)/jars/*", "org.apache.kafka.tools.DeleteRecordsCommand",
      "--bootstrap-server", TestEnvironment.brokers!, "--offset-json-file", file.path,
    ]
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  @Test func `what was deleted before it was folded ends the start, unless that is accepted`() throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "woonkly-accept-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let topics = try FeedTopics()
    let state = directory.appending(path: "state")
    func serve(_ more: String...) throws -> (status: Int32?, errors: String) {
      let daemon = try DaemonProcess(
        topics.arguments("serve", state: state, "--exit-at-end") + more, directory: directory)
      let status = daemon.status(within: 60)
      return (status, daemon.errors)
    }
    func verify() throws -> (status: Int32?, errors: String) {
      let auditor = try DaemonProcess(
        topics.arguments("verify", state: state).filter { !["--http-port", "0"].contains($0) }, directory: directory)
      let status = auditor.status(within: 60)
      return (status, auditor.errors)
    }

    try topics.produce(catalog: [], interactions: Self.likes(200, first: 0))
    var run = try serve("--accept", "gap")
    try #require(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("Nothing had to be accepted"), "\(run.errors)")

    try topics.produce(catalog: [], interactions: Self.likes(200, first: 200))
    try delete(topics.interactions, below: 300, in: directory)
    run = try serve()
    #expect(run.status == 65 && run.errors.contains("--accept gap"), "\(run.errors)")
    #expect(run.errors.contains("offset 300") && run.errors.contains("only 200 has been folded"), "\(run.errors)")
    run = try serve("--accept", "divergence")
    #expect(run.status == 65, "\(run.errors)")

    run = try serve("--accept", "gap")
    try #require(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("from=200") && run.errors.contains("to=300"), "\(run.errors)")
    #expect(!run.errors.contains("Nothing had to be accepted"))
    try topics.produce(catalog: [], interactions: Self.likes(100, first: 400))
    run = try serve()
    try #require(run.status == 0, "\(run.errors)")

    try topics.settle()
    let audit = try verify()
    #expect(audit.status == 0, "\(audit.errors)")
    let epochs = try topics.epochs()
    #expect(epochs.map(\.epoch) == Array(1...UInt64(epochs.count)))
    let ranges = epochs.flatMap(\.ranges).filter { $0.input.role == .interactions }
    #expect(ranges.reduce(0) { $0 + $1.count } == 400, "all but the hundred that were deleted")
    var versions: [[UInt8]: Int64] = [:]
    let decoder = RecommendationsDecoder()
    for list in try topics.read(topics.recommendations, partitions: 3) {
      let version = try decoder.decode(try #require(list.value)).version
      #expect(version > versions[list.key ?? []] ?? 0)
      versions[list.key ?? []] = version
    }
    #expect(versions.count == 40)
  }
}
