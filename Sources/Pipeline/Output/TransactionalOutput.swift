public import FeedEvents

/// Where a record goes.
public enum OutputTopic: String, Sendable, CaseIterable {
  /// One full list per user, compacted.
  case recommendations
  /// Records that could not be used.
  case deadLetter = "dead_letter"
  /// One record per epoch and per start.
  case journal
}

/// A record to be sent.
public struct OutputRecord: Equatable, Sendable {
  /// Where to.
  public let topic: OutputTopic
  /// Its key.
  public let key: [UInt8]?
  /// Its value; nil: tombstone.
  public let value: [UInt8]?
  /// Its headers.
  public let headers: [RecordHeader]

  /// Creates a record.
  public init(topic: OutputTopic, key: [UInt8]?, value: [UInt8]?, headers: [RecordHeader] = []) {
    self.topic = topic
    self.key = key
    self.value = value
    self.headers = headers
  }
}

/// What a call to the broker's transaction interface can end in, decided in this order: fatal or fenced, abortable,
/// retriable. The caller's next step is the case's name.
public enum OutputError: Error, Equatable, Sendable {
  /// Another instance has taken over, or the broker holds this one for dead: stop at once, touch nothing.
  case fenced(String)
  /// Abort this transaction and send the same epoch again.
  case abortable(String)
  /// The same, but only because a broker or a replica is away: for as long as that takes, up to a deadline.
  case outage(String)
  /// Call the same again.
  case retriable(String)
  /// Stop: nothing known can mend it.
  case fatal(String)
}

/// The broker's transactional producer, as small as an epoch needs it. All calls block; they come from one thread.
public protocol TransactionalOutput {
  /// Fences every earlier producer of the same transactional id and ends its open transaction.
  mutating func initialize() throws(OutputError)
  /// Opens a transaction.
  mutating func begin() throws(OutputError)
  /// Hands over the positions for lag tools. Right after `begin`: the first request of a transaction waits for the
  /// markers of the one before, and this one carries nothing that could be lost.
  mutating func send(offsets: [InputPosition]) throws(OutputError)
  /// Hands over one record.
  mutating func send(_ record: OutputRecord) throws(OutputError)
  /// Ends the transaction. Returns the number of records whose delivery was reported without error, and the offset of the
  /// journal record.
  mutating func commit() throws(OutputError) -> CommitReceipt
  /// Takes everything since `begin` back.
  mutating func abort() throws(OutputError)
}

/// What the broker says of a committed transaction.
public struct CommitReceipt: Equatable, Sendable {
  /// The number of records delivered.
  public let delivered: Int
  /// The journal record's offset, from its delivery report.
  public let journalOffset: Int64

  /// Creates a receipt.
  public init(delivered: Int, journalOffset: Int64) {
    self.delivered = delivered
    self.journalOffset = journalOffset
  }
}
