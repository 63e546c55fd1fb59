internal import Checkpoints

/// Bugs of the protocol that can be planted in a debug build, so that the crash simulation shows that it would catch them.
/// Release builds contain none of them.
public enum PlantedBug: String, Sendable, CaseIterable {
  /// A start does not fence its predecessor.
  case noFencing
  /// The checkpoint is written before the epoch's transaction is committed.
  case checkpointBeforeCommit
  /// Whoever is fenced writes a last checkpoint.
  case checkpointWhenFenced
  /// A slot's payloads are not compared with their checksums.
  case noChecksum
  /// A checkpoint's contents are not synced before it is renamed.
  case noFsync
  /// The directory is not synced after the rename.
  case noDirectoryFsync
  /// There is one slot instead of two.
  case oneSlot
  /// The positions in a checkpoint are the reader's, not those of the state beside them.
  case offsetsApartFromState
  /// A commit without an answer is taken for an abort: the epoch is sent again.
  case unknownCommitTakenForAbort
  /// A record that could not be handed over is left out of its transaction.
  case failedSendIgnored
  /// Negatives are drawn by a count of events that no checkpoint holds.
  case statefulRandomness
  /// After an abort the epoch is composed anew from whatever has been polled since.
  case epochRecomposedAfterAbort
  /// The journal record goes out in a transaction of its own, after the lists.
  case journalInItsOwnTransaction
  /// The journal is read to the end the broker claims at the moment, without a start record.
  case journalReadWithoutStartRecord
  /// Epochs of another learner version are folded again by this one.
  case replayAcrossLearnerVersions
  /// Recovery forgets the users touched in the epochs it replays.
  case owedUsersForgottenInReplay
  /// After recovery lists are frozen at once, in an epoch that an earlier incarnation may have used.
  case versionReusedAfterRecovery
  /// A range ends at the reader's position, which control records move, and not after the last data record.
  case rangeEndsAtReaderPosition
  /// The catalog's records are folded behind the interactions of their epoch.
  case catalogFoldedLate
  /// Where records were deleted before they were folded, reading goes on behind them.
  case gapSkipped
  /// Users are let in beyond the budget, and evicted when their epoch ends.
  case evictionAtEpochEnds
  /// The windows of events are in no checkpoint: after a start a duplicate is not known.
  case duplicateWindowNotCheckpointed
  /// Whoever is forgotten stays in the windows of events.
  case duplicatesOutliveForgetting
}

extension PlantedBug {
  /// The bug where it is one of the checkpoints' own.
  var inCheckpoints: PlantedCheckpointBug? {
    switch self {
    case .noChecksum: .noChecksum
    case .noFsync: .noFsync
    case .noDirectoryFsync: .noDirectoryFsync
    case .oneSlot: .oneSlot
    default: nil
    }
  }
}

/// Whether `bug` is planted. False, known to the compiler, in release builds.
@inline(__always)
func isPlanted(_ bug: PlantedBug, _ planted: PlantedBug?) -> Bool {
  #if PLANTED_BUGS
    bug == planted
  #else
    false
  #endif
}
