import Checkpoints

/// What a first reading of the journal finds: enough to decide about a start, and no more for a longer journal. It grows with the
/// eras alone, of which there is one for each change of the configuration or the learner.
struct JournalSurvey {
  /// An era that was opened in the journal.
  struct OpenedEra {
    let era: Era
    let offset: Int64
    /// Its epochs that the journal has; nil: none.
    var epochs: ClosedRange<UInt64>?
  }

  /// The checkpoint whose epoch is looked for.
  private let checkpoint: CheckpointHeader?
  private var epochs = EpochSequence()
  /// Whether the checkpoint's epoch is where the checkpoint says, with its digest.
  private(set) var hasCheckpoint = false
  /// The eras that were opened.
  private(set) var eras: [OpenedEra] = []
  /// Epochs of an era that was opened before the journal now begins.
  private(set) var earlierEpochs: ClosedRange<UInt64>?
  /// The offset of the first record.
  private(set) var begin: Int64?
  /// The offset of the last record.
  private(set) var end: Int64?
  /// The offset of the last epoch or era.
  private(set) var lastStep: Int64?

  /// The last epoch; that after which the first era was opened where there is none.
  var lastEpoch: UInt64? { epochs.last }

  /// Nothing has been read yet.
  init(lookingFor checkpoint: CheckpointHeader?) { self.checkpoint = checkpoint }

  /// Takes the next record in.
  /// - Throws: ``Stop`` where epochs are not contiguous.
  mutating func note(_ content: JournalContent, at offset: Int64) throws(Stop) {
    if begin == nil { begin = offset }
    end = offset
    switch content {
    case .epoch(let entry):
      try epochs.admit(entry, at: offset)
      lastStep = offset
      if eras.isEmpty {
        earlierEpochs = (earlierEpochs?.lowerBound ?? entry.epoch)...entry.epoch
      } else {
        let last = eras.count - 1
        eras[last].epochs = (eras[last].epochs?.lowerBound ?? entry.epoch)...entry.epoch
      }
      noteState(after: entry.epoch, digest: entry.digest, at: offset)
    case .start(let start):
      guard let era = start.era else { return }
      epochs.begin(after: era.baseEpoch)
      lastStep = offset
      eras.append(OpenedEra(era: era, offset: offset))
      noteState(after: era.baseEpoch, digest: era.baseDigest, at: offset)
    }
  }

  private mutating func noteState(after epoch: UInt64, digest: UInt128, at offset: Int64) {
    guard let checkpoint, offset == checkpoint.journalOffset else { return }
    hasCheckpoint = epoch == checkpoint.epoch && digest == checkpoint.digest
  }
}

/// The epochs of a journal, of which each has to follow its predecessor.
struct EpochSequence {
  /// The last one.
  private(set) var last: UInt64?

  /// - Parameter last: the epoch that the next one has to follow; nil: it may be any.
  init(last: UInt64? = nil) { self.last = last }

  /// The first one will follow `epoch`, where none has been.
  mutating func begin(after epoch: UInt64) { last = last ?? epoch }

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
