import Foundation
import Testing

/// The program itself, run as a user would.
final class DaemonProcess {
  private let process = Process()
  private let log: URL

  /// Starts it with these arguments.
  init(_ arguments: [String], directory: URL) throws {
    log = directory.appending(path: "daemon-\(UUID().uuidString).log")
    try Data().write(to: log)
    process.executableURL = URL(filePath: try #require(TestEnvironment.program))
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: log)
    try process.run()
  }

  var isRunning: Bool { process.isRunning }
  var errors: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

  func kill(_ signal: Int32) { Foundation.kill(process.processIdentifier, signal) }

  /// Waits for the end; nil when it takes longer than `seconds`.
  func status(within seconds: Double) -> Int32? {
    let deadline = Date().addingTimeInterval(seconds)
    while process.isRunning, Date() < deadline { usleep(5_000) }
    guard !process.isRunning else { return nil }
    return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
  }

  deinit { if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) } }
}
