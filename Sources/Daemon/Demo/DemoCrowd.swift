internal import Evaluation
internal import FeedEvents
internal import Glibc
internal import Kafka
internal import Setup
internal import Telemetry

/// What the crowd shows of itself: how much it did, and how one of it is served.
struct DemoCrowdReport: Sendable {
  var sent = 0
  var people = 0
  var livePosts = 0
  /// How much faster than the wall's the app's time runs.
  var speed = 1.0
  var watched: FollowedList?
  /// What lists are worth on the average.
  var everyone = ListWorth.Average()
}

/// One person's newest list.
struct FollowedList: Sendable {
  struct Entry: Sendable {
    var title: String
    /// Planted, 0...1.
    var affinity: Double
    /// Whether it was not in the list before.
    var isNew: Bool
  }

  var user = ""
  var topics: [String] = []
  var version: Int64 = 0
  /// How many lists the person has had.
  var count = 0
  var entries: [Entry] = []
  /// How many entries the whole list has.
  var length = 0
  /// How many of them were not in the list before.
  var newCount = 0
  /// What it is worth.
  var worth = ListWorth()
}

/// A synthetic app full of people, and the producer that tells Kafka what they do. Lives on one thread.
struct DemoCrowd: Sendable {
  /// People do things in strokes of so much time.
  static let strokeMilliseconds = 10
  static let publishingNanoseconds: Int64 = 500_000_000

  let properties: KafkaProperties
  let topics: Configuration.Topics
  let eventsPerSecond: Int
  let seed: UInt64
  let board: DemoBoard

  /// A few thousand people whose tastes become others within hours, and posts that come and go.
  var parameters: SyntheticParameters {
    var parameters = SyntheticParameters()
    parameters.seed = seed
    parameters.users = 3_000
    parameters.newUsersPerHour = 120
    parameters.posts = 1_500
    parameters.postsPerHour = 300
    parameters.postLifetimeHours = 6
    parameters.sessionsPerHour = 5_000
    parameters.tasteTurnoverDays = 0.5
    // People find things by themselves too: a list that misses somebody's taste must not be all they ever see.
    parameters.recommendedShare = 0.6
    return parameters
  }

  func run() {
    do {
      var app = SyntheticApp(parameters)
      let stream = DemoStream(
        producer: try Producer(properties), topics: topics,
        speed: Double(eventsPerSecond) / Self.naturalRate(app))
      try stream.send(app.advance(to: app.now), of: app)
      try stream.producer.flush(timeoutMilliseconds: 30_000)
      board.catalogIsSent()
      guard board.waitForService() else { return }
      try live(&app, stream)
      try stream.producer.flush(timeoutMilliseconds: 10_000)
    } catch {
      board.fail(Failure(.internalError, "the events cannot be sent: \(error)"))
    }
  }

  /// Events a second of the app's own time, from a rehearsal in a copy of it.
  private static func naturalRate(_ app: SyntheticApp) -> Double {
    var rehearsal = app
    let minute: Int64 = 60_000
    _ = rehearsal.advance(to: app.now + 5 * minute)
    let count = rehearsal.advance(to: app.now + 15 * minute).interactions.count
    return max(1, Double(count) / 600)
  }

  /// Events are sent at the asked rate, whatever the crowd's own: its time runs as fast as that takes.
  private func live(_ app: inout SyntheticApp, _ stream: DemoStream) throws(KafkaError) {
    let start = SystemClock.monotonicNanoseconds()
    var report = DemoCrowdReport(speed: stream.speed)
    var watch = DemoWatch()
    var publishedAt: Int64 = 0
    while !board.isStopping {
      let elapsed = SystemClock.monotonicNanoseconds() - start
      for list in board.takeDeliveries() {
        app.deliver(list: list.items.map(\.itemID), version: list.version, to: list.userID)
        watch.see(list, app: app, titles: stream.titles, now: elapsed)
      }
      watch.choose(now: elapsed)
      let due = Int(Double(elapsed) / 1e9 * Double(eventsPerSecond))
      // A broker that does not keep up slows the crowd down: nobody catches up for more than a stroke of the clock.
      let strokeEnd = SystemClock.monotonicNanoseconds() + 100_000_000
      while report.sent < due, SystemClock.monotonicNanoseconds() < strokeEnd {
        let step = max(1, Int64(Double(Self.strokeMilliseconds) * stream.speed))
        report.sent += try stream.send(app.advance(to: app.now + step), of: app)
      }
      stream.producer.poll()
      if elapsed - publishedAt >= Self.publishingNanoseconds {
        publishedAt = elapsed
        (report.people, report.livePosts) = (app.userCount, app.livePostCount)
        (report.watched, report.everyone) = (watch.list, watch.everyone)
        board.publish(report)
      }
      usleep(UInt32(Self.strokeMilliseconds) * 1_000)
    }
    board.publish(report)
  }
}

/// What happens in the app, on its way into Kafka.
final class DemoStream {
  let producer: Producer
  let topics: Configuration.Topics
  /// The app's time runs so much faster than the wall's.
  let speed: Double
  /// By item.
  private(set) var titles: [[UInt8]: String] = [:]

  init(producer: Producer, topics: Configuration.Topics, speed: Double) {
    self.producer = producer
    self.topics = topics
    self.speed = speed
  }

  /// Sends it as if it happened now; returns the number of interactions.
  @discardableResult
  func send(_ activity: SyntheticApp.Activity, of app: SyntheticApp) throws(KafkaError) -> Int {
    for var item in activity.catalog {
      titles[item.itemID] = item.title.map { String(decoding: $0, as: UTF8.self) }
      item.created = item.created.map { wall($0, of: app) }
      item.expires = item.expires.map { wall($0, of: app) }
      try producer.send(topic: topics.items, key: item.itemID, value: item.encoded())
    }
    let now = SystemClock.wallMilliseconds()
    for var interaction in activity.interactions {
      interaction.occurredAt = now
      try producer.send(topic: topics.interactions, key: interaction.userID, value: interaction.encoded())
    }
    return activity.interactions.count
  }

  /// A moment of the app's time, seen from now.
  private func wall(_ time: Int64, of app: SyntheticApp) -> Int64 {
    SystemClock.wallMilliseconds() + Int64(Double(time - app.now) / speed)
  }
}
