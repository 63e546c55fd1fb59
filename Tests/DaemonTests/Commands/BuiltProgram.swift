import FeedEvents
import Foundation
import Testing

/// The built program as a child process. `WOONKLY_TEST_PROGRAM` may name another one than that beside the tests.
struct BuiltProgram {
  static let path: String? = ProcessInfo.processInfo.environment["WOONKLY_TEST_PROGRAM"] ?? Binary.path

  /// Runs it to its end.
  static func run(_ arguments: String...) throws -> (status: Int32, output: String, errors: String) {
    let program = try BuiltProgram(arguments)
    let status = try program.end()
    return (status, program.output, program.errors)
  }

  private let process = Process()
  private let directory: TemporaryDirectory

  /// Starts it.
  init(_ arguments: [String]) throws {
    directory = try TemporaryDirectory()
    process.executableURL = URL(filePath: try #require(Self.path))
    process.arguments = arguments
    process.environment = [:]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: try directory.file("output", "")))
    process.standardError = try FileHandle(forWritingTo: URL(filePath: try directory.file("errors", "")))
    try process.run()
  }

  /// What it has written to standard output so far.
  var output: String { text("output") }
  /// What it has written to standard error so far.
  var errors: String { text("errors") }

  private func text(_ name: String) -> String {
    (try? String(contentsOfFile: "\(directory.path)/\(name)", encoding: .utf8)) ?? ""
  }

  /// Sends SIGINT.
  func interrupt() {
    process.interrupt()
  }

  /// Sends SIGTERM.
  func terminate() {
    process.terminate()
  }

  /// Waits until standard output has `count` lines; false after a minute.
  func hasLines(_ count: Int) -> Bool {
    until { output.utf8.count { $0 == UInt8(ascii: "\n") } >= count }
  }

  /// Waits for the end, at most a minute, and returns the exit code, or the signal as a negative number.
  func end() throws -> Int32 {
    guard until(seconds: 60, { !process.isRunning }) else {
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      throw TimedOut(errors: errors)
    }
    return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
  }

  private func until(seconds: Double = 60, _ condition: () -> Bool) -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while !condition() {
      guard ContinuousClock.now < deadline else { return false }
      usleep(10_000)
    }
    return true
  }

  struct TimedOut: Error {
    let errors: String
  }
}

/// A JSON object as a test looks at it.
struct Document {
  let value: JSONValue

  init(_ text: some StringProtocol) throws {
    value = try JSONReader().read(Array(text.utf8))
  }

  init(_ value: JSONValue?) throws {
    self.value = try #require(value)
  }

  /// The names of the fields, in their order.
  var keys: [String] { (value.object ?? []).map { String(decoding: $0.key, as: UTF8.self) } }

  subscript(_ key: String) -> JSONValue? { value[key] }

  func text(_ key: String) -> String? { value[key]?.string.map { String(decoding: $0, as: UTF8.self) } }
}
