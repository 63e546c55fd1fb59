internal import Kafka
internal import Setup
internal import Telemetry

/// The two input topics, for a sender: creates those that are missing as the daemon would.
struct InputTopics {
  /// Events younger than an hour are not looked at: no retention is that short.
  private static let youngMilliseconds: Int64 = 3_600_000

  private let configuration: Configuration
  private let admin: Admin
  private let setup: TopicSetup

  init(_ configuration: Configuration, _ properties: Kafka.KafkaProperties) throws(Failure) {
    self.configuration = configuration
    setup = TopicSetup(configuration.topics)
    do throws(PropertyError) { admin = try Admin(properties) } catch { throw Failure(.configuration, "\(error)") }
  }

  /// Waits until both are there, for as long as the configuration allows a start to take.
  /// - Parameter errors: takes what somebody should know.
  /// - Throws: ``Failure``: 69 without a broker, 78 where a topic is missing and cannot be created.
  func prepare(_ errors: (String) -> Void) throws(Failure) {
    let deadline = SystemClock.monotonicNanoseconds() + Int64(configuration.startTimeoutSeconds) * 1_000_000_000
    for topic in setup.wanted
    where [configuration.topics.interactions, configuration.topics.items].contains(topic.name) {
      guard try !exists(topic.name, until: deadline) else { continue }
      errors("woonkly-feed replay: creating the topic \(topic.name) with \(topic.partitions) partitions\n")
      try create(topic)
      while try !exists(topic.name, until: deadline) {
        guard SystemClock.monotonicNanoseconds() < deadline else {
          throw Failure(.unavailable, "the topic \(topic.name) was created but does not appear")
        }
      }
    }
  }

  /// What will become of events as old as `oldest`, in milliseconds since 1970; `nil`: they will stay, or nobody can tell.
  /// Kafka deletes by the records' own timestamps.
  func retentionWarning(oldest: Int64) -> String? {
    let topic = configuration.topics.interactions
    // The embedded cluster and some access lists do not answer this question, and keep one waiting.
    guard SystemClock.wallMilliseconds() - oldest > Self.youngMilliseconds,
      let settings = try? admin.describeConfigs(of: topic, timeoutMilliseconds: 2_000),
      settings["message.timestamp.type"] != "LogAppendTime", settings["cleanup.policy"]?.contains("delete") ?? true,
      let retention = settings["retention.ms"].flatMap({ Int64($0) }), retention >= 0,
      SystemClock.wallMilliseconds() - oldest > retention
    else { return nil }
    return "\(topic) has retention.ms=\(retention), and events keep the time at which they happened: Kafka will soon "
      + "delete those that are older. retention.ms=-1 keeps them"
  }

  private func create(_ topic: TopicSetup.Wanted) throws(Failure) {
    var settings = Dictionary(uniqueKeysWithValues: topic.settings.map { ($0.name, $0.value) })
    // Old events have old timestamps, and the default retention of a week would delete them within minutes.
    if topic.name == configuration.topics.interactions { settings["retention.ms"] = "-1" }
    let new = NewTopic(
      topic.name, partitions: Int32(topic.partitions), replicationFactor: configuration.topics.replicationFactor,
      settings: settings)
    do throws(KafkaError) {
      let creations = try admin.createTopics([new], timeoutMilliseconds: 15_000)
      if case .failed(let error) = creations[topic.name] { throw error }
    } catch {
      throw Failure(
        .configuration,
        "the topic \(topic.name) is missing and cannot be created: \(error)\nwhoever may creates it with:\n  "
          + setup.command(topic, bootstrapServers: configuration.kafka.bootstrapServers))
    }
  }

  private func exists(_ topic: String, until deadline: Int64) throws(Failure) -> Bool {
    while true {
      do throws(KafkaError) {
        return try admin.partitionCount(of: topic, timeoutMilliseconds: 2_000) != nil
      } catch {
        guard SystemClock.monotonicNanoseconds() < deadline else {
          throw Failure(
            .unavailable, "the broker cannot be reached: \(error)" + (admin.events.lastError.map { "; \($0)" } ?? ""))
        }
      }
    }
  }
}
