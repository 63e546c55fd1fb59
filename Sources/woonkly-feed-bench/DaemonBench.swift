internal import Daemon
internal import Glibc
import Host
internal import Pipeline
internal import Setup
internal import Telemetry

/// The whole daemon over a log that is already there, until everybody touched has a list and the state is on disk.
struct DaemonBench {
  let broker: BenchBroker
  let log: EventLog

  init(_ broker: BenchBroker, _ log: EventLog) {
    self.broker = broker
    self.log = log
  }

  func run(_ rounds: Int, _ report: inout BenchReport) throws {
    var results: [Round] = []
    var withoutAccounts: [Round] = []
    for number in 0..<rounds {
      results.append(try round(2 * number))
      withoutAccounts.append(try round(2 * number + 1, keepsAccounts: false))
    }
    let base = report.rows.first { $0.name == "consume and decode" }.map { (name: $0.name, median: $0.median) }
    report.add("daemon: Kafka to committed model and lists", results.map(\.eventsPerSecond), "events/s", against: base)
    report.add("daemon: up to the last event's commit", results.map(\.eventsPerSecondToFold), "events/s", against: base)
    let whole = report.rows.suffix(2).map { (name: "with them", median: $0.median) }
    let bare = "daemon: without digest, hashes and journal"
    report.add(bare, withoutAccounts.map(\.eventsPerSecond), "events/s", against: whole[0])
    report.add(
      "\(bare), up to the last commit", withoutAccounts.map(\.eventsPerSecondToFold), "events/s", against: whole[1])
    report.add("daemon: lists published", results.map(\.lists), "lists")
    let loop = results.map(\.loopMicroseconds)
    report.add("daemon: processor time of the loop's thread", loop, "us/event")
    report.add(
      "daemon: processor time of all threads\(broker.isEmbedded ? ", the broker's too" : "")",
      results.map(\.processorMicroseconds), "us/event")
    report.add("daemon: on a core that the loop has to itself", loop.map { 1e6 / $0 }, "events/s")
    for phase in Phase.allCases {
      report.add("daemon: \(phase.rawValue)", results.map { $0.shares[phase] ?? 0 }, "% of the loop")
    }
  }

  private struct Round {
    var eventsPerSecond = 0.0
    var eventsPerSecondToFold = 0.0
    var lists = 0.0
    var loopMicroseconds = 0.0
    var processorMicroseconds = 0.0
    var shares: [Phase: Double] = [:]
  }

  private func round(_ number: Int, keepsAccounts: Bool = true) throws -> Round {
    let directory = try BenchDirectory()
    var configuration = broker.configuration(round: number)
    configuration.stateDirectory = directory.path
    try broker.createTopics(configuration.topics)
    let service = try Service(
      configuration, finishesAtEnd: true, checksTopics: !broker.isEmbedded, keepsAccounts: keepsAccounts,
      metrics: ServiceMetrics(), logger: Logger(level: .error))
    let clock = PhaseClock()
    service.loop.phases = clock
    let events = log.interactions.count
    let (loopBefore, processBefore) = (ProcessorTime.thread, ProcessorTime.process)
    let start = SystemClock.monotonicNanoseconds()
    var foldedAt: Int64?
    try service.run(until: { false }) { _ in
      if foldedAt == nil, service.loop.statistics.counts.learned + service.loop.statistics.counts.notLearned >= events {
        foldedAt = SystemClock.monotonicNanoseconds()
      }
    }
    let end = SystemClock.monotonicNanoseconds()
    clock.enter(.outside)
    let statistics = service.loop.statistics
    guard statistics.counts.records == events + log.catalog.count else {
      throw Incomplete(
        description: "the daemon folded \(statistics.counts.records) of \(events + log.catalog.count) records")
    }
    return Round(
      eventsPerSecond: Double(events) * 1e9 / Double(end - start),
      eventsPerSecondToFold: Double(events) * 1e9 / Double((foldedAt ?? end) - start),
      lists: Double(statistics.listsPublished),
      loopMicroseconds: (ProcessorTime.thread - loopBefore) * 1e6 / Double(events),
      processorMicroseconds: (ProcessorTime.process - processBefore) * 1e6 / Double(events),
      shares: clock.shares)
  }

  private struct Incomplete: Error, CustomStringConvertible {
    let description: String
  }
}

/// Adds up how long the loop is in each phase.
final class PhaseClock: PhaseObserver {
  private var phase = Phase.outside
  private var since = SystemClock.monotonicNanoseconds()
  private var nanoseconds: [Phase: Int64] = [:]

  func enter(_ phase: Phase) {
    let now = SystemClock.monotonicNanoseconds()
    nanoseconds[self.phase, default: 0] += now - since
    (self.phase, since) = (phase, now)
  }

  /// In percent.
  var shares: [Phase: Double] {
    let total = Double(nanoseconds.values.reduce(0, +))
    return nanoseconds.mapValues { Double($0) * 100 / total }
  }
}

/// A state directory that goes away with the value.
final class BenchDirectory {
  let path: String

  init() throws {
    var template = Array("/tmp/woonkly-feed-bench.XXXXXX".utf8CString)
    // SAFETY: mkdtemp changes the terminated template in place and returns it, or nil.
    guard unsafe mkdtemp(&template) != nil else { throw SystemError("mkdtemp", "/tmp", code: errno) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    // SAFETY: the path is one word made above.
    unsafe _ = system("rm -rf \(path)")
  }
}
