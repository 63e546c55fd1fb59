package import Host
internal import Learning
internal import Pipeline
package import Telemetry

/// What is seen of a service from the outside: `/metrics`, `/livez`, `/readyz`.
package final class ServiceMetrics: Sendable {
  /// Live and ready, or why not.
  package let health: Health
  /// Everything counted.
  package let registry = Metrics()

  private let records: Family<Counter>
  private let deadLetters: Family<Counter>
  private let unknownTypes: Family<Counter>
  private let keys: Family<Counter>
  private let evicted: Family<Counter>
  let accepted: Family<Counter>
  private let epochs: Counter
  private let lists: Counter
  private let listBytes: Counter
  private let tombstones: Counter
  private let freezes: Counter
  private let checkpoints: Counter
  private let redelivered: Counter
  private let epoch: Gauge
  private let owed: Gauge
  private let lag: Gauge

  /// The longest silence of a loop that counts as alive, in seconds: a checkpoint of a large state stops it for a while.
  static let silenceLimitSeconds = 120

  /// Registers everything once.
  package init() {
    health = Health(now: SystemClock.monotonicNanoseconds(), limitSeconds: Self.silenceLimitSeconds)
    registry.registerProcess(version: Program.version)
    records = registry.counters(
      "woonkly_feed_records_total", "Records folded, by what became of them.", by: "outcome",
      over: ["learned", "not_learned", "duplicate", "refused", "forgotten", "catalog"])
    deadLetters = registry.counters(
      "woonkly_feed_dead_letters_total", "Records that could not be used, by reason.", by: "reason")
    unknownTypes = registry.counters(
      "woonkly_feed_unknown_types_total", "Interactions of a type nobody knows, by its name.", by: "type", limit: 65)
    keys = registry.counters(
      "woonkly_feed_unexpected_keys_total", "Interactions learned under a user_id that is not their key.", by: "key",
      over: ["null", "foreign"])
    evicted = registry.counters(
      "woonkly_feed_evicted_rows_total", "Rows taken by newcomers because their table was full.", by: "table",
      over: ["users", "items", "tags"])
    accepted = registry.counters(
      "woonkly_feed_accepted_total", "What an operator accepted at the start, by kind.", by: "kind",
      over: Acceptance.Kind.allCases.map(\.rawValue))
    epochs = registry.counter("woonkly_feed_epochs_total", "Epochs committed.")
    lists = registry.counter("woonkly_feed_lists_published_total", "Lists published.")
    listBytes = registry.counter("woonkly_feed_list_bytes_total", "Bytes of published lists.")
    tombstones = registry.counter("woonkly_feed_tombstones_total", "Tombstones published for forgotten users.")
    freezes = registry.counter("woonkly_feed_rebuilds_total", "Rebuilds of the index.")
    checkpoints = registry.counter("woonkly_feed_checkpoints_total", "Checkpoints written.")
    redelivered = registry.counter("woonkly_feed_redelivered_records_total", "Records delivered again and left out.")
    epoch = registry.gauge("woonkly_feed_epoch", "The last folded epoch.")
    owed = registry.gauge("woonkly_feed_owed_users", "Users touched since their last published list.")
    lag = registry.gauge("woonkly_feed_lag_records", "Records in the input topics that are not folded yet.")
  }

  /// The routes of the HTTP server.
  package var routes: [String: HTTPServer.Route] {
    let (health, registry) = (health, registry)
    return [
      "/livez": { health.livez(now: SystemClock.monotonicNanoseconds()) },
      "/readyz": { health.readyz() },
      "/metrics": { HTTPResponse(contentType: Metrics.contentType, registry.exposition()) },
    ]
  }

  /// Takes over what the loop has counted.
  func update(from loop: Service.Loop, lag records: Int64) {
    let statistics = loop.statistics
    let counts = statistics.counts
    self.records["learned"].advance(to: counts.learned)
    self.records["not_learned"].advance(to: counts.notLearned)
    self.records["duplicate"].advance(to: counts.duplicates)
    self.records["refused"].advance(to: counts.refused)
    self.records["forgotten"].advance(to: counts.forgotten)
    self.records["catalog"].advance(to: counts.catalog)
    for (reason, count) in counts.deadLetters { deadLetters[reason].advance(to: count) }
    for (name, count) in counts.unknownTypes { unknownTypes[name].advance(to: count) }
    keys["null"].advance(to: counts.nullKeys)
    keys["foreign"].advance(to: counts.foreignKeys)
    evicted["users"].advance(to: counts.evicted.users)
    evicted["items"].advance(to: counts.evicted.items)
    evicted["tags"].advance(to: counts.evicted.tags)
    epochs.advance(to: statistics.epochs)
    lists.advance(to: statistics.listsPublished)
    listBytes.advance(to: statistics.listBytes)
    tombstones.advance(to: statistics.tombstones)
    freezes.advance(to: statistics.freezes)
    checkpoints.advance(to: statistics.checkpoints)
    redelivered.advance(to: statistics.redelivered)
    epoch.set(Int(loop.currentEpoch))
    owed.set(loop.owedCount)
    lag.set(Int(records))
  }
}

extension Counter {
  /// Counts up to what the only writer has counted.
  fileprivate func advance(to total: Int) {
    let missing = UInt64(total) - UInt64(value)
    if missing > 0 { increment(by: numericCast(missing)) }
  }
}
