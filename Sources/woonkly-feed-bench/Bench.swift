internal import Daemon
internal import Glibc

/// Measures the whole and its parts in one run, so that the ratios hold on whatever machine it runs on.
enum Bench {
  static func run(_ arguments: [String]) -> Int32 {
    let options: BenchOptions
    do {
      guard let parsed = try BenchOptions(arguments) else {
        print(BenchOptions.usage)
        return ExitStatus.success.rawValue
      }
      options = parsed
    } catch {
      note("woonkly-feed-bench: \(error)\n\(BenchOptions.usage)")
      return ExitStatus.usage.rawValue
    }
    do {
      var report = BenchReport(options)
      let log = EventLog(events: options.events)
      try measure(log, options, &report)
      print(options.isJSON ? report.json : report.table)
      return ExitStatus.success.rawValue
    } catch {
      note("woonkly-feed-bench: \(error)")
      return ExitStatus.internalError.rawValue
    }
  }

  private static func measure(_ log: EventLog, _ options: BenchOptions, _ report: inout BenchReport) throws {
    if options.parts.contains(.decode) { DecodeBench(log).run(options.rounds, &report) }
    if options.parts.contains(.learn) { LearningBench(log).run(options.rounds, &report) }
    if options.parts.contains(.lists) { ListsBench().run(options.rounds, &report) }
    guard !options.parts.isDisjoint(with: [.consume, .daemon]) else { return }
    let broker = try BenchBroker(options, log)
    note("sending \(log.interactions.count) events and \(log.catalog.count) items to \(broker.bootstrapServers)")
    try broker.send(log)
    if options.parts.contains(.consume) { try ConsumeBench(broker, log).run(options.rounds, &report) }
    if options.parts.contains(.daemon) { try DaemonBench(broker, log).run(options.rounds, &report) }
  }

  /// Progress goes to standard error: results alone go to standard output.
  static func note(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    // SAFETY: the buffer lives for the call, and write(2) reads no more than the count given.
    _ = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
