public import Settings

/// How the loop is paced. Nothing of it enters the state or a list: it may change at every start.
public struct Pacing: Equatable, Sendable {
  /// An epoch closes at the latest with this many records.
  public var epochRecords = 50_000
  /// An epoch closes at the latest this long after its first record, in milliseconds.
  public var epochMilliseconds = 100
  /// An epoch closes at the latest with this many bytes of keys and values.
  public var epochBytes = 64 << 20
  /// The least time between two freezes, in milliseconds.
  public var freezeMilliseconds = 500
  /// The most users whose lists are made from one freeze.
  public var freezeUsers = 20_000
  /// How often users who did nothing get a new list, in seconds; 0: never.
  public var sweepSeconds = 3_600
  /// Who had an event within so many days gets one.
  public var sweepActiveDays = 7
  /// The most users who did nothing whose lists are made from one freeze: those who did something wait for no more than these.
  public var sweepUsers = 2_000
  /// The most lists that go out with one epoch.
  public var listsPerEpoch = 4_000
  /// The least time between two checkpoints, in seconds.
  public var checkpointSeconds = 60

  /// The defaults.
  public init() {}

  /// Every key.
  public static let settings: [Setting<Pacing>] = [
    .integer("epoch.records", \.epochRecords, in: 1...1_000_000, "records after which an epoch closes"),
    .integer("epoch.interval_milliseconds", \.epochMilliseconds, in: 1...60_000, "age at which an epoch closes"),
    .integer(
      "epoch.bytes", \.epochBytes, in: 1 << 20...1 << 30, "bytes of keys and values after which an epoch closes"),
    .integer("lists.interval_milliseconds", \.freezeMilliseconds, in: 1...3_600_000, "least time between two rebuilds"),
    .integer("lists.users_per_rebuild", \.freezeUsers, in: 1...10_000_000, "most users listed by one rebuild"),
    .integer(
      "lists.sweep.interval_seconds", \.sweepSeconds, in: 0...604_800,
      "how often users who did nothing get a new list; 0: never"),
    .integer(
      "lists.sweep.active_days", \.sweepActiveDays, in: 1...3_650, "who had an event within so many days gets one"),
    .integer(
      "lists.sweep.users_per_rebuild", \.sweepUsers, in: 1...10_000_000,
      "most users who did nothing listed by one rebuild"),
    .integer("lists.per_epoch", \.listsPerEpoch, in: 1...100_000, "most lists in one transaction"),
    .integer("checkpoint.interval_seconds", \.checkpointSeconds, in: 1...86_400, "least time between two checkpoints"),
  ]
}
