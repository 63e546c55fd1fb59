import Foundation
import Testing

/// Every command of the README, run as it stands there.
@Suite(
  .serialized, .timeLimit(.minutes(5)),
  .enabled(if: TestEnvironment.brokers != nil, "set WOONKLY_TEST_BROKERS to a real Kafka"),
  .enabled(if: TestEnvironment.program != nil, "build the program first"))
struct ReadmeTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The fenced blocks of a language, in order.
  private static func blocks() throws -> [(language: String, text: String)] {
    var blocks: [(String, String)] = []
    var current: (language: String, lines: [Substring])?
    let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    for line in readme.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        if let block = current {
          blocks.append((block.language, block.lines.joined(separator: "\n")))
          current = nil
        } else {
          current = (String(line.dropFirst(3)), [])
        }
      } else {
        current?.lines.append(line)
      }
    }
    return blocks
  }

  private func run(_ executable: String, _ arguments: [String], in directory: URL, path: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: executable)
    process.arguments = arguments
    process.currentDirectoryURL = directory
    var environment = ProcessInfo.processInfo.environment
    environment["BOOTSTRAP"] = TestEnvironment.brokers
    environment["PATH"] = path
    process.environment = environment
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  @Test func `every command of the README does what it says`() throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "woonkly-readme-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let program = URL(filePath: try #require(TestEnvironment.program)).deletingLastPathComponent().path
    let python = directory.appending(path: "python")
    let oldPath = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let path = "\(python.path)/bin:\(program):\(oldPath)"
    try #require(try run("/usr/bin/python3", ["-m", "venv", python.path], in: directory, path: oldPath) == 0)
    let pip = ["-m", "pip", "install", "--quiet", "confluent-kafka"]
    try #require(try run("\(python.path)/bin/python3", pip, in: directory, path: path) == 0)

    let blocks = try Self.blocks()
    #expect(blocks.count { $0.language == "sh" } >= 4 && blocks.count { $0.language == "python" } == 2)
    for block in blocks {
      let status: Int32
      switch block.language {
      case "sh": status = try run("/bin/bash", ["-euo", "pipefail", "-c", block.text], in: directory, path: path)
      case "python": status = try run("\(python.path)/bin/python3", ["-c", block.text], in: directory, path: path)
      default:
        Issue.record("a block of \(block.language) that nobody runs")
        continue
      }
      #expect(status == 0, "\(block.text)")
    }
  }
}
