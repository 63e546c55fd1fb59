import FeedEvents
import Pipeline

/// A broker that is stricter than Kafka: what it does not promise, it does not do.
///
/// Transactions are isolated (aborted and open records hidden, nothing beyond the last stable offset), a second producer
/// of one transactional id fences the first, a transaction open for longer than its timeout is aborted and its producer
/// fenced, control records take offsets, acknowledged commits may become visible later, old records may be deleted, and a
/// deposed leader may go on answering with an old end.
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
    var meaning = Meaning.nothing
    /// What makes it the event that it is, if it says so and a second one is to be skipped.
    var event: EventName?
  }

  /// Two users may give two events the same id.
  struct EventName: Hashable {
    let user: Int
    let id: Int
  }

  /// What an input record means, as its writer knows it.
  enum Meaning {
    case nothing
    /// The user has met the item for certain.
    case sees(user: Int, item: Int)
    /// Whether the user has now met the item is a matter of configuration.
    case mayHaveSeen(user: Int, item: Int)
    case forgets(user: Int)
  }

  final class Partition {
    var entries: [Entry] = []
    /// The first offset that retention has left.
    var beginning: Int64 = 0
    /// Transactions that are open or without markers, each with its first offset here.
    var unstable: [(transaction: Int, offset: Int64)] = []

    var end: Int64 { Int64(entries.count) }
    /// One past the last offset that a read_committed reader may reach.
    var lastStableOffset: Int64 { unstable.reduce(end) { min($0, $1.offset) } }
  }

  enum TransactionState: Equatable { case open, committed, aborted }

  struct Transaction {
    /// The incarnation that opened it.
    let incarnation: Int
    let openedAt: Int64
    var state = TransactionState.open
    var partitions: [Partition] = []
    /// Its place among all commits.
    var committedAs: Int?
  }

  private struct Producer {
    var epoch = 0
    var open: Int?
    var hasTimedOut = false
  }

  /// After how many milliseconds an open transaction is aborted.
  static let transactionTimeoutMilliseconds: Int64 = 60_000

  private var partitions: [String: Partition] = [:]
  private(set) var transactions: [Transaction] = []
  /// Committed, but without markers.
  private var unmarked: [Int] = []
  private var producers: [String: Producer] = [:]
  private(set) var commitCount = 0
  private var incarnationCount = 0
  var random: Randomness
  var faults = FaultCounts()
  /// Faults in percent of calls.
  var faultPercent = 0
  /// Milliseconds. Moved on by turns of the loop and by calls that take long.
  var time: Int64 = 10_000_000
  /// No broker answers until then.
  var outageEnd: Int64 = 0
  var outageIsLong = false
  /// Commits find too few replicas until then.
  var shortageEnd: Int64 = 0

  init(random: Randomness) { self.random = random }

  func happened(_ fault: Fault) { faults[fault] += 1 }

  static func name(_ topic: String, _ partition: Int32) -> String { "\(topic)-\(partition)" }

  func partition(_ name: String) -> Partition {
    if let known = partitions[name] { return known }
    let partition = Partition()
    partitions[name] = partition
    return partition
  }

  /// Counts producers in the order in which they are taken on.
  func nextIncarnation() -> Int {
    incarnationCount += 1
    return incarnationCount
  }

  // MARK: Plain producing

  func append(_ record: SimulatedRecord, to name: String) { partition(name).entries.append(.data(record)) }

  func appendControl(to name: String) { partition(name).entries.append(.control) }

  /// Somebody rewrites the first record of a log.
  func tamper(_ name: String) {
    rewrite(name) { offset, value in offset == 0 ? value + Array(" ".utf8) : value }
  }

  /// Somebody rewrites a log.
  func rewrite(_ name: String, _ change: (Int, [UInt8]) -> [UInt8]) {
    let partition = partition(name)
    for (offset, entry) in partition.entries.enumerated() {
      guard case .data(var record) = entry else { continue }
      record.value = change(offset, record.value ?? [])
      partition.entries[offset] = .data(record)
    }
  }

  /// Retention deletes what is below `offset`.
  func truncate(_ name: String, below offset: Int64) {
    let partition = partition(name)
    partition.beginning = max(partition.beginning, min(offset, partition.end))
  }

  // MARK: Transactions

  /// Fences every earlier producer of the id and ends its open transaction.
  func initialize(_ id: String) -> Int {
    var producer = producers[id] ?? Producer()
    if let open = producer.open {
      finish(open, as: .aborted)
      happened(.abortedForSuccessor)
    }
    producer = Producer(epoch: producer.epoch + 1)
    producers[id] = producer
    return producer.epoch
  }

  func isCurrent(_ id: String, _ epoch: Int) -> Bool { producers[id]?.epoch == epoch }

  /// Whether the id's last transaction was aborted because it took too long, and nobody has come since.
  func hasTimedOut(_ id: String) -> Bool { producers[id]?.hasTimedOut ?? false }

  func isOpen(_ id: String) -> Bool { producers[id]?.open != nil }

  func begin(_ id: String, incarnation: Int) {
    transactions.append(Transaction(incarnation: incarnation, openedAt: time))
    producers[id, default: Producer()].open = transactions.count - 1
  }

  func produce(_ record: SimulatedRecord, to name: String, _ id: String) -> Int64 {
    let transaction = producers[id]!.open!
    let partition = partition(name)
    var record = record
    record.transaction = transaction
    partition.entries.append(.data(record))
    if !transactions[transaction].partitions.contains(where: { $0 === partition }) {
      transactions[transaction].partitions.append(partition)
      partition.unstable.append((transaction, partition.end - 1))
    }
    return partition.end - 1
  }

  func commit(_ id: String) {
    guard let transaction = producers[id]?.open else { return }
    producers[id]!.open = nil
    commitCount += 1
    transactions[transaction].state = .committed
    transactions[transaction].committedAs = commitCount
    if random.chance(20) {
      unmarked.append(transaction)
      happened(.lateMarkers)
    } else {
      mark(transaction)
    }
  }

  func abort(_ id: String) {
    guard let transaction = producers[id]?.open else { return }
    producers[id]!.open = nil
    finish(transaction, as: .aborted)
  }

  /// The coordinator aborts what has been open for too long, and fences whoever opened it.
  func expireTransactions() {
    for id in producers.keys.sorted() {
      guard let open = producers[id]!.open,
        time - transactions[open].openedAt >= Self.transactionTimeoutMilliseconds
      else { continue }
      finish(open, as: .aborted)
      producers[id] = Producer(epoch: producers[id]!.epoch + 1, hasTimedOut: true)
    }
  }

  private func finish(_ transaction: Int, as state: TransactionState) {
    transactions[transaction].state = state
    mark(transaction)
  }

  private func mark(_ transaction: Int) {
    unmarked.removeAll { $0 == transaction }
    for partition in transactions[transaction].partitions {
      partition.unstable.removeAll { $0.transaction == transaction }
      partition.entries.append(.control)
    }
  }

  /// Time passes: markers are written.
  func settleMarkers() {
    for transaction in unmarked where random.chance(50) { mark(transaction) }
  }

  func writeAllMarkers() { for transaction in unmarked { mark(transaction) } }
}
