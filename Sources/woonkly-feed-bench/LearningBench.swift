internal import Pipeline

/// The fold alone: records in memory, no broker, no lists.
struct LearningBench {
  let log: EventLog

  init(_ log: EventLog) { self.log = log }

  func run(_ rounds: Int, _ report: inout BenchReport) {
    let whole = report.add(
      "fold: decode and learn, 50,000 records an epoch",
      (0..<rounds).map { _ in rate(epochRecords: 50_000) }, "events/s")
    report.add(
      "fold: the same, 1,000 records an epoch", (0..<rounds).map { _ in rate(epochRecords: 1_000) }, "events/s",
      against: ("50,000 an epoch", whole))
  }

  private func rate(epochRecords: Int) -> Double {
    let buffers = stride(from: 0, to: log.interactions.count, by: epochRecords).map { start in
      let end = min(start + epochRecords, log.interactions.count)
      return (
        Self.buffer(
          log.interactions[start..<end], input: 1, from: [Int64(log.catalog.count), Int64(start)]), Int64(end)
      )
    }
    var recommender = Self.recommender(knowing: log)
    var learned = 0
    let time = seconds {
      for (buffer, end) in buffers {
        learned += recommender.fold(buffer, to: [Int64(log.catalog.count), end]).counts.learned
      }
    }
    precondition(learned > log.interactions.count / 2, "only \(learned) events were learned")
    return Double(log.interactions.count) / time
  }

  /// A model that knows the log's catalog and nothing else.
  static func recommender(knowing log: EventLog) -> Recommender {
    let inputs = [
      InputPartition(role: .catalog, topic: "items", partition: 0),
      InputPartition(role: .interactions, topic: "interactions", partition: 0),
    ]
    var recommender = Recommender(
      configuration: JournaledConfiguration(), positions: inputs.map { InputPosition(input: $0, next: 0) })
    let items = buffer(log.catalog[...], input: 0, from: [0, 0])
    _ = recommender.fold(items, to: [Int64(log.catalog.count), 0])
    return recommender
  }

  static func buffer(_ records: ArraySlice<EventLog.Record>, input: Int, from offsets: [Int64]) -> RecordBuffer {
    var buffer = RecordBuffer(expecting: offsets)
    var offset = offsets[input]
    for record in records {
      buffer.append(input: input, offset: offset, timestamp: record.occurredAt, key: record.key, value: record.value)
      offset += 1
    }
    return buffer
  }
}
