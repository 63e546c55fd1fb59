internal import Evaluation
internal import Learning
internal import Pipeline
internal import Setup
internal import Telemetry

/// What the daemon's loop shows of itself.
struct DemoModel: Sendable {
  var eventsPerSecond = 0.0
  var epoch: UInt64 = 0
  var lag: Int64 = 0
  /// Interactions folded, whatever came of them.
  var events = 0
  var learned = 0
  var users = 0
  var items = 0
  var lists = 0
  /// Over the newest ``DemoDaemon/recentEvents`` positive events.
  var recent = Quality()
  /// Since the start.
  var total = Quality()
}

/// The real daemon, on a thread of its own, with a probe that predicts each event before it is learned.
struct DemoDaemon: Sendable {
  /// Quality "now" is measured over so many events.
  static let recentEvents = 10_000
  /// How often the board hears of the loop.
  static let publishingMilliseconds: Int64 = 500

  let configuration: Configuration
  /// One in so many events is ranked against every item.
  let rankingInterval: Int
  let metrics: ServiceMetrics
  let logger: Logger
  let board: DemoBoard

  /// Runs until the board says stop, and leaves a last report there.
  func run() {
    guard board.waitForCatalog() else { return }
    do throws(Failure) {
      let service = try Service(configuration, checksTopics: false, metrics: metrics, logger: logger)
      let probe = PrequentialProbe(rankingInterval: rankingInterval)
      service.loop.probe = probe
      board.wake.set(service.wake)
      board.serving()
      var pace = DemoPace()
      var publishedAt: Int64 = 0
      try service.run(until: { board.isStopping }) { now in
        guard now - publishedAt >= Self.publishingMilliseconds else { return }
        publishedAt = now
        board.publish(report(service, probe, &pace, now))
      }
      board.publish(report(service, probe, &pace, SystemClock.wallMilliseconds()))
    } catch {
      board.fail(error)
    }
  }

  private func report(
    _ service: Service, _ probe: PrequentialProbe, _ pace: inout DemoPace, _ now: Int64
  ) -> DemoModel {
    let statistics = service.loop.statistics
    let counts = service.loop.withRecommender { $0.learner.counts }
    let measured = probe.metrics.count
    let events = statistics.counts.records - statistics.counts.catalog
    pace.note(events, at: now)
    return DemoModel(
      eventsPerSecond: pace.perSecond, epoch: service.loop.currentEpoch, lag: service.lag, events: events,
      learned: statistics.counts.learned, users: counts.users, items: counts.items, lists: statistics.listsPublished,
      recent: probe.metrics.quality(of: max(0, measured - Self.recentEvents)..<measured), total: probe.metrics.all)
  }
}

/// A rate over the last seconds.
struct DemoPace {
  /// So many notes make the window.
  static let noteLimit = 6

  private var notes: [(time: Int64, total: Int)] = []

  mutating func note(_ total: Int, at time: Int64) {
    notes.append((time, total))
    if notes.count > Self.noteLimit { notes.removeFirst() }
  }

  var perSecond: Double {
    guard let first = notes.first, let last = notes.last, last.time > first.time else { return 0 }
    return Double(last.total - first.total) * 1_000 / Double(last.time - first.time)
  }
}
