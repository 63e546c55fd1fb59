import Foundation
import Testing

/// How the soak tells a fault of Kafka 4.3.1's own (KAFKA-20734) from one of the daemon's: by the line with which the broker's
/// transaction coordinator gives partitions up, and by records that stay behind the last stable offset there.
struct BrokerFaultTests {
  private static let skipped =
    "2026-11-25 19:25:31,842 INFO TransactionMarkerChannelManager [Transaction Marker Channel Manager 1]: Couldn't find "
    + "leader endpoint for partitions HashSet(feed.journal-0, feed.lists-2) while trying to send transaction markers for "
    + "feed-0, these partitions are likely deleted already and hence can be skipped"
  /// The broker's first life says something else, and its second what is wrong.
  private static let logs = [
    "broker1.1.log": "2026-11-25 19:25:01,000 INFO KafkaRaftServer Kafka Server started\n",
    "broker1.2.log": skipped + "\n",
  ]

  /// A shell with `brokers.sh`, the logs, and a kcat that gives these answers instead of asking a broker.
  private func shell(_ command: String, logs: [String: String], kcat: String = "exit 1") throws -> String {
    let directory = FileManager.default.temporaryDirectory.appending(path: "woonkly-fault-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    for (name, text) in logs { try Data(text.utf8).write(to: directory.appending(path: name)) }
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    let script = """
      set -euo pipefail
      . "$1/brokers.sh"
      brokers_directory=$2 bootstrap=127.0.0.1:1
      kcat() { \(kcat); }
      \(command)
      """
    process.arguments = ["-c", script, "bash", Deployment.folder.path, directory.path]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(text)")
    return text
  }

  @Test func `the coordinator's line is found, for the daemon's own transactions only`() throws {
    #expect(try shell("brokers_fault feed-0", logs: Self.logs) == Self.skipped + "\n")
    #expect(try shell("brokers_fault feed-1", logs: Self.logs) == "")
    #expect(try shell("brokers_fault feed", logs: Self.logs) == "")
    #expect(try shell("brokers_fault feed-0", logs: ["broker1.1.log": "hence can be skipped\n"]) == "")
    #expect(try shell("brokers_fault feed-0", logs: [:]) == "")
  }

  @Test func `of the partitions it names, those are told where records lie behind the last stable offset`() throws {
    // The journal is stuck at 40 with its record 41 unseen; the lists went on: nothing lies behind their 7.
    let kcat = """
      case "$*" in
        *"-Q"*feed.journal:0:-1*) echo "feed.journal [0] offset 40" ;;
        *"-Q"*feed.lists:2:-1*) echo "feed.lists [2] offset 7" ;;
        *"-C"*read_uncommitted*"-t feed.journal -p 0 -o 40"*) echo 41 ;;
      esac
      """
    #expect(try shell("brokers_stuck feed-0", logs: Self.logs, kcat: kcat) == "feed.journal-0 40 41\n")
    #expect(try shell("brokers_stuck feed-1", logs: Self.logs, kcat: kcat) == "")
  }

  @Test func `a broker that does not answer is not called stuck`() throws {
    #expect(try shell("brokers_stuck feed-0", logs: Self.logs) == "")
  }
}
