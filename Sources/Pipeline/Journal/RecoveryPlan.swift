import Checkpoints

/// What a start does with what it found: pure decisions, no I/O.
struct RecoveryPlan {
  /// Where the state comes from.
  enum Base {
    /// A journal without an era: nothing has ever run.
    case nothing
    /// Replay from where the first era began.
    case origin(Era, journalOffset: Int64)
    /// A checkpoint.
    case checkpoint(Checkpoint, Snapshot)
  }

  /// What follows the base in the journal.
  enum Step {
    case era(Era, journalOffset: Int64)
    case epoch(JournalEntry, journalOffset: Int64)

    /// The offset of its record.
    var journalOffset: Int64 {
      switch self {
      case .era(_, let offset), .epoch(_, let offset): offset
      }
    }
  }

  /// Where the steps are to be read: a journal is too long to be kept.
  struct Steps: Equatable {
    /// From behind the base to the last record of the first reading.
    let offsets: ClosedRange<Int64>
    /// The epoch that the first one follows.
    let baseEpoch: UInt64
    /// The journal's last epoch; the base's where none follows.
    let lastEpoch: UInt64
  }

  let base: Base
  /// Nil where nothing follows the base.
  let steps: Steps?

  /// Decides from what was found in the journal, which was read up to our own start record, and the newest valid checkpoint, which
  /// the survey looked for.
  /// - Throws: ``Stop`` where checkpoint and journal do not belong together.
  init(_ journal: JournalSurvey, checkpoint: Checkpoint?) throws(Stop) {
    if let checkpoint {
      try self.init(journal, from: checkpoint)
    } else {
      try self.init(fromOriginOf: journal)
    }
  }

  private init(_ journal: JournalSurvey, from checkpoint: Checkpoint) throws(Stop) {
    let header = checkpoint.header
    guard header.epoch <= journal.lastEpoch ?? 0 || header.epoch == 0 else {
      throw Stop(
        .unusableData,
        "the checkpoint is of epoch \(header.epoch), but the journal ends with epoch \(journal.lastEpoch ?? 0): the journal "
          + "was lost or is another's. Restore it, or move the state directory away to begin at the origin.")
    }
    guard journal.hasCheckpoint else {
      throw Stop(
        .unusableData,
        "the journal has no epoch \(header.epoch) with the checkpoint's digest at offset \(header.journalOffset): it is "
          + "not the journal that this checkpoint was written with")
    }
    do {
      base = .checkpoint(checkpoint, try Snapshot(checkpoint))
    } catch {
      throw Stop(.unusableData, "the checkpoint of epoch \(header.epoch) cannot be used: \(error)")
    }
    steps = Steps(in: journal, after: header.journalOffset, baseEpoch: header.epoch)
  }

  private init(fromOriginOf journal: JournalSurvey) throws(Stop) {
    guard let first = journal.eras.first else {
      guard journal.lastEpoch == nil else {
        throw Stop(
          .unusableData,
          "there is no checkpoint, and the journal no longer reaches back to its first era. Restore a checkpoint, or begin "
            + "anew with another journal topic.")
      }
      base = .nothing
      steps = nil
      return
    }
    guard first.era.number == 1 else {
      throw Stop(
        .unusableData,
        "there is no checkpoint, and the journal begins with era \(first.era.number). Restore a checkpoint, or begin anew with "
          + "another journal topic.")
    }
    base = .origin(first.era, journalOffset: first.offset)
    steps = Steps(in: journal, after: first.offset, baseEpoch: first.era.baseEpoch)
  }
}

extension RecoveryPlan.Steps {
  fileprivate init?(in journal: JournalSurvey, after offset: Int64, baseEpoch: UInt64) {
    guard let last = journal.lastStep, let end = journal.end, last > offset else { return nil }
    self.init(offsets: offset + 1...end, baseEpoch: baseEpoch, lastEpoch: journal.lastEpoch ?? baseEpoch)
  }
}
