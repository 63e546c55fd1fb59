import Foundation
import Testing

/// The script that disturbs the daemon for as long as one likes, for a moment.
@Suite(
  .serialized, .timeLimit(.minutes(5)),
  .enabled(if: TestEnvironment.program != nil, "build the program first"))
struct SoakTests {
  /// Runs it, and returns its exit code with what it printed.
  private func soak(_ options: String...) throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = Deployment.folder.appending(path: "soak.sh")
    process.arguments = options + ["--freeze-seconds", "3", "--program", try #require(TestEnvironment.program)]
    let output = Pipe()
    process.standardOutput = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    print(text)
    return (process.terminationStatus, text)
  }

  @Test(.enabled(if: TestEnvironment.brokers != nil, "set WOONKLY_TEST_BROKERS to a real Kafka"))
  func `killed, frozen beside a successor and stopped under load, the daemon ends with the auditor's digest`() throws {
    let brokers = try #require(TestEnvironment.brokers)
    let (status, text) = try soak("--kills", "4", "--bootstrap-servers", brokers)
    #expect(status == 0, "\(text)")
    #expect(text.contains("verdict: equal"), "\(text)")
    #expect(text.contains("4 disturbances (frozen 1, kill 1, kill-start 1, term 1)"), "\(text)")
  }

  // The broker is frozen and not killed: a single one that is killed at a commit may lose half of it.
  @Test(.enabled(if: TestEnvironment.kafkaHome != nil, "set KAFKA_HOME to a Kafka distribution"))
  func `SIGTERM without a broker ends within 10 seconds, and with 75 it leaves the checkpoints as they are`() throws {
    let (status, text) = try soak("--kills", "1", "--brokers", "1", "--only", "term-frozen")
    #expect(status == 0, "\(text)")
    #expect(text.contains("75: "), "not once was an epoch in hand: \(text)")
  }
}
