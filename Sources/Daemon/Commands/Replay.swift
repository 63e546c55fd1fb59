internal import FeedEvents
internal import Kafka
internal import Setup
internal import Telemetry

extension Subcommand {
  /// `replay`.
  package static let replay = Subcommand(
    "replay", "send a data set to Kafka as events",
    discussion: """
      Sends the catalog to the items topic, keyed by item, then the events in their order to the interactions topic, keyed
      by user. Events keep the time at which they happened, as occurred_at and as the record's timestamp. Missing topics
      are created where that is allowed. Exits with 0 only when every record was delivered.
      """,
    options: Dataset.options + [
      CommandOption("--rate", takes: "N", "events a second; as fast as possible without it"),
      CommandOption("--limit", takes: "N", "send the first N events only"),
    ] + CommandOption.connection
  ) { invocation in
    let rate = try invocation.arguments.integer("--rate", in: 1...10_000_000)
    let limit = try invocation.arguments.integer("--limit", in: 0...Int(Int32.max))
    let configuration = try invocation.configuration().configuration
    let properties = try Kafka.KafkaProperties(configuration)
    let dataset = try Dataset(invocation.arguments)

    let topics = try InputTopics(configuration, properties)
    try topics.prepare(invocation.errors)
    let producer: Producer
    do throws(PropertyError) { producer = try Producer(properties) } catch { throw Failure(.configuration, "\(error)") }
    var delivery = Delivery(producer: producer)
    for item in dataset.catalog {
      try delivery.send(topic: configuration.topics.items, key: item.itemID, value: item.encoded(), timestamp: nil)
    }

    let wanted = min(limit ?? .max, dataset.count)
    let begin = SystemClock.monotonicNanoseconds()
    var progress = Progress(ProgressBar(unit: "events", total: wanted), write: invocation.errors)
    var done = 0
    try dataset.batches(of: batchEvents, limit: wanted) { batch in
      if done == 0, let first = batch.first, let warning = topics.retentionWarning(oldest: first.occurredAt) {
        invocation.errors("woonkly-feed replay: warning: \(warning)\n")
      }
      for event in batch {
        if let rate { try delivery.wait(until: begin + Int64(Double(done) / Double(rate) * 1e9)) }
        try delivery.send(
          topic: configuration.topics.interactions, key: event.userID, value: event.encoded(),
          timestamp: event.occurredAt)
        done += 1
        progress.update(done: done)
      }
    }
    try delivery.finish()
    let seconds = Double(SystemClock.monotonicNanoseconds() - begin) / 1e9
    progress.finish(done: done)
    let tenths = (seconds * 10).rounded() / 10
    invocation.errors(
      "replayed \(dataset.catalog.count) items and \(done) events in \(tenths) s, "
        + "\(Int(Double(done) / max(seconds, 1e-3))) events a second\n")
    return .success
  }

  private static let batchEvents = 1_000

  /// Sends, and remembers that nothing may be lost.
  private struct Delivery {
    /// Longer than librdkafka keeps trying with one record, see `message.timeout.ms`.
    static let limitNanoseconds: Int64 = 660_000_000_000

    let producer: Producer

    func send(topic: String, key: [UInt8], value: [UInt8], timestamp: Int64?) throws(Failure) {
      do throws(KafkaError) {
        try producer.send(topic: topic, key: key, value: value, timestamp: timestamp)
      } catch {
        throw Failure(.temporaryFailure, "a record for \(topic) cannot be sent: \(error)")
      }
      // The rest would not make it a success.
      if producer.counts.failed > 0 { try finish() }
    }

    /// Serves delivery reports until the monotonic time comes.
    func wait(until due: Int64) throws(Failure) {
      while true {
        let left = due - SystemClock.monotonicNanoseconds()
        guard left > 0 else { return }
        producer.poll(timeoutMilliseconds: Int32(clamping: min(max(left / 1_000_000, 1), 100)))
        if producer.counts.failed > 0 { try finish() }
      }
    }

    /// Waits for the last delivery report.
    /// - Throws: ``Failure`` when a record is not in the log.
    func finish() throws(Failure) {
      let deadline = SystemClock.monotonicNanoseconds() + Self.limitNanoseconds
      var failure: KafkaError?
      while producer.counts.delivered + producer.counts.failed < producer.counts.enqueued {
        do throws(KafkaError) { try producer.flush(timeoutMilliseconds: 1_000) } catch {
          if error.code != .timedOut { failure = error }
        }
        guard failure == nil, SystemClock.monotonicNanoseconds() < deadline else { break }
      }
      let counts = producer.counts
      guard counts.delivered == counts.enqueued else {
        let reason = (counts.firstError ?? failure ?? producer.events.lastError).map { ": \($0)" } ?? ""
        throw Failure(
          .temporaryFailure,
          "\(counts.enqueued - counts.delivered) of \(counts.enqueued) records were not delivered\(reason)"
        )
      }
    }
  }
}
