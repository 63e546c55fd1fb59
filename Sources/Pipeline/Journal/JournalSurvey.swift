import Checkpoints

/// What a first reading of the journal finds: enough to decide about a start, and no more for a longer journal.
struct JournalSurvey {
  /// The checkpoint whose epoch is looked for.
  private let checkpoint: CheckpointHeader?
  private var epochs = EpochSequence()
  /// Whether the checkpoint's epoch is where the checkpoint says, with its digest.
  private(set) var hasCheckpoint = false
  /// The first era that was opened, and where.
  private(set) var firstEra: (era: Era, offset: Int64)?
  /// The offset of the last record.
  private(set) var end: Int64?
  /// The offset of the last epoch or era.
  private(set) var lastStep: Int64?

  /// The last epoch.
  var lastEpoch: UInt64? { epochs.last }

  /// Nothing has been read yet.
  init(lookingFor checkpoint: CheckpointHeader?) { self.checkpoint = checkpoint }

  /// Takes the next record in.
  /// - Throws: ``Stop`` where epochs are not contiguous.
  mutating func note(_ content: JournalContent, at offset: Int64) throws(Stop) {
    end = offset
    let isAtCheckpoint = offset == checkpoint?.journalOffset
    switch content {
    case .epoch(let entry):
      try epochs.admit(entry, at: offset)
      lastStep = offset
      if isAtCheckpoint {
        hasCheckpoint = entry.epoch == checkpoint?.epoch && entry.digest == checkpoint?.digest
      }
    case .start(let start):
      guard let era = start.era else { return }
      lastStep = offset
      if firstEra == nil { firstEra = (era, offset) }
      if isAtCheckpoint { hasCheckpoint = checkpoint?.epoch == 0 }
    }
  }
}

/// The epochs of a journal, of which each has to follow its predecessor.
struct EpochSequence {
  /// The last one.
  private(set) var last: UInt64?

  /// - Parameter last: the epoch that the next one has to follow; nil: it may be any.
  init(last: UInt64? = nil) { self.last = last }

  /// Takes the next epoch in.
  /// - Throws: ``Stop`` where it is another than the one that follows.
  mutating func admit(_ entry: JournalEntry, at offset: Int64) throws(Stop) {
    if let last, entry.epoch != last + 1 {
      throw Stop(
        .internalError, "the journal is broken at offset \(offset): epoch \(entry.epoch) follows epoch \(last)")
    }
    last = entry.epoch
  }
}
