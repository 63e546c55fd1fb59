internal import FeedEvents
internal import Host
internal import Kafka
internal import Setup
internal import Telemetry

extension Subcommand {
  /// `watch`.
  package static let watch = Subcommand(
    "watch", "follow the published lists",
    discussion: """
      Shows every list that is published from now on, until it is interrupted or nobody reads on. Lists of transactions
      that were not committed are never shown.
      """,
    options: [
      CommandOption("--user", takes: "ID", "the lists of this user only"),
      CommandOption("--json", "print each record's value as it is, one in a line"),
      CommandOption("--from-beginning", "begin with the lists that are there already"),
    ] + CommandOption.connection
  ) { invocation in
    let user = try invocation.arguments.identifier("--user")
    let configuration = try invocation.configuration().configuration
    // Before any other thread begins: it blocks the signals, and threads inherit that.
    let signals = try Signals {}
    defer { signals.stop() }
    let topic = configuration.topics.recommendations
    let properties = try Kafka.KafkaProperties(configuration)
    let consumer: Consumer
    do throws(PropertyError) {
      consumer = try Consumer(properties, group: configuration.kafka.group, topics: [topic])
    } catch {
      throw Failure(.configuration, "\(error)")
    }
    guard
      let starts = try starts(
        of: topic, consumer, fromBeginning: invocation.arguments.has("--from-beginning"),
        timeoutSeconds: configuration.startTimeoutSeconds, isStopping: { signals.isStopRequested })
    else { return .success }
    do throws(KafkaError) { try consumer.assign(starts) } catch { throw Failure(.unavailable, "\(error)") }

    var lines = ResultLines()
    let (isJSON, decoder) = (invocation.arguments.has("--json"), RecommendationsDecoder())
    while !signals.isStopRequested, lines.isOpen {
      var lists: [WatchedList] = []
      let polled = consumer.poll(limit: batchRecords, timeoutMilliseconds: pollMilliseconds) { record in
        let list = WatchedList(key: record.key, value: record.value)
        if user.map(list.isList) ?? true { lists.append(list) }
      }
      for list in lists where lines.isOpen {
        if isJSON {
          if let json = list.json { try lines.write(json) }
          continue
        }
        let text: String
        do throws(RecommendationsError) { text = try list.text(now: SystemClock.wallMilliseconds(), decoder) } catch {
          invocation.errors("woonkly-feed watch: a record of \(topic) is no list: \(error)\n")
          continue
        }
        try lines.write(Array(text.utf8))
      }
      if let failure = polled.failures.first { throw Failure(failure) }
    }
    return .success
  }

  private static let batchRecords = 1_000
  /// How long a signal may go unnoticed.
  private static let pollMilliseconds: Int32 = 200

  /// Where to begin in each partition; `nil`: a signal came before the topic did.
  private static func starts(
    of topic: String, _ consumer: Consumer, fromBeginning: Bool, timeoutSeconds: Int, isStopping: () -> Bool
  ) throws(Failure) -> [TopicPartition: Int64]? {
    let deadline = SystemClock.monotonicNanoseconds() + Int64(timeoutSeconds) * 1_000_000_000
    while !isStopping() {
      let reason: String
      do throws(KafkaError) {
        if let count = try consumer.partitionCount(of: topic, timeoutMilliseconds: 1_000) {
          let partitions = (0..<Int32(count)).map { TopicPartition(topic, $0) }
          return fromBeginning
            ? try consumer.beginnings(of: partitions, timeoutMilliseconds: 2_000)
            : try consumer.ends(of: partitions, timeoutMilliseconds: 2_000)
        }
        reason = "there is no topic \(topic) yet; serve creates it"
        _ = consumer.poll(limit: 1, timeoutMilliseconds: pollMilliseconds) { _ in }
      } catch {
        reason = "the broker cannot be reached: \(error)" + (consumer.events.lastError.map { "; \($0)" } ?? "")
      }
      guard SystemClock.monotonicNanoseconds() < deadline else { throw Failure(.unavailable, reason) }
    }
    return nil
  }
}

extension Failure {
  /// A partition that cannot be read any further.
  fileprivate init(_ failure: ConsumerFailure) {
    switch failure {
    case .notAuthorized(_, let error): self.init(.configuration, "the lists may not be read: \(error)")
    case .offsetOutOfRange(let partition, let offset, _):
      self.init(.temporaryFailure, "\(partition) no longer has offset \(offset): begin again")
    case .unknownPartition(let partition, let error): self.init(.temporaryFailure, "\(partition) is gone: \(error)")
    case .other(_, let error): self.init(.temporaryFailure, "the lists cannot be read: \(error)")
    }
  }
}
