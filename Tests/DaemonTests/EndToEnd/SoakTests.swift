import Foundation
import Testing

/// The script that disturbs the daemon for as long as one likes, for a moment.
@Suite(
  .timeLimit(.minutes(5)), .enabled(if: TestEnvironment.brokers != nil, "set WOONKLY_TEST_BROKERS to a real Kafka"),
  .enabled(if: TestEnvironment.program != nil, "build the program first"))
struct SoakTests {
  @Test func `disturbed three times under load, the daemon ends with the auditor's digest`() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let process = Process()
    process.executableURL = root.appending(path: "Deploy/soak.sh")
    process.arguments = [
      "--kills", "3", "--freeze-seconds", "3", "--bootstrap-servers", try #require(TestEnvironment.brokers),
      "--program", try #require(TestEnvironment.program),
    ]
    let output = Pipe()
    process.standardOutput = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(text)")
    #expect(text.contains("verdict: equal"), "\(text)")
    print(text)
  }
}
