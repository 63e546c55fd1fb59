import Learning

// An upgrade of the learner: a new version goes on with the state that an older one left, in an era of its own. It does not fold the
// older one's epochs again, as it would come to other bits, unless an operator accepts that: see ``Acceptance``.
extension Recovery {
  /// Leaves what a later version has begun to that one.
  static func refuse(_ era: Era, ifLaterThan learnerVersion: UInt32) throws(Stop) {
    guard era.learnerVersion > learnerVersion else { return }
    throw Stop(
      .configuration,
      "era \(era.number) was opened by learner version \(era.learnerVersion), which alone can go on. This is version "
        + "\(learnerVersion).")
  }

  /// Why epochs of an older version are not folded again, and what to do.
  /// - Parameter folder: that version.
  static func refusal(
    toReplay entry: JournalEntry, of era: Era, by folder: UInt32, in journal: JournalSurvey, learnerVersion: UInt32
  ) -> Stop {
    let whose = "epoch \(entry.epoch) was folded by learner version \(folder), which alone can finish era "
    for later in journal.eras.map(\.era)
    where later.baseEpoch >= entry.epoch && later.learnerVersion > folder {
      return Stop(
        .configuration,
        "\(whose)\(era.number), and learner version \(later.learnerVersion) has gone on after epoch \(later.baseEpoch): this state "
          + "directory stayed behind. Bring the one that was used since. This is version \(learnerVersion).")
    }
    return Stop(
      .configuration,
      "\(whose)\(era.number): stop it cleanly first, or start with --accept learner to fold its last epochs again with this "
        + "version. This is version \(learnerVersion).")
  }
}

extension Stop {
  /// A stop for a journal that cannot be read up to our own start record at `end`.
  init(readingJournal error: InputError, through end: Int64) {
    switch error {
    case .unavailable(let reason): self.init(.retryLater, "the journal cannot be read: \(reason)")
    case .unusable(let reason): self.init(.unusableData, "the journal cannot be used: \(reason)")
    case .outOfRange(_, let offset) where offset > end:
      self.init(
        .unusableData,
        "the journal ends at offset \(end), the newest checkpoint was written at \(offset): the journal was lost or is another's. "
          + "Restore it, or move state and journal away to begin at the log's present start.")
    case .outOfRange(_, let offset):
      let needed =
        offset == 0 ? "without a checkpoint it is needed from its first" : "the newest checkpoint needs it from there"
      self.init(
        .unusableData,
        "the journal has no record at offset \(offset) any more, and \(needed): records of the journal were deleted that a start "
          + "cannot do without. Restore them or a later checkpoint, or move state and journal away to begin at the log's "
          + "present start.")
    }
  }
}
