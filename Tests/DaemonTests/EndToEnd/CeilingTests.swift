import Foundation
import Testing

/// The memory ceiling that is printed at the start, as the limit of a control group.
@Suite(
  .timeLimit(.minutes(5)),
  .enabled(if: TestEnvironment.brokers != nil, "set WOONKLY_TEST_BROKERS to a real Kafka"),
  .enabled(if: TestEnvironment.program != nil, "build the program first"))
struct CeilingTests {
  /// As automake's: this machine cannot tell.
  private static let skipped: Int32 = 77

  @Test func `the daemon stays under its ceiling while every event brings new ids, and goes on after a stop`() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let process = Process()
    process.executableURL = root.appending(path: "Deploy/ceiling.sh")
    // More than the script's budgets of 50,000 rows hold, in each of its two halves.
    process.arguments = ["120000"]
    var environment = ProcessInfo.processInfo.environment
    environment["WOONKLY_TEST_BROKERS"] = TestEnvironment.brokers
    environment["WOONKLY_TEST_PROGRAM"] = TestEnvironment.program
    process.environment = environment
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    if process.terminationStatus == Self.skipped {
      try Test.cancel("this machine cannot limit a group's memory: \(text)")
    }
    #expect(process.terminationStatus == 0 && text.contains("the ceiling held"), "\(text)")
    #expect(text.contains("evicted     60000 users, 60000 items"), "\(text)")
  }
}
