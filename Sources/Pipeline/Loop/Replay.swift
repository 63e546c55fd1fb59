/// Folds journaled epochs again: the same ranges, checked against the journal's hashes and digests, nothing published.
///
/// Recovery and audit both use it.
struct Replay<Log: InputLog> {
  /// How many records may be read ahead of the epoch being folded before reading is narrowed to what it still lacks.
  static var readAheadLimitRecords: Int { 200_000 }
  /// The most records taken by one poll.
  static var pollLimitRecords: Int { 4_096 }
  /// How long one poll may wait, in milliseconds.
  static var pollMilliseconds: Int64 { 1_000 }

  let inputs: [InputPartition]
  private var pending: RecordBuffer
  private var isNarrowed = true
  /// Inputs whose next record was deleted: no epoch wants any of theirs, and they are not read.
  private let isLeftOut: [Bool]

  /// - Parameter beginnings: where the logs begin, where that may be behind the positions.
  init(from positions: [InputPosition], beginnings: [Int64]? = nil) {
    inputs = positions.map(\.input)
    pending = RecordBuffer(expecting: positions.map(\.next))
    isLeftOut = positions.indices.map { index in beginnings.map { $0[index] > positions[index].next } ?? false }
  }

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
    func lacks(_ index: Int, _ log: Log) -> Bool {
      pending.nextOffsets[index] < ends[index] && !log.hasReached(ends[index], input: index)
    }
    guard inputs.indices.contains(where: { pending.nextOffsets[$0] < ends[$0] }) else { return }
    if isNarrowed {
      try log.assign(inputs, from: inputs.indices.map { isLeftOut[$0] ? nil : pending.nextOffsets[$0] })
      isNarrowed = false
    }
    while inputs.indices.contains(where: { lacks($0, log) }) {
      try log.poll(into: &pending, limit: Self.pollLimitRecords, until: now() + Self.pollMilliseconds)
      if !isNarrowed, pending.count > Self.readAheadLimitRecords {
        try log.assign(inputs, from: inputs.indices.map { lacks($0, log) ? pending.nextOffsets[$0] : nil })
        isNarrowed = true
      }
    }
  }
}

extension JournalEntry.Range {
  /// The account of `records`, which lie in [from, to).
  init(input: InputPartition, from: Int64, to: Int64, records: [BufferedRecord]) {
    // A polynomial in an odd constant (2^128 / golden ratio, rounded to odd): the order of records counts.
    let multiplier: UInt128 = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835
    let hash = records.reduce(UInt128(0)) { sum, record in
      sum &* multiplier &+ record.hash &+ UInt128(truncatingIfNeeded: record.offset)
    }
    self.init(input: input, from: from, to: to, count: records.count, hash: hash)
  }
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
