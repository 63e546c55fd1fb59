import Synchronization
import Telemetry
import Testing

/// What a logger wrote, and the time it believes in.
private final class Recorder: Sendable {
  private let text = Mutex("")
  let now = Atomic<Int64>(1_795_315_069_113)

  var lines: [String] { text.withLock { $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) } }

  func logger(_ format: LogFormat, _ level: LogLevel = .info) -> Logger {
    Logger(
      format: format, level: level, now: { self.now.load(ordering: .relaxed) },
      write: { line in self.text.withLock { $0 += line } })
  }
}

@Suite struct LoggerTests {
  @Test func `text has time, level, message and values`() {
    let recorder = Recorder()
    recorder.logger(.text).warning(
      "Rejected records", ["kafka.topic": "woonkly.interactions", "count": 3, "share": 0.5, "path": "/var/lib/a b"])
    #expect(
      recorder.lines == [
        "2026-11-22T02:37:49.113Z WARNING Rejected records kafka.topic=woonkly.interactions count=3 share=0.5 "
          + "path=\"/var/lib/a b\"", "",
      ])
  }

  @Test func `json has numbers as numbers and text as text`() {
    let recorder = Recorder()
    recorder.logger(.json).info(
      "Folded an epoch", ["epoch": 12 as Int64, "digest": "00ff", "ratio": Double.nan, "late": false])
    recorder.logger(.json).info("Bare")
    #expect(
      recorder.lines == [
        #"{"time":"2026-11-22T02:37:49.113Z","level":"info","message":"Folded an epoch","#
          + #""attributes":{"epoch":12,"digest":"00ff","ratio":"nan","late":false}}"#,
        #"{"time":"2026-11-22T02:37:49.113Z","level":"info","message":"Bare"}"#, "",
      ])
  }

  @Test(arguments: LogFormat.allCases) func `a value cannot forge a line or steer a terminal`(format: LogFormat) {
    let recorder = Recorder()
    recorder.logger(format).info(
      "Saw", ["id": "a\nERROR forged\r\u{1b}[2J\u{85}\u{2028}\u{7f}\0\"\\", "empty": ""])
    #expect(recorder.lines.count == 2)
    #expect(recorder.lines[0].contains(#""a\nERROR forged\r\u001b[2J\u0085\u2028\u007f\u0000\"\\""#))
    #expect(recorder.lines[0].unicodeScalars.allSatisfy { (0x20...0x7e).contains($0.value) })
  }

  @Test func `a long value is cut between characters`() {
    let recorder = Recorder()
    recorder.logger(.json).info("Saw", ["id": String(repeating: "ü", count: 100_000)])
    #expect(recorder.lines[0].contains("\"" + String(repeating: "ü", count: 512) + "…\""))
  }

  @Test func `below the level nothing is written and nothing evaluated`() {
    let recorder = Recorder()
    let logger = recorder.logger(.text, .warning)
    var evaluated = false
    func expensive() -> String {
      evaluated = true
      return "x"
    }
    logger.info("Quiet", ["value": expensive()])
    logger.debug("Quiet")
    #expect(recorder.lines == [""])
    #expect(!evaluated)
    logger.error("Loud", ["value": expensive()])
    #expect(evaluated)
    #expect(recorder.lines.count == 2)
  }

  @Test func `a message without end is limited, and the rest is counted`() {
    let recorder = Recorder()
    let logger = recorder.logger(.text)
    for _ in 0..<500 { logger.warning("Rejected records") }
    logger.info("Something else")
    #expect(recorder.lines.count == 20 + 1 + 1)
    recorder.now.add(10_000, ordering: .relaxed)
    logger.warning("Rejected records")
    #expect(
      recorder.lines.suffix(3) == [
        "2026-11-22T02:37:59.113Z WARNING Left out repeated lines log.message=\"Rejected records\" count=480",
        "2026-11-22T02:37:59.113Z WARNING Rejected records", "",
      ])
  }

  @Test func `a clock set back does not silence the log`() {
    let recorder = Recorder()
    let logger = recorder.logger(.text)
    for _ in 0..<30 { logger.info("Beat") }
    recorder.now.subtract(86_400_000, ordering: .relaxed)
    logger.info("Beat")
    #expect(recorder.lines.dropLast().last == "2026-11-21T02:37:49.113Z INFO Beat")
  }

  @Test func `lines of several threads stay whole`() async {
    let recorder = Recorder()
    let logger = recorder.logger(.text)
    await withTaskGroup(of: Void.self) { group in
      for thread in 0..<4 {
        group.addTask { for _ in 0..<4 { logger.info("Turn", ["thread": thread]) } }
      }
    }
    #expect(recorder.lines.dropLast().count == 16)
    #expect(recorder.lines.dropLast().allSatisfy { $0.hasPrefix("2026-11-22T02:37:49.113Z INFO Turn thread=") })
  }
}
