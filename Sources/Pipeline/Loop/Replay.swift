/// Folds journaled epochs again: the same ranges, checked against the journal's hashes and digests, nothing published.
///
/// Recovery and audit both use it.
struct Replay<Log: InputLog> {
  /// How much may be read ahead of the epoch being folded before reading is narrowed to what it still lacks.
  struct ReadAhead {
    var limitRecords = ReadAheadLimits.records
    var limitBytes = ReadAheadLimits.bytes
    /// The most records taken by one poll.
    var pollLimitRecords = 4_096
  }

  /// How long one poll may wait, in milliseconds.
  static var pollMilliseconds: Int64 { 1_000 }

  let inputs: [InputPartition]
  private let readAhead: ReadAhead
  private var pending: RecordBuffer
  /// By input, whether it is being read.
  private var reading: [Bool]
  /// Inputs whose next record was deleted: no epoch wants any of theirs, and they are not read.
  private let isLeftOut: [Bool]

  /// - Parameter beginnings: where the logs begin, where that may be behind the positions.
  init(from positions: [InputPosition], beginnings: [Int64]? = nil, readAhead: ReadAhead = ReadAhead()) {
    inputs = positions.map(\.input)
    self.readAhead = readAhead
    pending = RecordBuffer(expecting: positions.map(\.next))
    reading = inputs.map { _ in false }
    isLeftOut = positions.indices.map { index in beginnings.map { $0[index] > positions[index].next } ?? false }
  }

  /// What has been read ahead.
  var pendingCount: (records: Int, bytes: Int) { (pending.count, pending.bytes.count) }

  /// Folds one journaled epoch.
  /// - Parameter holdsDigest: whether the state has to be the one that the journal has.
  /// - Throws: ``Stop``: `unusableData` if the log is no longer what was folded, `internalError` if the same input gave
  ///   another state.
  mutating func fold(
    _ entry: JournalEntry, into recommender: inout Recommender, from log: inout Log, now: () -> Int64,
    holdsDigest: Bool = true
  ) throws(Stop) -> FoldYield {
    guard entry.ranges.map(\.input) == inputs else {
      throw Stop(.unusableData, "epoch \(entry.epoch) was made from other inputs: \(entry.ranges.map(\.input))")
    }
    for (range, position) in zip(entry.ranges, recommender.positions) where range.from != position.next {
      throw Stop(
        .internalError,
        "ranges do not tile: epoch \(entry.epoch) begins \(range.input) at \(range.from), not \(position.next)")
    }
    let ends = entry.ranges.map(\.to)
    do {
      try read(upTo: ends, from: &log, now: now)
    } catch {
      throw Stop(reading: error, inputs: inputs)
    }
    let records = pending.take(below: ends)
    for (index, range) in entry.ranges.enumerated() {
      let found = JournalEntry.Range(
        input: range.input, from: range.from, to: range.to, records: records.records[index])
      guard found == range else {
        throw Stop(
          .unusableData,
          "the log changed: \(range.input.topic) partition \(range.input.partition) offsets \(range.from)..<\(range.to) "
            + "hold \(found.count) records with hash \(String(found.hash, radix: 16)), epoch \(entry.epoch) folded "
            + "\(range.count) with \(String(range.hash, radix: 16))")
      }
    }
    let yield = recommender.fold(records, to: ends)
    guard !holdsDigest || recommender.digest == entry.digest else {
      throw Stop(
        .internalError,
        "the code diverged: epoch \(entry.epoch) gives digest \(String(recommender.digest, radix: 16)) from the same input, "
          + "the journal has \(String(entry.digest, radix: 16)). Start the version that wrote it, or with --accept divergence to "
          + "go on with what this one computes.")
    }
    return yield
  }

  private mutating func read(upTo ends: [Int64], from log: inout Log, now: () -> Int64) throws(InputError) {
    // An input that has been read to its end stays so for this epoch: one that is no longer read does not say how far it is.
    var lacking = inputs.indices.map {
      pending.nextOffsets[$0] < ends[$0] && !(reading[$0] && log.hasReached(ends[$0], input: $0))
    }
    while lacking.contains(true) {
      let wanted = isFull ? lacking : isLeftOut.map { !$0 }
      if wanted != reading {
        try log.assign(inputs, from: inputs.indices.map { wanted[$0] ? pending.nextOffsets[$0] : nil })
        reading = wanted
      }
      try log.poll(into: &pending, limit: readAhead.pollLimitRecords, until: now() + Self.pollMilliseconds)
      for index in inputs.indices where lacking[index] {
        lacking[index] = pending.nextOffsets[index] < ends[index] && !log.hasReached(ends[index], input: index)
      }
    }
  }

  /// Whether so much has been read ahead that only what the epoch lacks is to be read. What was narrowed is widened again when half
  /// of it is folded: every change asks the broker anew.
  private var isFull: Bool {
    let isNarrowed = reading.contains(true) && zip(reading, isLeftOut).contains { !$0 && !$1 }
    let share = isNarrowed ? 2 : 1
    return pending.count > readAhead.limitRecords / share || pending.bytes.count > readAhead.limitBytes / share
  }
}

/// How much a replay reads ahead, beside one poll's and what a single epoch has.
package enum ReadAheadLimits {
  /// So many records.
  package static let records = 200_000
  /// So many bytes of keys and values.
  package static let bytes = 16 << 20
}

extension Stop {
  /// A stop for an input that cannot be read.
  init(reading error: InputError, inputs: [InputPartition]) {
    switch error {
    case .unavailable(let reason):
      self.init(.retryLater, "the broker does not answer: \(reason)")
    case .outOfRange(let input, let offset):
      self.init(
        .unusableData,
        "\(inputs[input].topic) partition \(inputs[input].partition) has no offset \(offset) any more: records were deleted "
          + "before they were folded. Restore them, or start with --accept gap to go on without them."
      )
    case .unusable(let reason):
      self.init(.unusableData, reason)
    }
  }
}
