import Daemon
import Glibc
import Host
import Testing

/// What the demo wrote, read back as a person would.
private struct DemoOutput {
  let text: String

  /// The number after a word at the start of some line of the summary.
  func number(after word: String) -> Int? {
    let line = text.split(separator: "\n").last { $0.hasPrefix(word + " ") }
    return line.flatMap { Int($0.dropFirst(word.count + 1).prefix { $0.isNumber }) }
  }
}

@Suite(.serialized, .timeLimit(.minutes(2))) struct DemoTests {
  @Test func `the demo learns, publishes lists that are read, and leaves nothing behind`() throws {
    let directory = try TemporaryDirectory()
    let (output, errors) = (Transcript(), Transcript())
    let status = Program.run(
      ["demo", "--duration", "6", "--events-per-second", "400", "--seed", "7"],
      environment: ["TMPDIR": directory.path], output: output.write, errors: errors.write)
    #expect(status == .success, "\(errors.text)")
    #expect(errors.text.isEmpty)
    let shown = DemoOutput(text: output.text)
    // 400 a second for 6 s, about half of which teach something, less what a busy machine takes to begin.
    #expect(try #require(shown.number(after: "learned")) > 200)
    #expect(try #require(shown.number(after: "published")) > 20)
    #expect(output.text.contains("kcat -b 127.0.0.1:"))
    #expect(output.text.split(separator: "\n").count { $0.contains(" s: ") } >= 3)
    // SAFETY: the path becomes a terminated string that lives for the call.
    #expect(unsafe rmdir(directory.path) == 0, "the state directory is still there")
  }

  @Test func `a rate or a duration that cannot be is a mistake of the command line`() {
    for arguments in [["demo", "--duration", "0"], ["demo", "--events-per-second", "x"], ["demo", "--seed", "-1"]] {
      let errors = Transcript()
      #expect(Program.run(arguments, environment: [:], output: { _ in }, errors: errors.write) == .usage)
      #expect(errors.text.contains("allowed is a whole number"))
    }
  }

  @Test(.enabled(if: BuiltProgram.path != nil, "build the program first"), arguments: ["INT", "TERM"])
  func `a signal ends the demo with a summary and status 0`(signal: String) throws {
    let demo = try BuiltProgram(["demo"])
    // A line a second, once there is something to tell.
    #expect(demo.hasLines(5), "\(demo.output)")
    if signal == "INT" { demo.interrupt() } else { demo.terminate() }
    #expect(try demo.end() == 0, "\(demo.errors)")
    #expect(try #require(DemoOutput(text: demo.output).number(after: "learned"), "\(demo.output)") > 0)
  }
}
