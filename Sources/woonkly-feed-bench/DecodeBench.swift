internal import FeedEvents
internal import Pipeline

/// What each event costs before anything is learned from it.
struct DecodeBench {
  let log: EventLog

  init(_ log: EventLog) { self.log = log }

  func run(_ rounds: Int, _ report: inout BenchReport) {
    let records = log.interactions
    let decoder = InteractionDecoder()
    var bytes = 0
    let decoding = (0..<rounds).map { _ in
      seconds {
        for record in records {
          // The sum keeps the result alive.
          if let interaction = try? decoder.decode(record.value) { bytes += interaction.itemID.count }
        }
      }
    }
    precondition(bytes > 0, "nothing was decoded")
    report.add("decode", decoding.map { $0 / Double(records.count) * 1e9 }, "ns/event")
    let taking = (0..<rounds).map { _ in
      seconds {
        for start in stride(from: 0, to: records.count, by: 50_000) {
          _ = LearningBench.buffer(
            records[start..<min(start + 50_000, records.count)], input: 1, from: [0, Int64(start)])
        }
      }
    }
    report.add("copy and hash into the epoch's buffer", taking.map { $0 / Double(records.count) * 1e9 }, "ns/event")
  }
}
