import Checkpoints

/// What a first reading of the journal finds: enough to decide about a start, and no more for a longer journal. It grows with the
/// inputs and the eras alone, of which there is one for each change of the configuration or the learner, and for each acceptance.
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
  /// Where the journal leaves each input of which it tells, whether that is in the state or not.
  private(set) var ends: [InputPartition: Int64] = [:]

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
      for range in entry.ranges { ends[range.input] = range.to }
      noteState(after: entry.epoch, digest: entry.digest, at: offset)
    case .start(let start):
      guard let era = start.era else { return }
      try epochs.begin(era, at: offset)
      lastStep = offset
      eras.append(OpenedEra(era: era, offset: offset))
      if era.accepted != nil {
        for position in era.positions { ends[position.input] = position.next }
      }
      // No checkpoint of an earlier era lies here.
      if era.number <= checkpoint?.era ?? 0 { noteState(after: era.baseEpoch, digest: era.baseDigest, at: offset) }
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

  /// The next epoch will follow the era's base, where none has been.
  /// - Throws: ``Stop`` where an acceptance goes on behind another epoch than the last one.
  mutating func begin(_ era: Era, at offset: Int64) throws(Stop) {
    if let last, era.accepted != nil, era.baseEpoch != last {
      throw Stop(
        .internalError,
        "the journal is broken at offset \(offset): era \(era.number) begins behind epoch \(era.baseEpoch), not \(last)"
      )
    }
    last = last ?? era.baseEpoch
  }

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
