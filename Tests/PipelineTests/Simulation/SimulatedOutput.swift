import FeedEvents
import Pipeline

/// The producer of one process.
struct SimulatedOutput: TransactionalOutput {
  static let topics: [OutputTopic: String] = [
    .recommendations: "recommendations-0", .deadLetter: "dead-letter-0", .journal: "journal-0",
  ]

  let process: SimulatedProcess
  private var transactionalID: String
  /// Nil until initialized.
  private var epoch: Int?
  private var incarnation = 0
  private var sent = 0
  private var journalOffset: Int64 = -1
  /// The commit went through, but its answer was lost.
  private var isCommitted = false
  private var mustAbort = false
  private var answersAreLost = false

  init(process: SimulatedProcess, transactionalID: String) {
    self.process = process
    self.transactionalID = transactionalID
  }

  private var cluster: SimulatedCluster { process.cluster }

  private func waitForBroker() throws(OutputError) {
    if process.diesNow() { throw .fatal("dead") }
    guard cluster.isOut else {
      if process.isPaused { cluster.happened(.pausedForShortOutage) }
      process.isPaused = false
      return
    }
    cluster.time += 1_000
    process.isPaused = !cluster.outageIsLong
    if cluster.outageIsLong { process.excuses.insert(.longOutage) }
    throw .retriable("no broker answers")
  }

  private func call() throws(OutputError) {
    try waitForBroker()
    cluster.expireTransactions()
    if let epoch, !cluster.isCurrent(transactionalID, epoch) {
      process.suffers(cluster.hasTimedOut(transactionalID) ? .ownTimeoutFenced : .zombieFenced)
      process.mustLeaveDiskAlone = true
      throw .fenced("a newer producer")
    }
    // One of its own, which nobody has taken over.
    if epoch == nil, incarnation != 0, cluster.hasTimedOut(transactionalID) {
      process.suffers(.ownTimeoutFenced)
      process.mustLeaveDiskAlone = true
      throw .fenced("the transaction took too long")
    }
    guard process.faultNow() else { return }
    if cluster.random.chance(4) {
      process.suffers(.fatal)
      process.mustLeaveDiskAlone = true
      throw .fatal("the broker does not know this producer")
    }
    cluster.happened(.retriable)
    cluster.time += Int64(cluster.random.below(500))
    throw .retriable("try again")
  }

  mutating func initialize() throws(OutputError) {
    try waitForBroker()
    cluster.expireTransactions()
    if process.faultNow() {
      cluster.happened(.retriable)
      throw .retriable("the coordinator is loading")
    }
    epoch = cluster.initialize(transactionalID)
    incarnation = cluster.nextIncarnation()
  }

  mutating func begin() throws(OutputError) {
    // Whoever does not initialize is a producer of its own, which nobody fences.
    if incarnation == 0 {
      incarnation = cluster.nextIncarnation()
      transactionalID += " of \(incarnation)"
    }
    try call()
    guard !cluster.isOpen(transactionalID) else { throw .fatal("a transaction is open") }
    (sent, journalOffset, isCommitted, mustAbort, answersAreLost) = (0, -1, false, false, false)
    cluster.begin(transactionalID, incarnation: incarnation)
  }

  mutating func send(offsets: [InputPosition]) throws(OutputError) { try call() }

  mutating func send(_ record: OutputRecord) throws(OutputError) {
    try call()
    if process.faultNow() {
      // The record is in no transaction, but the transaction knows nothing of it: its commit would succeed.
      cluster.happened(.sendFailed)
      if cluster.random.chance(50) { throw .retriable("the queue is full") }
      process.aborts += 1
      throw .abortable("the partition is unknown")
    }
    let offset = cluster.produce(
      .init(key: record.key, value: record.value, headers: record.headers), to: Self.topics[record.topic]!,
      transactionalID)
    if record.topic == .journal { journalOffset = offset }
    sent += 1
  }

  mutating func commit() throws(OutputError) -> CommitReceipt {
    if answersAreLost {
      if process.diesNow() { throw .fatal("dead") }
      cluster.time += 10_000
      throw .retriable("no answer")
    }
    try call()
    if isCommitted { return CommitReceipt(delivered: sent, journalOffset: journalOffset) }
    if cluster.time < cluster.shortageEnd || mustAbort {
      cluster.happened(.notEnoughReplicas)
      mustAbort = true
      process.aborts += 1
      throw .outage("not enough replicas")
    }
    if process.faultNow() {
      cluster.happened(.abortable)
      mustAbort = true
      process.aborts += 1
      throw .abortable("a sequence number is out of order")
    }
    let isLost = process.faultNow()
    if isLost, cluster.random.chance(20) {
      // For longer than anyone waits.
      answersAreLost = true
      process.suffers(.outcomeUnknown)
      process.mustLeaveDiskAlone = true
    }
    if isLost, cluster.random.chance(50) {
      cluster.happened(.answerLostNotCommitted)
      cluster.time += Int64(cluster.random.below(10_000))
      throw .retriable("no answer")
    }
    cluster.commit(transactionalID)
    if process.diesNow() { throw .fatal("dead") }
    if isLost {
      isCommitted = true
      cluster.happened(.answerLostButCommitted)
      cluster.time += Int64(cluster.random.below(10_000))
      throw .retriable("no answer")
    }
    return CommitReceipt(delivered: sent, journalOffset: journalOffset)
  }

  mutating func abort() throws(OutputError) {
    try call()
    // While replicas are missing an abort does not finish either.
    if cluster.time < cluster.shortageEnd {
      cluster.time += 1_000
      throw .retriable("not enough replicas")
    }
    cluster.abort(transactionalID)
    mustAbort = false
  }
}
