import Checkpoints
import Foundation
import Testing

/// The program under strace(1), which lets it die in a system call on its state directory, or the call go wrong.
struct TracedDaemon {
  /// What happens to one call.
  enum Fault: String, CaseIterable {
    case kill = "signal=KILL"
    case inputOutputError = "error=EIO"
    case noSpace = "error=ENOSPC"
    case interrupted = "error=EINTR"
    /// The call says that it has done a little, and has done nothing: a disk that lies.
    case pretended = "retval=1"
  }

  /// One call: the `number`th of its name, from 1.
  struct Call: Hashable, CustomStringConvertible {
    let name: String
    let number: Int
    var description: String { "\(name) \(number)" }
  }

  static let isAvailable = FileManager.default.isExecutableFile(atPath: "/usr/bin/strace")

  /// Whatever may touch a file.
  private static let names = [
    "mkdir", "open", "openat", "flock", "fstat", "newfstatat", "getdents64", "read", "pread64", "readv", "write",
    "pwrite64", "writev", "ftruncate", "fsync", "fdatasync", "rename", "renameat", "renameat2", "unlink", "unlinkat",
    "close",
  ]

  /// How it ended; a signal as a negative number.
  let status: Int32
  /// What it logged.
  let errors: String
  /// The calls on the state directory, in their order.
  let calls: [Call]
  /// Whether the fault happened.
  let isInjected: Bool

  /// Runs it to its end.
  init(_ arguments: [String], state: URL, _ fault: Fault? = nil, in call: Call? = nil, directory: URL) throws {
    let (trace, log) = (directory.appending(path: "trace"), directory.appending(path: "traced.log"))
    for file in [trace, log] { try Data().write(to: file) }
    var options = ["-f", "-qq", "-o", trace.path]
    if let fault, let call { options += ["-e", "inject=\(call.name):\(fault.rawValue):when=\(call.number)"] }
    // Only names that this system has: a single unknown one would be refused.
    options += ["-e", "trace=" + Self.names.map { "?" + $0 }.joined(separator: ",")]
    let files = ["lock", CheckpointStore.temporaryName] + CheckpointStore.slotNames
    for path in [state.path] + files.map({ state.appending(path: $0).path }) { options += ["-P", path] }

    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/strace")
    process.arguments = options + [try #require(TestEnvironment.program)] + arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: log)
    try process.run()
    let deadline = Date().addingTimeInterval(60)
    while process.isRunning, Date() < deadline { usleep(5_000) }
    if process.isRunning {
      process.terminate()
      Issue.record("still running after 60 s: \(fault.map { "\($0)" } ?? "") \(call.map { "\($0)" } ?? "")")
    }
    process.waitUntilExit()
    status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    errors = try String(contentsOf: log, encoding: .utf8)

    let lines = try String(contentsOf: trace, encoding: .utf8).split(separator: "\n")
    var counts: [Substring: Int] = [:]
    var calls: [Call] = []
    for line in lines {
      // "PID name(arguments) = result"; what another thread interrupted goes on in a line of its own.
      guard let open = line.firstIndex(of: "("), let space = line.firstIndex(of: " "), space < open else { continue }
      let name = line[space..<open].drop { $0 == " " }
      guard Self.names.contains(String(name)) else { continue }
      counts[name, default: 0] += 1
      calls.append(Call(name: String(name), number: counts[name]!))
    }
    self.calls = calls
    isInjected = status == -SIGKILL || lines.contains { $0.hasSuffix("(INJECTED)") }
  }
}
