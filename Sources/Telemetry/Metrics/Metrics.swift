internal import Synchronization

/// The process' metrics: made once at start, updated by their owners, read by whoever scrapes.
///
///     let metrics = Metrics()
///     let folded = metrics.counter("woonkly_feed_folded_records_total", "Records folded into the model.")
///     folded.increment(by: 4_096)
///     metrics.exposition()
///
/// Names are checked when a metric is made, and a wrong one traps: it is a mistake of the programmer's, found by any test.
public final class Metrics: Sendable {
  /// Every name begins with this.
  public static let prefix = "woonkly_feed_"
  /// The media type of ``exposition()``.
  public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private struct Entry {
    let name: String
    let help: String
    let type: String
    let write: @Sendable (inout Exposition) -> Void
  }

  private let entries = Mutex<[Entry]>([])

  /// A registry without metrics.
  public init() {}

  /// A number that only grows. The name ends in `_total`.
  public func counter(_ name: String, _ help: String) -> Counter {
    let counter = Counter()
    register(name, help, "counter") { $0.sample(name, "\(counter.value)") }
    return counter
  }

  /// Counters told apart by labels; `values` are the ones that show from the start, as zero. Past `limit`: `other`.
  public func counters(
    _ name: String, _ help: String, by labels: String..., over values: [String] = [], limit: Int = 64
  ) -> Family<Counter> {
    let family = Family(labels: labels, limit: max(limit, values.count)) { Counter() }
    register(name, help, "counter", labels: labels) { exposition in
      for (labels, counter) in family.all { exposition.sample(name, "\(counter.value)", labels) }
    }
    for value in values { _ = family.member([value]) }
    return family
  }

  /// A number that goes up and down.
  public func gauge(_ name: String, _ help: String) -> Gauge {
    let gauge = Gauge()
    register(name, help, "gauge") { $0.sample(name, Exposition.number(gauge.value)) }
    return gauge
  }

  /// A number that is read when somebody scrapes, on the scraping thread.
  public func gauge(_ name: String, _ help: String, reading read: @escaping @Sendable () -> Double) {
    register(name, help, "gauge") { $0.sample(name, Exposition.number(read())) }
  }

  /// Memory, processor time and version of this process.
  public func registerProcess(version: String) {
    gauge("woonkly_feed_resident_memory_bytes", "Physical memory in use.") { Double(ProcessUsage.now().residentBytes) }
    register("woonkly_feed_cpu_seconds_total", "Processor time in user and kernel mode.", "counter") {
      $0.sample("woonkly_feed_cpu_seconds_total", Exposition.number(ProcessUsage.now().cpuSeconds))
    }
    let start = Double(SystemClock.wallMilliseconds()) / 1_000
    gauge("woonkly_feed_start_time_seconds", "When this process registered its metrics, since 1970.") { start }
    gauges("woonkly_feed_build_info", "Always 1; the version is in the label.", by: "version")[version].set(1)
  }

  /// Gauges told apart by labels. Past `limit`: `other`.
  public func gauges(_ name: String, _ help: String, by labels: String..., limit: Int = 64) -> Family<Gauge> {
    let family = Family(labels: labels, limit: limit) { Gauge() }
    register(name, help, "gauge", labels: labels) { exposition in
      for (labels, gauge) in family.all { exposition.sample(name, Exposition.number(gauge.value), labels) }
    }
    return family
  }

  /// How values are distributed. `bounds` are the buckets' upper ends, in the unit that the name ends in.
  public func histogram(_ name: String, _ help: String, bounds: [Double] = Distribution.delaySeconds) -> Histogram {
    let histogram = Histogram(bounds: bounds)
    register(name, help, "histogram") { $0.histogram(name, [], histogram.snapshot) }
    return histogram
  }

  /// Everything in Prometheus' text format 0.0.4, in the order of registration.
  public func exposition() -> String {
    let entries = entries.withLock { $0 }
    var exposition = Exposition()
    for entry in entries {
      exposition.header(entry.name, help: entry.help, type: entry.type)
      entry.write(&exposition)
    }
    return exposition.text
  }

  private func register(
    _ name: String, _ help: String, _ type: String, labels: [String] = [],
    write: @escaping @Sendable (inout Exposition) -> Void
  ) {
    precondition(name.hasPrefix(Self.prefix) && Self.isName(name), "\(name) is no name for a metric of ours")
    precondition((type == "counter") == name.hasSuffix("_total"), "\(name): counters, and only they, end in _total")
    precondition(!help.isEmpty, "\(name) needs a line of help")
    precondition(
      labels.allSatisfy { Self.isName($0) && !$0.hasPrefix("__") && $0 != "le" }, "\(name) has a label with a bad name")
    entries.withLock { entries in
      precondition(!entries.contains { $0.name == name }, "\(name) was registered before")
      entries.append(Entry(name: name, help: help, type: type, write: write))
    }
  }

  private static func isName(_ name: String) -> Bool {
    let first = name.utf8.first.map { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
    return first
      && name.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
      }
  }
}
