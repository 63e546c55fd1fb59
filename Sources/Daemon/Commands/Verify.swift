internal import Checkpoints
internal import FeedEvents
internal import Host
internal import Kafka
internal import Pipeline
internal import Setup
internal import Telemetry

extension Subcommand {
  /// `verify`.
  package static let verify = Subcommand(
    "verify", "audit the journal: fold everything again and compare",
    discussion: """
      Folds the journaled ranges of the log again in a fresh process, era by era under the journaled configuration, and
      compares every epoch's digest, the tiling of ranges and accepted gaps, the checkpoints of the state directory, and a
      sample of the published lists byte for byte. Changes nothing; a daemon may be at work. Exits with 0, or with 1 and
      the first difference. Begins with a checkpoint where the log no longer reaches back, where something was accepted
      that a fold does not come to, or behind epochs that another version of the learner folded, which only that version
      can fold again; and says which epochs were left out.
      """,
    options: [
      CommandOption("--json", "print one JSON object instead of lines"),
      CommandOption("--lists", takes: "N", "how many of the newest lists to recompute (default 1000)"),
    ] + CommandOption.connection + [.stateDirectory]
  ) { invocation in
    let configuration = try invocation.configuration().configuration
    let sample = try invocation.arguments.integer("--lists", in: 0...10_000_000) ?? 1_000
    let properties = try Kafka.KafkaProperties(configuration)
    let logger = Logger(format: configuration.log.format, level: .warning)
    let topics = configuration.topics
    let outcome: Result<Audit<KafkaInputLog>.Report, Stop>
    do throws(Stop) {
      let checkpoints = try checkpoints(in: configuration.stateDirectory)
      // Lists before the journal: whoever sees a list finds its epoch there.
      let lists = try newestLists(sample, topics.recommendations, properties, configuration)
      let consumer: Consumer
      do throws(PropertyError) {
        consumer = try Consumer(
          properties, group: configuration.kafka.group, topics: [topics.items, topics.interactions])
      } catch {
        throw Stop(.configuration, "\(error)")
      }
      var audit = try Audit<KafkaInputLog>(lists: lists, checkpoints: checkpoints)
      var journal = KafkaJournalLog(
        properties: properties, group: configuration.kafka.group, topic: topics.journal)
      journal.settle(
        offset: checkpoints.map(\.header.journalOffset).max(), epoch: audit.newestVersion)
      var log = KafkaInputLog(consumer: consumer, logger: logger)
      outcome = .success(
        try audit.run(journal: &journal, log: &log, now: SystemClock.wallMilliseconds))
    } catch {
      outcome = .failure(error)
    }
    return try conclude(outcome, isJSON: invocation.arguments.has("--json"), invocation)
  }

  private static func conclude(
    _ outcome: Result<Audit<KafkaInputLog>.Report, Stop>, isJSON: Bool, _ invocation: Invocation
  ) throws -> ExitStatus {
    switch outcome {
    case .success(let report):
      if isJSON {
        invocation.output(json(report, difference: nil))
      } else {
        invocation.output(
          """
          epochs \(report.firstEpoch) to \(report.lastEpoch) in \(report.eras) eras, \(report.records) records: every digest is \
          the journal's
          \(report.lists) lists recomputed byte for byte, \(report.checkpoints) checkpoints compared
          digest \(report.digest.hexadecimal)

          """)
        for part in report.unaudited { invocation.output("not audited: \(describe(part))\n") }
        if report.gaps > 0 { invocation.output("\(report.gaps) accepted gaps are part of the tiling\n") }
      }
      return .success
    case .failure(let stop):
      guard stop.reason == .internalError || stop.reason == .unusableData else { throw Failure(stop) }
      if isJSON { invocation.output(json(nil, difference: stop.message)) }
      invocation.errors("woonkly-feed verify: \(stop.message)\n")
      return .difference
    }
  }

  private static func describe(_ part: UnauditedEpochs) -> String {
    let eras =
      part.eras.count == 1 ? "era \(part.eras.lowerBound)" : "eras \(part.eras.lowerBound) to \(part.eras.upperBound)"
    let epochs = "epochs \(part.epochs.lowerBound) to \(part.epochs.upperBound) of \(eras)"
    if part.isGivenUp { return "\(epochs), which were given up when a gap was accepted" }
    return part.learnerVersion.map { "\(epochs), folded by learner version \($0)" }
      ?? "\(epochs), which the journal no longer tells of"
  }

