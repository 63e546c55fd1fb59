import FeedEvents
import Learning
import Pipeline

/// What one run of the daemon is seen as from the outside: it lives until a call in which it dies.
final class SimulatedProcess {
  let cluster: SimulatedCluster
  private(set) var isDead = false
  /// The number of outside calls left to live; nil: for ever.
  var callsLeft: Int?
  /// The number of calls to the disk left to live: checkpoints are rare, and the moments within them are what matters.
  var diskCallsLeft: Int?
  /// In how many calls it stalls; nil: never.
  var callsToStall: Int?
  /// What happens meanwhile.
  var stall: () -> Void = {}
  /// What the world did to it that may end it.
  var excuses: Set<Fault> = []
  /// Which version of the learner it is.
  var learnerVersion = Learner.version
  /// How often a transaction had to be aborted.
  var aborts = 0
  /// It has met an outage that is shorter than the transaction timeout, and no call has succeeded since.
  var isPaused = false
  /// Set once it has been told to stop at once: from then on the disk is left alone.
  var mustLeaveDiskAlone = false
  /// What it did wrong, as seen from the outside.
  var violation: Violation?

  init(cluster: SimulatedCluster, callsLeft: Int?, diskCallsLeft: Int? = nil) {
    self.cluster = cluster
    self.callsLeft = callsLeft
    self.diskCallsLeft = diskCallsLeft
  }

  /// Every call to the disk asks first.
  func diesOnDisk() -> Bool {
    if diskCallsLeft == 0, !isDead {
      isDead = true
      cluster.happened(.crashOnDisk)
    }
    diskCallsLeft = diskCallsLeft.map { $0 - 1 }
    return diesNow()
  }

  /// Every call to the outside asks first. A dead process does nothing any more.
  func diesNow() -> Bool {
    if isDead { return true }
    if let left = callsToStall {
      callsToStall = left == 0 ? nil : left - 1
      if left == 0 { stall() }
    }
    if let left = callsLeft {
      if left == 0 {
        isDead = true
        cluster.happened(.crashInCall)
        return true
      }
      callsLeft = left - 1
    }
    return false
  }

  func faultNow() -> Bool { cluster.faultPercent > 0 && cluster.random.below(1000) < cluster.faultPercent * 10 }

  /// Something happened that may end the process.
  func suffers(_ fault: Fault) {
    excuses.insert(fault)
    cluster.happened(fault)
  }
}
