import Daemon
import Glibc
import Host
import Testing

/// The program as people run it: the built binary that lies beside this test.
enum Binary {
  static let path: String? = {
    var buffer = [UInt8](repeating: 0, count: 4_096)
    // SAFETY: readlink writes at most the count given.
    let count = unsafe buffer.withUnsafeMutableBytes { unsafe readlink("/proc/self/exe", $0.baseAddress!, $0.count) }
    let test = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    let own = (test.hasSuffix(".xctest") ? test : Swift.CommandLine.arguments.first { $0.hasSuffix(".xctest") }) ?? test
    let path = own.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/woonkly-feed"
    return unsafe access(path, X_OK) == 0 ? path : nil
  }()

  /// Runs it to its end with an environment of its own.
  static func run(_ arguments: [String], environment: [String] = []) throws -> (
    status: Int32, output: String, errors: String
  ) {
    let directory = try TemporaryDirectory()
    let (output, errors) = ("\(directory.path)/output", "\(directory.path)/errors")
    let quoted = ([path!] + arguments).map { "'\($0)'" }.joined(separator: " ")
    let line =
      "env -i \(environment.map { "'\($0)'" }.joined(separator: " ")) \(quoted) >\(output) 2>\(errors) </dev/null"
    // SAFETY: the line becomes a terminated string that lives for the call.
    let result = unsafe system(line)
    func text(_ path: String) throws -> String {
      String(decoding: try BoundedFile.read(path, limitBytes: 1 << 20) ?? [], as: UTF8.self)
    }
    // The status as waitpid(2) gives it: the exit code in the second byte, a signal in the first.
    return (result & 0x7f == 0 ? result >> 8 & 0xff : -(result & 0x7f), try text(output), try text(errors))
  }
}

@Suite(.enabled(if: Binary.path != nil, "woonkly-feed is not built beside the tests"))
struct BinaryTests {
  @Test func `results go to standard output, the rest to standard error`() throws {
    #expect(try Binary.run(["--version"]) == (0, "woonkly-feed \(Program.version)\n", ""))
    let help = try Binary.run(["help"])
    #expect(help.status == 0 && help.output.contains("usage:") && help.errors.isEmpty)
    let nothing = try Binary.run([])
    #expect(nothing.status == 64 && nothing.output.isEmpty && nothing.errors.contains("usage:"))
  }

  @Test func `exit codes of a wrong line, a wrong configuration and a right one`() throws {
    #expect(try Binary.run(["nonsense"]).status == 64)
    #expect(try Binary.run(["check-config", "--nonsense"]).status == 64)
    #expect(try Binary.run(["check-config", "--config", "/nowhere/feed.yaml"]).status == 78)
    #expect(try Binary.run(["check-config", "--set", "http.port=x"]).status == 78)
    #expect(try Binary.run(["check-config"], environment: ["WOONKLY_FEED_HTTP__PORT=x"]).status == 78)
    #expect(try Binary.run(["check-config"], environment: ["WOONKLY_FEED_HTTP__PORT=1"]).status == 0)
  }

  @Test func `a mistake in the file is named with its line and column`() throws {
    let directory = try TemporaryDirectory()
    let file = try directory.file("feed.yaml", "log:\n  level: debug\n  fromat: json\n")
    let result = try Binary.run(["check-config", "--config", file])
    #expect(result.status == 78)
    #expect(
      result.errors == "woonkly-feed: \(file):3:3: there is no setting \"log.fromat\", did you mean log.format?\n")
  }

  @Test func `half a result is none`() throws {
    // SAFETY: the line becomes a terminated string that lives for the call.
    let full = unsafe system("'\(Binary.path!)' help >/dev/full 2>/dev/null")
    #expect(full >> 8 == 70)
  }
}