  private static func json(_ report: Audit<KafkaInputLog>.Report?, difference: String?) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("verified")
    writer.bool(difference == nil)
    if let report {
      writer.field("eras", Int64(report.eras))
      writer.field("first_epoch", Int64(report.firstEpoch))
      writer.field("last_epoch", Int64(report.lastEpoch))
      writer.field("records", Int64(report.records))
      writer.field("lists", Int64(report.lists))
      writer.field("checkpoints", Int64(report.checkpoints))
      writer.field("gaps", Int64(report.gaps))
      writer.key("digest")
      writer.string(report.digest.hexadecimal)
      writer.key("not_audited")
      writer.beginArray()
      for part in report.unaudited {
        writer.beginObject()
        writer.field("first_era", Int64(part.eras.lowerBound))
        writer.field("last_era", Int64(part.eras.upperBound))
        if let version = part.learnerVersion { writer.field("learner_version", Int64(version)) }
        writer.field("first_epoch", Int64(part.epochs.lowerBound))
        writer.field("last_epoch", Int64(part.epochs.upperBound))
        writer.key("given_up")
        writer.bool(part.isGivenUp)
        writer.endObject()
      }
      writer.endArray()
    }
    if let difference {
      writer.key("difference")
      writer.string(difference)
    }
    writer.endObject()
    return String(decoding: writer.bytes, as: UTF8.self) + "\n"
  }

  /// Both slots, newest first. Replacement is atomic, so one that does not verify is a difference.
  private static func checkpoints(in path: String) throws(Stop) -> [Checkpoint] {
    var disk: PosixDisk
    do throws(SystemError) { disk = try PosixDisk(path, .readOnly) } catch {
      throw Stop(.configuration, "the state directory cannot be opened: \(error)")
    }
    var checkpoints: [Checkpoint] = []
    let slots: [CheckpointStore.Slot]
    do throws(DiskError) { slots = try CheckpointStore.load(from: &disk) } catch {
      throw Stop(.unusableData, "the state directory cannot be read: \(error)")
    }
    for slot in slots {
      do throws(CheckpointError) { checkpoints.append(try slot.result.get()) } catch {
        throw Stop(.unusableData, "\(slot.name) does not verify: \(error)")
      }
    }
    return checkpoints
  }

  /// The last `count` lists of the recommendations topic, whatever compaction has left.
  private static func newestLists(
    _ count: Int, _ topic: String, _ properties: Kafka.KafkaProperties, _ configuration: Configuration
  ) throws(Stop) -> [Audit<KafkaInputLog>.Published] {
    guard count > 0 else { return [] }
    do {
      let consumer = try Consumer(properties, group: configuration.kafka.group, topics: [topic])
      let partitions = (0..<Int32(try consumer.partitionCount(of: topic, timeoutMilliseconds: 10_000) ?? 0)).map {
        TopicPartition(topic, $0)
      }
      let ends = try consumer.ends(of: partitions, timeoutMilliseconds: 10_000)
      let beginnings = try consumer.beginnings(of: partitions, timeoutMilliseconds: 10_000)
      let share = Int64(max(1, count / max(1, partitions.count)))
      // Markers and tombstones take offsets as well: twice as far back as lists are wanted.
      var reached = Dictionary(
        uniqueKeysWithValues: partitions.map { ($0, max(beginnings[$0] ?? 0, (ends[$0] ?? 0) - 2 * share)) })
      try consumer.assign(reached)
      var lists: [Audit<KafkaInputLog>.Published] = []
      let deadline = SystemClock.monotonicNanoseconds() + 60_000_000_000
      while partitions.contains(where: { reached[$0]! < ends[$0] ?? 0 }) {
        let polled = consumer.poll(limit: 1_000, timeoutMilliseconds: 200) { record in
          let partition = TopicPartition(topic, record.partition)
          reached[partition] = max(reached[partition]!, record.offset + 1)
          if record.offset < ends[partition]!, let key = record.key, let value = record.value {
            lists.append(Audit<KafkaInputLog>.Published(userID: key, value: value))
          }
        }
        for end in polled.ends { reached[end.partition] = max(reached[end.partition]!, end.offset) }
        guard SystemClock.monotonicNanoseconds() < deadline else {
          throw Stop(.retryLater, "\(topic) cannot be read to its end")
        }
      }
      return Array(lists.suffix(count))
    } catch {
      throw (error as? Stop) ?? Stop(.retryLater, "\(topic) cannot be read: \(error)")
    }
  }
}
