internal import Learning
internal import Pipeline
internal import Setup

/// How much memory the process may come to hold, computed from the configuration and printed at the start.
///
/// An upper bound of what the budgets allow for any input, not a forecast: rows are made as ids come, and few ids have 256 bytes.
/// `Deploy/ceiling.sh` runs the daemon in a control group of this size. Not in it: a topic with more partitions than
/// ``Configuration/Topics/partitions``.
struct MemoryCeiling {
  let bytes: Int

  init(_ configuration: Configuration) {
    let learning = configuration.journaled.learning
    let footprint = Footprint(learning)
    let state = footprint.state + Self.debts(learning.userRows)
    // Either a checkpoint is written or read, or lists are made: a checkpoint may come while lists are computed beside it. A start
    // has neither lists nor an open epoch.
    let running = Self.lists(configuration, footprint) + Self.epochs(configuration)
    let sum =
      state + footprint.checkpoint + footprint.passing + max(running, Self.replay(configuration))
      + Self.fixed(configuration)
    // What the allocator holds beyond what was asked for.
    bytes = sum + sum / 8
  }

  /// The ceiling for a state that was made under larger budgets than those configured now, whose rows stay in use; nil for another.
  init?(_ configuration: Configuration, holding counts: LearnerCounts) {
    var larger = configuration
    larger.journaled.learning.userRows = max(configuration.journaled.learning.userRows, counts.users)
    larger.journaled.learning.itemRows = max(configuration.journaled.learning.itemRows, counts.items)
    larger.journaled.learning.tagRows = max(configuration.journaled.learning.tagRows, counts.tags)
    larger.journaled.learning.logEntries = max(configuration.journaled.learning.logEntries, counts.logEntries)
    guard larger.journaled.learning != configuration.journaled.learning else { return nil }
    self.init(larger)
  }

  /// Owed users in a dictionary at most 3/4 full, which doubles; their queue with entries that are passed over; when lists expire,
  /// in an array that doubles; rows that changed hands.
  private static func debts(_ users: Int) -> Int { users * (140 + 192 + 16 + 40) }

  /// One freeze, the index made of it, the lists that wait to go out, and who of the freeze is still there, by id and by row: those
  /// who are forgotten meanwhile are not kept, however many they are.
  private static func lists(_ configuration: Configuration, _ footprint: Footprint) -> Int {
    let learning = configuration.journaled.learning
    let users = min(configuration.pacing.freezeUsers, learning.userRows)
    // Sort keys, norms and order; vectors in blocks with biases and bounds; the pool of exploration.
    let index = learning.itemRows * (8 + 8 + 4 + 132 + 16 + 12)
    // A place is an id and some 60 bytes more; the text is written into an array that doubles.
    let places = max(configuration.journaled.lists.length, 1)
    let list = 2 * (256 + 192 + places * (256 + 60))
    // Two sets of 8 bytes an entry that are between 3/8 and 3/4 full; the ids' bytes are the lists'.
    let followed = 2 * 32
    return footprint.frozenItems + index + Footprint.frozenUsers(users, logEntries: learning.logEntries)
      + users * (list + followed)
  }

  /// The open epoch's bytes, in an array that doubles and is copied meanwhile; dead letters of all of it, as records and as a
  /// transaction; and what is kept of each record and its effects.
  private static func epochs(_ configuration: Configuration) -> Int {
    let pacing = configuration.pacing
    return 5 * (pacing.epochBytes + fetchQueueBytes(configuration)) + pacing.epochRecords * 400
      + configuration.topics.partitions * deduplicationBytes
  }

  /// A start: what is read ahead of the epoch being folded, its records and one poll's, in arrays that double; the journal's own
  /// reader, and what it lends at a time. The journal itself is read twice and never kept, however long it is.
  private static func replay(_ configuration: Configuration) -> Int {
    let pacing = configuration.pacing
    let records = ReadAheadLimits.records + pacing.epochRecords
    let partitions = configuration.topics.partitions
    return 3 * (ReadAheadLimits.bytes + pacing.epochBytes + fetchQueueBytes(configuration)) + records * 400
      + 3 * fetchQueueBytes(configuration) + (24 << 20) + KafkaJournalLog.pollLimitRecords * (partitions + 2) * 512
      + partitions * deduplicationBytes
  }

  /// 65,536 hashes of event ids of 16 bytes, with a table to find them.
  private static let deduplicationBytes = 4 << 20

  private static func fetchQueueBytes(_ configuration: Configuration) -> Int {
    kilobytes("queued.max.messages.kbytes", 32_768, configuration)
  }

  private static func kilobytes(_ property: String, _ standard: Int, _ configuration: Configuration) -> Int {
    (configuration.kafka.properties.revealed(property).flatMap { Int($0) } ?? standard) << 10
  }

  /// librdkafka: the fetch queue, in which a small record takes several times its size, fetches under way, the send queue; the
  /// program itself with its libraries, threads and their arenas.
  private static func fixed(_ configuration: Configuration) -> Int {
    3 * fetchQueueBytes(configuration) + (24 << 20) + kilobytes("queue.buffering.max.kbytes", 65_536, configuration)
      + (48 << 20) + (96 << 20)
  }
}
