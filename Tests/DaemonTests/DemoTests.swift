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
    // 400 a second for 6 s, about half of which teach something.
    #expect(try #require(shown.number(after: "learned")) > 500)
    #expect(try #require(shown.number(after: "published")) > 50)
    #expect(output.text.contains("kcat -b 127.0.0.1:"))
    #expect(output.text.split(separator: "\n").count { $0.contains(" s: ") } >= 5)
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

  @Test(.enabled(if: Binary.path != nil, "woonkly-feed is not built beside the tests"), arguments: ["INT", "TERM"])
  func `a signal ends the demo with a summary and status 0`(signal: String) throws {
    let directory = try TemporaryDirectory()
    let output = "\(directory.path)/output"
    // SAFETY: the line becomes a terminated string that lives for the call.
    let result = unsafe system(
      "timeout --preserve-status -s \(signal) 4 '\(Binary.path!)' demo >\(output) 2>&1 </dev/null")
    let text = String(decoding: try BoundedFile.read(output, limitBytes: 1 << 20) ?? [], as: UTF8.self)
    #expect(result >> 8 & 0xff == 0 && result & 0x7f == 0, "\(text)")
    #expect(try #require(DemoOutput(text: text).number(after: "learned"), "\(text)") > 0)
  }
}
