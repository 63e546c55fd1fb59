import Foundation
import Testing

/// The rooms and their arrows, held against what the sources import.
@Suite struct ArchitectureTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private static let rooms = [
    "Settings", "Kafka", "FeedEvents", "Checkpoints", "Learning", "Retrieval", "Pipeline", "Evaluation", "Telemetry",
    "Host", "Setup", "Daemon",
  ]

  /// What each room may import of ours. No room is in its own closure: the arrows have one direction.
  private static let allowed: [String: Set<String>] = [
    "Settings": [],
    "Kafka": ["CRdKafka"],
    "FeedEvents": ["CSimdjson"],
    "Checkpoints": ["CXXHash"],
    "Learning": ["Settings", "Checkpoints", "CXXHash", "CMemory"],
    "Retrieval": ["CMemory"],
    "Pipeline": ["Settings", "FeedEvents", "Learning", "Retrieval", "Checkpoints", "CXXHash"],
    "Evaluation": ["FeedEvents", "Learning", "Pipeline"],
    "Telemetry": [],
    "Host": ["Checkpoints", "CMicroHTTPD"],
    "Setup": ["Settings", "Pipeline", "Telemetry", "Host", "CYaml"],
    "Daemon": [
      "Settings", "Kafka", "FeedEvents", "Learning", "Retrieval", "Checkpoints", "Pipeline", "Evaluation", "Telemetry",
      "Host", "Setup",
    ],
  ]

  /// Rooms without I/O, clock, threads or Foundation: everything outside comes in as parameters.
  private static let pure: Set<String> = [
    "Settings", "FeedEvents", "Checkpoints", "Learning", "Retrieval", "Pipeline",
  ]

  private static func sources(of room: String) throws -> [URL] {
    let folder = root.appending(path: "Sources/\(room)")
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    let found = files?.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" } ?? []
    try #require(!found.isEmpty, "no sources in \(folder.path)")
    return found
  }

  private static func imports(in file: URL) throws -> [String] {
    try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard let keyword = words.firstIndex(of: "import"), keyword <= 2, words.count > keyword + 1,
        words[..<keyword].allSatisfy({
          ["public", "package", "internal", "private", "@testable", "@preconcurrency"].contains($0)
        })
      else { return nil }
      return String(words.last!.split(separator: ".")[0])
    }
  }

  @Test(arguments: rooms) func `a room imports only what it may`(room: String) throws {
    for file in try Self.sources(of: room) {
      for module in try Self.imports(in: file) {
        if Self.rooms.contains(module) || module.hasPrefix("C") && module != "Combine" {
          #expect(Self.allowed[room]!.contains(module), "\(file.lastPathComponent) of \(room) imports \(module)")
        }
        if Self.pure.contains(room) {
          #expect(
            !["Foundation", "FoundationEssentials", "Glibc", "Dispatch", "Synchronization"].contains(module),
            "\(file.lastPathComponent) of \(room) imports \(module)")
        }
        #expect(module != "Foundation", "\(file.lastPathComponent) of \(room) imports Foundation, 60 MB of it")
      }
    }
  }

  @Test func `the arrows have one direction`() {
    func reaches(_ from: String, _ to: String) -> Bool {
      (Self.allowed[from] ?? []).contains { $0 == to || reaches($0, to) }
    }
    for room in Self.rooms { #expect(!reaches(room, room), "\(room) leads back to itself") }
  }

  @Test func `only Kafka talks to librdkafka`() throws {
    for room in Self.rooms where room != "Kafka" {
      for file in try Self.sources(of: room) {
        #expect(try !Self.imports(in: file).contains("CRdKafka"), "\(file.lastPathComponent)")
      }
    }
  }

  @Test func `the check notices an import that is not allowed`() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "woonkly-import-\(UUID()).swift")
    try "public import Kafka\n@testable import Glibc\nimport struct Foundation.URL\n".write(
      to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    #expect(try Self.imports(in: file) == ["Kafka", "Glibc", "Foundation"])
  }
}
