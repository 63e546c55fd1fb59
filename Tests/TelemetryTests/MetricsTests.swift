import Telemetry
import Testing

@Suite struct MetricsTests {
  @Test func `what is counted is what a scraper reads`() throws {
    let metrics = Metrics()
    let folded = metrics.counter("woonkly_feed_folded_records_total", "Records folded into the model.")
    let lag = metrics.gauges("woonkly_feed_lag_records", "Records behind.", by: "topic", "partition")
    metrics.gauge("woonkly_feed_uptime_seconds", "Since start.") { 2.5 }
    let delay = metrics.histogram("woonkly_feed_list_delay_seconds", "Event to list.", bounds: [0.1, 1])
    folded.increment()
    folded.increment(by: 41)
    lag["woonkly.interactions", "3"].set(7)
    lag["woonkly.interactions", "3"].set(9)
    for value in [0.05, 0.1, 0.5, 3] { delay.record(value) }

    let read = try ExpositionParser(metrics.exposition())
    #expect(read.value("woonkly_feed_folded_records_total") == 42)
    #expect(read.value("woonkly_feed_lag_records", ["topic": "woonkly.interactions", "partition": "3"]) == 9)
    #expect(read.value("woonkly_feed_uptime_seconds") == 2.5)
    #expect(read.value("woonkly_feed_list_delay_seconds_bucket", ["le": "0.1"]) == 2)
    #expect(read.value("woonkly_feed_list_delay_seconds_bucket", ["le": "1"]) == 3)
    #expect(read.value("woonkly_feed_list_delay_seconds_bucket", ["le": "+Inf"]) == 4)
    #expect(read.value("woonkly_feed_list_delay_seconds_count") == 4)
    #expect(read.value("woonkly_feed_list_delay_seconds_sum") == 3.65)
    #expect(read.types["woonkly_feed_list_delay_seconds"] == "histogram")
    #expect(read.help["woonkly_feed_lag_records"] == "Records behind.")
  }

  @Test(arguments: ["", "plain", "a\"b", "back\\slash", "two\nlines", "\\n", "смотреть", "e\u{301}", "}", " ", ","])
  func `any label value comes back as it was`(value: String) throws {
    let metrics = Metrics()
    metrics.counters("woonkly_feed_skipped_records_total", "Skipped.", by: "type")[value].increment()
    let read = try ExpositionParser(metrics.exposition())
    #expect(read.samples.map { $0.labels["type"].map { Array($0.utf8) } } == [Array(value.utf8)])
  }

  @Test func `a family past its limit counts under other`() throws {
    let metrics = Metrics()
    let skipped = metrics.counters("woonkly_feed_skipped_records_total", "Skipped.", by: "type")
    for index in 0..<1_000 { skipped["type-\(index)"].increment() }
    skipped["type-63"].increment()
    let read = try ExpositionParser(metrics.exposition())
    #expect(read.samples.count == 65)
    #expect(read.value("woonkly_feed_skipped_records_total", ["type": "other"]) == 936)
    #expect(read.value("woonkly_feed_skipped_records_total", ["type": "type-63"]) == 2)
  }

  @Test func `a closed set shows its zeros`() throws {
    let metrics = Metrics()
    let rejected = metrics.counters(
      "woonkly_feed_rejected_records_total", "Rejected.", by: "reason", over: ["malformed", "late"])
    rejected["late"].increment()
    let read = try ExpositionParser(metrics.exposition())
    #expect(read.value("woonkly_feed_rejected_records_total", ["reason": "malformed"]) == 0)
    #expect(read.value("woonkly_feed_rejected_records_total", ["reason": "late"]) == 1)
  }

  @Test func `numbers without digits are spelled as Prometheus spells them`() throws {
    let metrics = Metrics()
    let gauge = metrics.gauge("woonkly_feed_example_ratio", "Example.")
    gauge.set(.infinity)
    #expect(metrics.exposition().hasSuffix(" +Inf\n"))
    gauge.set(-.infinity)
    #expect(metrics.exposition().hasSuffix(" -Inf\n"))
    gauge.set(.nan)
    #expect(metrics.exposition().hasSuffix(" NaN\n"))
  }

  @Test func `the process shows what it uses`() throws {
    let metrics = Metrics()
    metrics.registerProcess(version: "1.2.3")
    let read = try ExpositionParser(metrics.exposition())
    let resident = try #require(read.value("woonkly_feed_resident_memory_bytes"))
    #expect((1_000_000...64e9).contains(resident))
    #expect(resident <= Double(ProcessUsage.now().peakResidentBytes) * 1.1)
    #expect(try #require(read.value("woonkly_feed_cpu_seconds_total")) > 0)
    #expect(read.value("woonkly_feed_build_info", ["version": "1.2.3"]) == 1)
  }

  @Test func `two threads lose no count`() async throws {
    let metrics = Metrics()
    let counter = metrics.counter("woonkly_feed_folded_records_total", "Folded.")
    let delay = metrics.histogram("woonkly_feed_list_delay_seconds", "Delay.")
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<10_000 {
            counter.increment()
            delay.record(0.01)
          }
        }
      }
    }
    #expect(counter.value == 40_000)
    #expect(delay.snapshot.count == 40_000)
  }

  @Test func `a name that breaks the rules traps`() async {
    await #expect(processExitsWith: .failure) { _ = Metrics().counter("woonkly_feed_records", "No total.") }
    await #expect(processExitsWith: .failure) { _ = Metrics().gauge("feed_lag_records", "No prefix.") }
    await #expect(processExitsWith: .failure) { _ = Metrics().gauge("woonkly_feed_lag-records", "A dash.") }
    await #expect(processExitsWith: .failure) {
      let metrics = Metrics()
      _ = metrics.gauge("woonkly_feed_lag_records", "Once.")
      _ = metrics.gauge("woonkly_feed_lag_records", "Twice.")
    }
  }

  @Test(.enabled(if: Promtool.path != nil, "promtool is not installed"))
  func `promtool has nothing to complain about`() throws {
    let metrics = Metrics()
    metrics.counter("woonkly_feed_folded_records_total", "Records folded into the model.").increment(by: 3)
    metrics.counters("woonkly_feed_skipped_records_total", "Skipped \\ by\ntype.", by: "type")["a\"b\\c\nd"].increment()
    metrics.histogram("woonkly_feed_list_delay_seconds", "Event to list.").record(0.07)
    metrics.registerProcess(version: "1.2.3")
    #expect(try Promtool.check(metrics.exposition()) == 0)
  }
}
