internal import FeedEvents
internal import Kafka
internal import Telemetry

/// What a consumer of the lists has seen.
struct DemoListReport: Sendable {
  var lists = 0
  /// From the newest event a list knows of to the list in a consumer's hands, in milliseconds, over the newest
  /// ``DemoReader/recentLists`` lists; nil before the first.
  var delayMedian: Int64?
  var delayP99: Int64?
}

/// A backend as a consumer of the lists: it hands each to the person it is for, and measures how long that took.
struct DemoReader: Sendable {
  /// Delays are those of so many newest lists.
  static let recentLists = 10_000
  static let pollMilliseconds: Int32 = 100
  static let publishingMilliseconds: Int64 = 500

  let properties: KafkaProperties
  let topic: String
  let partitions: Int
  let board: DemoBoard

  func run() {
    do {
      let consumer = try Consumer(properties, group: "woonkly-feed-demo-reader", topics: [topic])
      let all = (0..<Int32(partitions)).map { (TopicPartition(topic, $0), Int64(0)) }
      try consumer.assign(Dictionary(uniqueKeysWithValues: all))
      read(consumer)
    } catch {
      board.fail(Failure(.internalError, "the lists cannot be read: \(error)"))
    }
  }

  private func read(_ consumer: Consumer) {
    let decoder = RecommendationsDecoder()
    var delays = RecentDelays(limit: Self.recentLists)
    var report = DemoListReport()
    var publishedAt: Int64 = 0
    while !board.isEnding {
      var lists: [Recommendations] = []
      _ = consumer.poll(limit: 1_000, timeoutMilliseconds: Self.pollMilliseconds) { record in
        record.withValue { value in
          if let value, let list = try? decoder.decode(value) { lists.append(list) }
        }
      }
      let now = SystemClock.wallMilliseconds()
      for list in lists { delays.record(now - list.basedOn.occurredAt) }
      report.lists += lists.count
      board.deliver(lists)
      guard now - publishedAt >= Self.publishingMilliseconds else { continue }
      publishedAt = now
      (report.delayMedian, report.delayP99) = (delays.quantile(0.5), delays.quantile(0.99))
      board.publish(report)
    }
    (report.delayMedian, report.delayP99) = (delays.quantile(0.5), delays.quantile(0.99))
    board.publish(report)
  }
}

/// The newest delays, in a ring.
struct RecentDelays {
  private let limit: Int
  private var values: [Int64] = []
  private var next = 0

  init(limit: Int) { self.limit = limit }

  mutating func record(_ value: Int64) {
    if values.count < limit {
      values.append(value)
    } else {
      values[next] = value
      next = (next + 1) % limit
    }
  }

  /// The smallest value that the share `rank` of the values does not exceed. O(n log n).
  func quantile(_ rank: Double) -> Int64? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    return sorted[min(sorted.count - 1, Int(rank * Double(sorted.count)))]
  }
}
