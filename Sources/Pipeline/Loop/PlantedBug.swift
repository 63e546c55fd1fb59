/// Bugs of the protocol that can be planted in a debug build, so that the crash simulation shows that it would catch them.
/// Release builds contain none of them.
public enum PlantedBug: String, Sendable, CaseIterable {
  /// The checkpoint is written before the epoch's transaction is committed.
  case checkpointBeforeCommit
  /// After an abort the epoch is composed anew from whatever has been polled since.
  case epochRecomposedAfterAbort
  /// The journal record goes out in a transaction of its own, after the lists.
  case journalInItsOwnTransaction
  /// Recovery forgets the users touched in the epochs it replays.
  case owedUsersForgottenInReplay
  /// After recovery lists are frozen at once, in an epoch that an earlier incarnation may have used.
  case versionReusedAfterRecovery
  /// A range ends at the reader's position, which control records move, and not after the last data record.
  case rangeEndsAtReaderPosition
  /// The journal is read to the end the broker claims at the moment, without a start record.
  case journalReadWithoutStartRecord
  /// A commit without an answer is taken for an abort: the epoch is sent again.
  case unknownCommitTakenForAbort
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
