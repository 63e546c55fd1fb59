import Synchronization
import Telemetry
import Testing

@Suite struct ProgressTests {
  @Test func `half way`() {
    let bar = ProgressBar(unit: "events", total: 10_000_000)
    #expect(
      bar.line(done: 4_700_000, seconds: 4, width: 20)
        == "[=========>          ]   47 %  4,700,000 of 10,000,000 events  1,175,000/s  0:05 left")
  }

  @Test func `the begin, the end, and beyond`() {
    let bar = ProgressBar(total: 100)
    #expect(bar.line(done: 0, seconds: 0, width: 4) == "[>   ]    0 %  0 of 100  0.0/s  0:00")
    #expect(bar.line(done: 99, seconds: 10_000, width: 4) == "[===>]   99 %  99 of 100  0.0/s  1:41 left")
    #expect(bar.line(done: 100, seconds: 3_725, width: 4) == "[====]  100 %  100 of 100  0.0/s  1:02:05")
    #expect(bar.line(done: 250, seconds: 1, width: 4) == "[====]  100 %  250 of 100  250/s  0:01")
  }

  @Test func `without a total there is a count and a rate`() {
    #expect(ProgressBar(unit: "events", total: nil).line(done: 1_234, seconds: 2) == "1,234 events  617/s  0:02")
  }

  @Test func `a terminal is redrawn ten times a second, a log gets a line in ten seconds`() {
    func output(isTerminal: Bool) -> String {
      var text = ""
      withoutActuallyEscaping({ text += $0 }) { write in
        var progress = Progress(ProgressBar(total: 100), now: 0, isTerminal: isTerminal, write: write)
        for step in 1...100 { progress.update(done: step, now: Int64(step) * 250_000_000) }
        progress.finish(done: 100, now: 25_000_000_000)
      }
      return text
    }
    let drawn = output(isTerminal: true)
    #expect(drawn.split(separator: "\r\u{1b}[K").count == 101)
    #expect(drawn.count { $0 == "\n" } == 1)
    let logged = output(isTerminal: false)
    #expect(logged.count { $0 == "\n" } == 3)
    #expect(!logged.contains("\r"))
  }
}
