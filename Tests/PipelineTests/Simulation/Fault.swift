/// What the simulated world does to the daemon. Each is counted: a fault that never happens proves nothing.
enum Fault: String, CaseIterable {
  // The process.
  case crashInCall, crashOnDisk, stall, takeover
  // The broker.
  case zombieFenced, ownTimeoutFenced, abortedForSuccessor, fatal, abortable, retriable, sendFailed
  case answerLostButCommitted, answerLostNotCommitted, outcomeUnknown, notEnoughReplicas
  case shortOutage, pausedForShortOutage, longOutage
  // What readers meet.
  case lateMarkers, heldBackByOlderTransaction, abortedRecordsHidden, deposedLeaderOfJournal, deposedLeaderOfInput
  case redelivered, inputUnavailable, retentionBeforePosition, retentionPastPosition
  case journalRetention, journalRetentionPastCheckpoint, truncatedJournalRefused
  // What an operator accepted: records never folded, epochs that could not be folded again.
  case gapAccepted, epochsGivenUp
  // The disk.
  case powerLoss, unsyncedContentsLost, tornWrite, lostRename, bitFlip, noSpace, writeError, syncError, renameError
  case directorySyncError, readError
  // Operators and users.
  case otherMachine, eraOpened, otherLearnerVersion, learnerUpgraded, upgradeRefused, userForgotten
  // Full tables.
  case userEvicted, itemEvicted, tagEvicted
  // Producers, who send an event again: it is skipped, or so much has come between that nobody knows.
  case duplicateSkipped, duplicateBeyondWindow
}

/// How often each fault happened.
struct FaultCounts {
  private var counts = [Int](repeating: 0, count: Fault.allCases.count)
  private static let indices = Dictionary(uniqueKeysWithValues: zip(Fault.allCases, 0...))

  subscript(fault: Fault) -> Int {
    get { counts[Self.indices[fault]!] }
    set { counts[Self.indices[fault]!] = newValue }
  }

  mutating func add(_ other: FaultCounts) {
    for index in counts.indices { counts[index] += other.counts[index] }
  }
}
