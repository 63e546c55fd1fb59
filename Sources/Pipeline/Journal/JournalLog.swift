/// The journal's reading side.
public protocol JournalLog {
  /// Lends committed records to `visit`, one after the other, from `offset` (nil: the beginning) up to and including the one at
  /// `end`, which is known to be committed: waits until it becomes visible. Where `end` is nil, up to the end that the leader
  /// claims now; a deposed one goes on claiming its old end.
  ///
  /// Only a bounded number of records is in memory, however long the journal is, and `visit` may take its time. Reading ends
  /// early when it returns false.
  /// - Throws: ``InputError/outOfRange(input:offset:)`` where `offset` lies behind `end`, or records from there on were deleted.
  mutating func read(
    from offset: Int64?, through end: Int64?, _ visit: (JournalRecord) -> Bool
  ) throws(InputError)
}

/// A record of the journal as it lies there.
public struct JournalRecord: Equatable, Sendable {
  /// Its offset.
  public let offset: Int64
  /// Its value.
  public let value: [UInt8]

  /// Creates a record.
  public init(offset: Int64, value: [UInt8]) {
    self.offset = offset
    self.value = value
  }
}

extension JournalLog {
  /// Reads what the records say.
  /// - Throws: ``Stop``: that of `visit`; `retryLater` where the journal cannot be read, `unusableData` where records of it are gone,
  ///   `internalError` where one makes no sense.
  mutating func visit(
    from offset: Int64?, through end: Int64?, _ visit: (JournalContent, _ offset: Int64) throws(Stop) -> Void
  ) throws(Stop) {
    var stop: Stop?
    do throws(InputError) {
      try read(from: offset, through: end) { record in
        do throws(Stop) {
          try visit(try JournalContent(reading: record), record.offset)
          return true
        } catch {
          stop = error
          return false
        }
      }
    } catch {
      throw Stop(readingJournal: error, through: end ?? .max)
    }
    if let stop { throw stop }
  }

  /// Reads again what follows a plan's base.
  /// - Throws: ``Stop``: that of `visit`, or where the journal is no longer the one that the plan was made of.
  mutating func visit(
    _ steps: RecoveryPlan.Steps?, _ visit: (RecoveryPlan.Step) throws(Stop) -> Void
  ) throws(Stop) {
    guard let steps else { return }
    var epochs = EpochSequence(last: steps.baseEpoch)
    try self.visit(from: steps.offsets.lowerBound, through: steps.offsets.upperBound) {
      (content, offset) throws(Stop) in
      switch content {
      case .epoch(let entry):
        try epochs.admit(entry, at: offset)
        try visit(.epoch(entry, journalOffset: offset))
      case .start(let start):
        guard let era = start.era else { return }
        try epochs.begin(era, at: offset)
        try visit(.era(era, journalOffset: offset))
      }
    }
    // Whoever went on from an earlier epoch would give the numbers that follow once more.
    guard epochs.last == steps.lastEpoch else {
      throw Stop(
        .retryLater,
        "the journal cannot be read: read again it ends with epoch \(epochs.last ?? 0), not \(steps.lastEpoch)")
    }
  }
}

extension JournalContent {
  fileprivate init(reading record: JournalRecord) throws(Stop) {
    do throws(JournalDecodingError) { self = try JournalContent(decoding: record) } catch {
      throw Stop(.internalError, error.description)
    }
  }
}
