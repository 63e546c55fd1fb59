internal import Glibc
internal import Host
internal import Kafka
internal import Setup
internal import Telemetry

extension Subcommand {
  /// `demo`.
  package static let demo = Subcommand(
    "demo", "see it work: a synthetic social app through the real daemon, live",
    discussion: """
      Starts an embedded Kafka cluster, a synthetic app full of people with planted, drifting tastes, the daemon as
      serve runs it, and a consumer that shows people what is recommended to them. The screen tells how well each event
      was predicted before it was learned, how long a list takes, and how one person's list changes and what it is
      worth. People look mostly at what is recommended to them, so hits are more frequent than on other people's logs.
      In a terminal the picture is drawn over itself; otherwise there is a line a second. Nothing is left behind.
      """,
    options: [duration, rate, seed, demoPort]
  ) { invocation in
    try Demo(
      seconds: invocation.arguments.integer(duration.name, in: 1...86_400),
      eventsPerSecond: invocation.arguments.integer(rate.name, in: 1...50_000) ?? 500,
      seed: UInt64(invocation.arguments.integer(seed.name, in: 0...Int.max) ?? 1),
      httpPort: invocation.arguments.integer(demoPort.name, in: 0...65_535) ?? 0
    ).run(invocation)
  }

  private static let duration = CommandOption(
    "--duration", takes: "SECONDS", "end after so long; otherwise Ctrl-C ends it")
  private static let rate = CommandOption("--events-per-second", takes: "N", "how much happens; 500 unless given")
  private static let seed = CommandOption("--seed", takes: "N", "everything synthetic follows from it; 1 unless given")
  private static let demoPort = CommandOption(
    "--http-port", takes: "N", "port of the daemon's health and metrics; 0, off, unless given")
}

/// The demo's threads and how they end: the crowd first, then the daemon with what it has in hand, then the reader.
struct Demo {
  /// Partitions of each topic.
  static let partitions = 4
  /// Ranking looks at every item; above so many events a second only some events are ranked.
  static let rankedPerSecond = 2_000
  /// In a terminal a picture is up to so old, elsewhere a line.
  static let pictureNanoseconds: Int64 = 250_000_000
  static let lineNanoseconds: Int64 = 1_000_000_000
  /// The reader hears of the last lists within this time.
  static let lastListsMicroseconds: UInt32 = 300_000

  let seconds: Int?
  let eventsPerSecond: Int
  let seed: UInt64
  let httpPort: Int

  func run(_ invocation: Invocation) throws -> ExitStatus {
    let board = DemoBoard()
    // Before any other thread begins: it blocks the signals, and threads inherit that.
    let signals = try Signals { board.interrupt() }
    defer { signals.stop() }
    let directory = try DemoStateDirectory(environment: invocation.environment)
    let cluster = try EmbeddedCluster()
    let configuration = try configuration(cluster, stateDirectory: directory.path)
    let metrics = ServiceMetrics()
    let server = try httpPort == 0 ? nil : serve(metrics)
    defer { server?.stop() }
    let introduction = introduction(cluster, configuration)
    invocation.output(introduction)

    let threads = try threads(configuration, metrics, board, errors: invocation.errors)
    // Pictures are for whoever sits at a terminal that can draw them.
    let draws = isatty(STDOUT_FILENO) == 1 && ![nil, "dumb"].contains(invocation.environment["TERM"])
    let isServing = board.waitForService()
    let started = SystemClock.monotonicNanoseconds()
    if isServing { show(board, draws: draws, output: invocation.output) }
    let elapsed = Double(SystemClock.monotonicNanoseconds() - started) / 1e9
    board.stop()
    threads.crowd.join()
    threads.daemon.join()
    if board.failure == nil { usleep(Self.lastListsMicroseconds) }
    board.end()
    threads.reader.join()
    if let failure = board.failure { throw failure }
    invocation.output(DemoScreen.summary(board.frame, seconds: elapsed))
    // The cluster lives until its last client is gone.
    withExtendedLifetime(cluster) {}
    return .success
  }

  /// Shows what goes on until it is over.
  private func show(_ board: DemoBoard, draws: Bool, output: (String) -> Void) {
    var screen = DemoScreen()
    let started = SystemClock.monotonicNanoseconds()
    let end = seconds.map { started + Int64($0) * 1_000_000_000 } ?? .max
    var next = started
    while next < end {
      next = min(end, next + (draws ? Self.pictureNanoseconds : Self.lineNanoseconds))
      guard board.pause(until: next) else { return }
      let elapsed = Int((SystemClock.monotonicNanoseconds() - started) / 1_000_000_000)
      output(draws ? screen.redraw(board.frame, seconds: elapsed) : DemoScreen.line(board.frame, seconds: elapsed))
    }
  }

  // MARK: Parts

  private func configuration(_ cluster: EmbeddedCluster, stateDirectory: String) throws -> Configuration {
    var configuration = Configuration()
    configuration.kafka.bootstrapServers = cluster.bootstrapServers
    // An embedded broker sleeps through every fetch that finds nothing.
    configuration.kafka.properties.set("fetch.wait.max.ms", "10")
    configuration.topics.partitions = Self.partitions
    configuration.stateDirectory = stateDirectory
    configuration.http.port = httpPort
    let topics = configuration.topics
    for topic in [topics.interactions, topics.items, topics.recommendations, topics.deadLetter] {
      try cluster.createTopic(topic, partitions: Int32(Self.partitions))
    }
    try cluster.createTopic(topics.journal, partitions: 1)
    return configuration
  }

  private func serve(_ metrics: ServiceMetrics) throws(Failure) -> HTTPServer {
    do throws(SystemError) {
      return try HTTPServer(address: "127.0.0.1", port: UInt16(httpPort), routes: metrics.routes)
    } catch {
      throw Failure(.configuration, "--http-port \(httpPort) cannot be listened on: \(error)")
    }
  }

  private func introduction(_ cluster: EmbeddedCluster, _ configuration: Configuration) -> String {
    """
    An embedded Kafka cluster at \(cluster.bootstrapServers); look into it from another terminal:
      kcat -b \(cluster.bootstrapServers) -t \(configuration.topics.recommendations) -C -o end -u
    \(eventsPerSecond) events a second, seed \(seed). \(seconds.map { "Ends after \($0) s." } ?? "Ctrl-C ends it.")

    """
  }

  private func threads(
    _ configuration: Configuration, _ metrics: ServiceMetrics, _ board: DemoBoard,
    errors: @escaping @Sendable (String) -> Void
  ) throws -> (crowd: NamedThread, daemon: NamedThread, reader: NamedThread) {
    let properties = try Kafka.KafkaProperties(configuration)
    let crowd = DemoCrowd(
      properties: properties, topics: configuration.topics, eventsPerSecond: eventsPerSecond, seed: seed, board: board)
    let daemon = DemoDaemon(
      configuration: configuration, rankingInterval: 1 + eventsPerSecond / Self.rankedPerSecond, metrics: metrics,
      // Warnings would be written into the picture, and the embedded cluster is no place for them.
      logger: Logger(level: .error, write: errors), board: board)
    let reader = DemoReader(
      properties: properties, topic: configuration.topics.recommendations, partitions: Self.partitions, board: board)
    return (
      try NamedThread(name: "crowd") { crowd.run() }, try NamedThread(name: "daemon") { daemon.run() },
      try NamedThread(name: "reader") { reader.run() }
    )
  }
}
