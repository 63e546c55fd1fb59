import FeedEvents
import Pipeline

/// What one run of the daemon is seen as from the outside: it lives until a call in which it dies.
final class SimulatedProcess {
  let cluster: SimulatedCluster
  private(set) var isDead = false
  /// The number of outside calls left to live; nil: for ever.
  var callsLeft: Int?
  /// The number of calls to the disk left to live: checkpoints are rare, and the moments within them are what matters.
  var diskCallsLeft: Int?

  init(cluster: SimulatedCluster, callsLeft: Int?, diskCallsLeft: Int? = nil) {
    self.cluster = cluster
    self.callsLeft = callsLeft
    self.diskCallsLeft = diskCallsLeft
  }

  /// Every call to the disk asks first.
  func diesOnDisk() -> Bool {
    if diskCallsLeft == 0 { callsLeft = 0 }
    diskCallsLeft = diskCallsLeft.map { $0 - 1 }
    return diesNow()
  }

  /// Every call to the outside asks first. A dead process does nothing any more.
  func diesNow() -> Bool {
    if isDead { return true }
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
}

/// The producer of one process.
struct SimulatedOutput: TransactionalOutput {
  static let topics: [OutputTopic: String] = [
    .recommendations: "recommendations-0", .deadLetter: "dead-letter-0", .journal: "journal-0",
  ]

  let process: SimulatedProcess
  let transactionalID: String
  private var epoch = 0
  private var offsets: [InputPosition] = []
  private var sent = 0
  private var journalOffset: Int64 = -1
  /// The commit went through, but its answer was lost.
  private var isCommitted = false
  private var mustAbort = false

  init(process: SimulatedProcess, transactionalID: String) {
    self.process = process
    self.transactionalID = transactionalID
  }

  private var cluster: SimulatedCluster { process.cluster }

  private func call() throws(OutputError) {
    if process.diesNow() { throw .fatal("dead") }
    if epoch > 0, !cluster.isCurrent(transactionalID, epoch) {
      cluster.happened(.zombieFenced)
      throw .fenced("a newer producer")
    }
    if process.faultNow() {
      cluster.happened(.retriable)
      throw .retriable("try again")
    }
  }

  mutating func initialize() throws(OutputError) {
    if process.diesNow() { throw .fatal("dead") }
    epoch = cluster.initialize(transactionalID)
  }

  mutating func begin() throws(OutputError) {
    try call()
    (offsets, sent, journalOffset, isCommitted, mustAbort) = ([], 0, -1, false, false)
    cluster.begin(transactionalID)
  }

  mutating func send(offsets: [InputPosition]) throws(OutputError) {
    try call()
    self.offsets = offsets
  }

  mutating func send(_ record: OutputRecord) throws(OutputError) {
    try call()
    if process.faultNow() {
      mustAbort = true
      cluster.happened(.sendFailed)
      throw .abortable("the record was refused")
    }
    let offset = cluster.produce(
      .init(key: record.key, value: record.value, headers: record.headers), to: Self.topics[record.topic]!,
      transactionalID)
    if record.topic == .journal { journalOffset = offset }
    sent += 1
  }

  mutating func commit() throws(OutputError) -> CommitReceipt {
    try call()
    if isCommitted { return CommitReceipt(delivered: sent, journalOffset: journalOffset) }
    if mustAbort || process.faultNow() {
      cluster.happened(.abortable)
      mustAbort = true
      throw .abortable("not enough replicas")
    }
    cluster.commit(transactionalID, offsets: offsets)
    if process.diesNow() { throw .fatal("dead") }
    if cluster.faultPercent > 0, cluster.random.chance(cluster.faultPercent) {
      isCommitted = true
      cluster.happened(.answerLost)
      throw .retriable("no answer")
    }
    return CommitReceipt(delivered: sent, journalOffset: journalOffset)
  }

  mutating func abort() throws(OutputError) {
    try call()
    cluster.abort(transactionalID)
    mustAbort = false
  }
}

/// The journal as one process reads it.
struct SimulatedJournal: JournalLog {
  let process: SimulatedProcess

  mutating func read(from offset: Int64?, through end: Int64) throws(InputError) -> [JournalRecord] {
    if process.diesNow() { throw .unavailable("dead") }
    let cluster = process.cluster
    var last = cluster.lastStableOffset("journal-0") - 1
    if end >= 0 {
      while cluster.lastStableOffset("journal-0") <= end { cluster.writeAllMarkers() }
      last = end
    } else if cluster.random.chance(30) {
      // A deposed leader answers with the end it knew.
      cluster.happened(.staleEnd)
      last -= Int64(cluster.random.below(4))
    }
    return cluster.visibleRecords("journal-0")
      .filter { $0.offset >= offset ?? 0 && $0.offset <= last }
      .map { JournalRecord(offset: $0.offset, value: $0.record.value!) }
  }
}

/// The input topics as one process reads them.
struct SimulatedLog: InputLog {
  let process: SimulatedProcess
  private var names: [String] = []
  private var positions: [Int64?] = []

  init(process: SimulatedProcess) { self.process = process }

  private var cluster: SimulatedCluster { process.cluster }

  private func call() throws(InputError) {
    if process.diesNow() { throw .unavailable("dead") }
    if cluster.faultPercent > 0, cluster.random.below(1000) < cluster.faultPercent {
      cluster.happened(.inputUnavailable)
      throw .unavailable("all brokers are down")
    }
  }

  private func name(_ input: InputPartition) -> String { SimulatedCluster.name(input.topic, input.partition) }

  mutating func beginnings(of inputs: [InputPartition]) throws(InputError) -> [Int64] {
    try call()
    return inputs.map { _ in 0 }
  }

  mutating func ends(of inputs: [InputPartition]) throws(InputError) -> [Int64] {
    try call()
    return inputs.map { cluster.lastStableOffset(name($0)) }
  }

  mutating func assign(_ inputs: [InputPartition], from offsets: [Int64?]) throws(InputError) {
    try call()
    names = inputs.map(name)
    positions = offsets
  }

  mutating func poll(into buffer: inout RecordBuffer, limit: Int, until deadline: Int64) throws(InputError) {
    try call()
    var left = cluster.random.below(limit + 1)
    for (input, name) in names.enumerated() {
      guard var position = positions[input] else { continue }
      var here = cluster.random.below(left + 2)
      while here > 0, left > 0, position < cluster.lastStableOffset(name) {
        if let record = cluster.visible(name, position) {
          buffer.append(
            input: input, offset: position, timestamp: record.timestamp, key: record.key, value: record.value,
            headers: record.headers)
          here -= 1
          left -= 1
        }
        position += 1
      }
      // Control records behind the last one are passed over by themselves.
      while position < cluster.lastStableOffset(name), cluster.visible(name, position) == nil { position += 1 }
      positions[input] = position
    }
  }

  func hasReached(_ end: Int64, input: Int) -> Bool { (positions[input] ?? .min) >= end }
}

/// Lists are done after a random number of turns.
struct SimulatedWorkshop: ListWorkshop {
  let process: SimulatedProcess
  private var freeze: Freeze?
  private var turnsLeft = 0

  init(process: SimulatedProcess) { self.process = process }

  mutating func start(_ freeze: Freeze) {
    self.freeze = freeze
    turnsLeft = process.cluster.random.below(6)
  }

  mutating func finished() -> FinishedLists? {
    guard let freeze else { return nil }
    if turnsLeft > 0 {
      turnsLeft -= 1
      return nil
    }
    self.freeze = nil
    return freeze.lists()
  }
}
