internal import Glibc
internal import Host
internal import Pipeline
internal import Setup
internal import Telemetry

extension Subcommand {
  /// `serve`.
  package static let serve = Subcommand(
    "serve", "run the daemon: events in, lists out",
    discussion: """
      Reads interactions (and the catalogue) from Kafka, learns from each, and publishes every touched user's new list.
      Missing topics are created where that is allowed. SIGTERM finishes the epoch in hand, writes a checkpoint and ends
      within 10 seconds; started again, it goes on where it was, however it ended.

      Where a start ends because something is missing or differs, it names what --accept would accept:
        gap         records were deleted before they were folded, or folded again: go on without them
        learner     the last epochs are an older learner version's: fold them again with this one
        divergence  the same records give another state than the journal has: go on with this one
      It holds for that start alone, and is journaled with a new era.
      """,
    options: CommandOption.configuration + [exitAtEnd, .accept]
  ) { invocation in
    let accepts = try invocation.arguments.acceptances()
    let configuration = try invocation.configuration().configuration
    let logger = Logger(format: configuration.log.format, level: configuration.log.level)
    // Before any other thread begins: it blocks the signals, and threads inherit that.
    let wake = LateClosure()
    // Until the loop turns there is nothing to finish: a start only reads, and whatever it writes is replaced in one step.
    wake.set {
      logger.info("Stopped while starting")
      _exit(ExitStatus.success.rawValue)
    }
    let signals = try Signals { wake() }
    let notifier = ServiceNotifier(environment: invocation.environment)
    let metrics = ServiceMetrics()
    let server = try server(configuration, metrics, logger)
    defer { server?.stop() }
    let ceiling = MemoryCeiling(configuration)
    logger.info("Starting", ["version": Program.version, "memory_ceiling_bytes": ceiling.bytes])

    let service = try Service(
      configuration, finishesAtEnd: invocation.arguments.has(exitAtEnd.name), accepts: accepts, metrics: metrics,
      logger: logger)
    wake.set(service.wake)
    notifier.ready()
    var summary = SummaryLine(logger: logger)
    try service.run(until: { signals.isStopRequested }) { now in
      notifier.watchdog()
      summary.update(service, now: now)
    }
    notifier.stopping()
    logger.info(
      "Stopped",
      [
        "epoch": Int(service.loop.currentEpoch), "learned": service.loop.statistics.counts.learned,
        "lists": service.loop.statistics.listsPublished,
      ])
    return .success
  }

  private static let exitAtEnd = CommandOption(
    "--exit-at-end", "fold up to the end seen at the start, list everyone touched, write a checkpoint, and end")

  private static func server(
    _ configuration: Configuration, _ metrics: ServiceMetrics, _ logger: Logger
  ) throws -> HTTPServer? {
    guard configuration.http.port > 0 else { return nil }
    do {
      let server = try HTTPServer(
        address: configuration.http.address, port: UInt16(configuration.http.port), routes: metrics.routes)
      logger.info("Serving health and metrics", ["address": configuration.http.address, "port": Int(server.port)])
      return server
    } catch {
      throw Failure(
        .configuration,
        "http.port is \(configuration.http.port), which cannot be listened on: \(error); 0 turns health and metrics off"
      )
    }
  }
}

/// One line of progress in the log every ten seconds in which something happened.
struct SummaryLine {
  static let intervalMilliseconds: Int64 = 10_000

  private let logger: Logger
  private var loggedAt: Int64?
  private var records = 0

  init(logger: Logger) { self.logger = logger }

  mutating func update(_ service: Service, now: Int64) {
    guard let last = loggedAt else {
      loggedAt = now
      return
    }
    guard now - last >= Self.intervalMilliseconds else { return }
    let statistics = service.loop.statistics
    let total = statistics.counts.records
    defer { (loggedAt, records) = (now, total) }
    guard total > records else { return }
    logger.info(
      "Learning",
      [
        "events_per_second": (total - records) * 1_000 / Int(now - last), "epoch": Int(service.loop.currentEpoch),
        "lag": Int(service.lag), "lists": statistics.listsPublished, "owed": service.loop.owedCount,
        "dead_letters": statistics.counts.deadLetters.values.reduce(0, +),
      ])
  }
}
