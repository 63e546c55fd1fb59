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
  }

  let base: Base
  let steps: [Step]

  /// Decides from the journal's contents, which reach up to our own start record, and the valid checkpoints, newest first.
  /// - Throws: ``Stop`` where epochs are not contiguous, or checkpoint and journal do not belong together.
  init(journal: [(offset: Int64, content: JournalContent)], checkpoints: [Checkpoint]) throws(Stop) {
    var lastEpoch: UInt64?
    for (offset, content) in journal {
      guard case .epoch(let entry) = content else {
        // A checkpoint that an acceptance wrote has no epoch's record before it.
        if case .start(let start) = content, let era = start.era, era.accepted != nil {
          guard lastEpoch ?? era.baseEpoch == era.baseEpoch else {
            throw Stop(
              .internalError,
              "the journal is broken at offset \(offset): era \(era.number) begins behind epoch \(era.baseEpoch), not "
                + "\(lastEpoch ?? 0)")
          }
          lastEpoch = era.baseEpoch
        }
        continue
      }
      if let lastEpoch, entry.epoch != lastEpoch + 1 {
        throw Stop(
          .internalError,
          "the journal is broken at offset \(offset): epoch \(entry.epoch) follows epoch \(lastEpoch)")
      }
      lastEpoch = entry.epoch
    }

    if let newest = checkpoints.first {
      let header = newest.header
      guard header.epoch <= lastEpoch ?? 0 || header.epoch == 0 else {
        throw Stop(
          .unusableData,
          "the checkpoint is of epoch \(header.epoch), but the journal ends with epoch \(lastEpoch ?? 0): the journal was "
            + "lost or is another's. Restore it, or move the state directory away to begin at the origin.")
      }
      let isOurs = journal.contains { offset, content in
        guard offset == header.journalOffset else { return false }
        switch content {
        case .epoch(let entry): return entry.epoch == header.epoch && entry.digest == header.digest
        case .start(let start): return start.era.map { Self.isBase($0, of: header) } ?? false
        }
      }
      guard isOurs else {
        throw Stop(
          .unusableData,
          "the journal has no epoch \(header.epoch) with the checkpoint's digest at offset \(header.journalOffset): it is "
            + "not the journal that this checkpoint was written with")
      }
      do {
        base = .checkpoint(newest, try Snapshot(newest))
      } catch {
        throw Stop(.unusableData, "the checkpoint of epoch \(header.epoch) cannot be used: \(error)")
      }
      steps = Self.steps(in: journal, after: header.journalOffset)
      return
    }

    let firstEra = journal.first { _, content in
      if case .start(let start) = content { return start.era != nil }
      return false
    }
    guard let firstEra, case .start(let start) = firstEra.content, let era = start.era else {
      guard lastEpoch == nil else {
        throw Stop(
          .unusableData,
          "there is no checkpoint, and the journal no longer reaches back to its first era. Restore a checkpoint, or begin "
            + "anew with another journal topic.")
      }
      base = .nothing
      steps = []
      return
    }
    guard era.number == 1 else {
      throw Stop(
        .unusableData,
        "there is no checkpoint, and the journal begins with era \(era.number). Restore a checkpoint, or begin anew with "
          + "another journal topic.")
    }
    base = .origin(era, journalOffset: firstEra.offset)
    steps = Self.steps(in: journal, after: firstEra.offset)
  }

  /// Whether a checkpoint is of the state that `era` began with.
  private static func isBase(_ era: Era, of header: CheckpointHeader) -> Bool {
    guard era.accepted != nil else { return header.epoch == 0 }
    return era.baseEpoch == header.epoch && era.baseDigest == header.digest && era.number <= header.era
  }

  private static func steps(in journal: [(offset: Int64, content: JournalContent)], after offset: Int64) -> [Step] {
    journal.compactMap { position, content in
      guard position > offset else { return nil }
      switch content {
      case .epoch(let entry): return .epoch(entry, journalOffset: position)
      case .start(let start): return start.era.map { .era($0, journalOffset: position) }
      }
    }
  }
}
