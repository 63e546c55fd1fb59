import FeedEvents
import Pipeline

/// A broker that is stricter than Kafka: what it does not promise, it does not do.
///
/// Transactions are isolated (aborted and open records hidden, nothing beyond the last stable offset), a second producer
/// of one transactional id fences the first, control records take offsets, acknowledged commits may become visible later,
/// and a deposed leader may go on answering with an old end.
final class SimulatedCluster {
  enum Entry {
    case data(SimulatedRecord)
    case control
  }

  struct SimulatedRecord {
    var key: [UInt8]?
    var value: [UInt8]?
    var headers: [RecordHeader] = []
    var timestamp: Int64 = 0
    var transaction: Int?
  }

  enum TransactionState: Equatable { case open, committed, aborted }

  /// What went wrong, and how often: a fault that never happens proves nothing.
  enum Fault: String, CaseIterable {
    case crashInCall, powerLoss, tornWrite, lostRename, answerLost, abortable, retriable, sendFailed, staleEnd,
      lateMarkers
    case zombieFenced, inputUnavailable, abortedForSuccessor, bitFlip
  }

  private(set) var partitions: [String: [Entry]] = [:]
  private var states: [TransactionState] = []
  /// Partitions that transactional records have been sent to.
  private var transactional: Set<String> = []
  /// Committed, but its markers are not written yet.
  private var unmarked: Set<Int> = []
  private var currentEpoch: [String: Int] = [:]
  private var openTransaction: [String: Int] = [:]
  private(set) var groupOffsets: [InputPosition] = []
  var random: Randomness
  var faults: [Fault: Int] = [:]
  /// Faults on or off, in percent of calls.
  var faultPercent = 0

  init(random: Randomness) { self.random = random }

  func happened(_ fault: Fault) { faults[fault, default: 0] += 1 }

  static func name(_ topic: String, _ partition: Int32) -> String { "\(topic)-\(partition)" }

  // MARK: Plain producing

  func append(_ record: SimulatedRecord, to partition: String) {
    partitions[partition, default: []].append(.data(record))
  }
  /// Somebody rewrites the first record of a log.
  func tamper(_ partition: String) {
    guard case .data(var record)? = partitions[partition]?.first else { return }
    record.value = (record.value ?? []) + Array(" ".utf8)
    partitions[partition]![0] = .data(record)
  }

  func appendControl(to partition: String) { partitions[partition, default: []].append(.control) }

  // MARK: Transactions

  func initialize(_ transactionalID: String) -> Int {
    if let open = openTransaction[transactionalID] {
      finish(open, as: .aborted)
      openTransaction[transactionalID] = nil
      happened(.abortedForSuccessor)
    }
    currentEpoch[transactionalID, default: 0] += 1
    return currentEpoch[transactionalID]!
  }

  func isCurrent(_ transactionalID: String, _ epoch: Int) -> Bool { currentEpoch[transactionalID] == epoch }

  func begin(_ transactionalID: String) {
    states.append(.open)
    openTransaction[transactionalID] = states.count - 1
  }

  func isOpen(_ transactionalID: String) -> Bool { openTransaction[transactionalID] != nil }

  func produce(_ record: SimulatedRecord, to partition: String, _ transactionalID: String) -> Int64 {
    var record = record
    record.transaction = openTransaction[transactionalID]!
    partitions[partition, default: []].append(.data(record))
    transactional.insert(partition)
    return Int64(partitions[partition]!.count - 1)
  }

  func commit(_ transactionalID: String, offsets: [InputPosition]) {
    guard let transaction = openTransaction.removeValue(forKey: transactionalID) else { return }
    states[transaction] = .committed
    if !offsets.isEmpty { groupOffsets = offsets }
    if random.chance(20) {
      unmarked.insert(transaction)
      happened(.lateMarkers)
    } else {
      mark(transaction)
    }
  }

  func abort(_ transactionalID: String) {
    guard let transaction = openTransaction.removeValue(forKey: transactionalID) else { return }
    finish(transaction, as: .aborted)
  }

  private func finish(_ transaction: Int, as state: TransactionState) {
    states[transaction] = state
    mark(transaction)
  }

  private func mark(_ transaction: Int) {
    unmarked.remove(transaction)
    let touched = partitions.filter { _, entries in
      entries.contains { if case .data(let record) = $0 { record.transaction == transaction } else { false } }
    }
    for partition in touched.keys.sorted() { appendControl(to: partition) }
  }

  /// Time passes: markers are written.
  func settleMarkers() {
    for transaction in unmarked.sorted() where random.chance(50) { mark(transaction) }
  }

  func writeAllMarkers() { for transaction in unmarked.sorted() { mark(transaction) } }

  // MARK: Reading

  /// One past the last offset that a read_committed reader may reach.
  func lastStableOffset(_ partition: String) -> Int64 {
    let entries = partitions[partition, default: []]
    guard transactional.contains(partition) else { return Int64(entries.count) }
    let firstUnstable = entries.firstIndex { entry in
      guard case .data(let record) = entry, let transaction = record.transaction else { return false }
      return states[transaction] == .open || unmarked.contains(transaction)
    }
    return Int64(firstUnstable ?? entries.count)
  }

  /// The record at an offset, if a read_committed reader is given it.
  func visible(_ partition: String, _ offset: Int64) -> SimulatedRecord? {
    guard offset < lastStableOffset(partition), case .data(let record) = partitions[partition]![Int(offset)] else {
      return nil
    }
    if let transaction = record.transaction, states[transaction] != .committed { return nil }
    return record
  }

  /// Everything that a read_committed reader sees.
  func visibleRecords(_ partition: String) -> [(offset: Int64, record: SimulatedRecord)] {
    let entries = partitions[partition, default: []]
    return (0..<lastStableOffset(partition)).compactMap { offset in
      guard case .data(let record) = entries[Int(offset)] else { return nil }
      if let transaction = record.transaction, states[transaction] != .committed { return nil }
      return (offset, record)
    }
  }
}
