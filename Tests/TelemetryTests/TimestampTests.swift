import Glibc
import Telemetry
import Testing

@Suite struct TimestampTests {
  @Test func `known moments`() {
    #expect(Timestamp.rfc3339(milliseconds: 0) == "1970-01-01T00:00:00.000Z")
    #expect(Timestamp.rfc3339(milliseconds: -1) == "1969-12-31T23:59:59.999Z")
    #expect(Timestamp.rfc3339(milliseconds: 951_782_400_007) == "2000-02-29T00:00:00.007Z")
    #expect(Timestamp.rfc3339(milliseconds: 4_107_542_400_000) == "2100-03-01T00:00:00.000Z")
  }

  @Test func `agrees with the C library from year 1 to 9999`() {
    let seed: UInt64 = 7
    var random = SplitMix(seed)
    for _ in 0..<20_000 {
      let milliseconds = Int64.random(in: -62_135_596_800_000...253_402_300_799_999, using: &random)
      var seconds = time_t((milliseconds - (milliseconds % 1_000 + 1_000) % 1_000) / 1_000)
      // SAFETY: both are locals; the zone's name in the second one is not read.
      var parts = unsafe tm()
      unsafe gmtime_r(&seconds, &parts)
      func pad(_ value: Int32, _ width: Int) -> String {
        String(repeating: "0", count: max(0, width - "\(value)".count)) + "\(value)"
      }
      let expected =
        unsafe "\(pad(parts.tm_year + 1_900, 4))-\(pad(parts.tm_mon + 1, 2))-\(pad(parts.tm_mday, 2))T"
        + "\(pad(parts.tm_hour, 2)):\(pad(parts.tm_min, 2)):\(pad(parts.tm_sec, 2))"
      #expect(Timestamp.rfc3339(milliseconds: milliseconds).hasPrefix(expected), "seed \(seed), \(milliseconds)")
    }
  }

  @Test func `the clocks go on`() {
    let before = SystemClock.monotonicNanoseconds()
    #expect(SystemClock.monotonicNanoseconds() >= before)
    #expect(SystemClock.wallMilliseconds() > 1_700_000_000_000)
  }
}
