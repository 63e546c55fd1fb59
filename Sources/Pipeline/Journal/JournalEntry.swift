/// One epoch, as the journal keeps it.
public struct JournalEntry: Equatable, Sendable {
  /// What one partition gave to the epoch.
  public struct Range: Equatable, Sendable {
    /// The partition.
    public let input: InputPartition
    /// The first offset.
    public let from: Int64
    /// The last data record's offset + 1; equals `from` where there was none.
    public let to: Int64
    /// The number of data records.
    public let count: Int
    /// An order-sensitive hash of offsets, keys and values.
    public let hash: UInt128

    /// Creates a range.
    public init(input: InputPartition, from: Int64, to: Int64, count: Int, hash: UInt128) {
      self.input = input
      self.from = from
      self.to = to
      self.count = count
      self.hash = hash
    }
  }

  /// The lists that went out in the epoch's transaction, all of one freeze.
  public struct Lists: Equatable, Sendable {
    /// The epoch after which they were frozen.
    public let version: UInt64
    /// When, in wall-clock milliseconds: the one reading of the clock that enters a list.
    public let generatedAt: Int64
    /// How many.
    public let count: Int
    /// The sum mod 2^128 of the hashes of their keys and values.
    public let hash: UInt128

    /// Creates the account of some lists.
    public init(version: UInt64, generatedAt: Int64, count: Int, hash: UInt128) {
      self.version = version
      self.generatedAt = generatedAt
      self.count = count
      self.hash = hash
    }
  }

  /// The epoch's number, 1 more than its predecessor's.
  public let epoch: UInt64
  /// One range per input, in folding order.
  public let ranges: [Range]
  /// The digest of the state after the epoch.
  public let digest: UInt128
  /// Dead letters by reason, sorted by reason.
  public let deadLetters: [DeadLetterCount]
  /// The lists carried, if any.
  public let lists: Lists?
  /// Users forgotten in this epoch, whose tombstones it carries.
  public let tombstones: Int

  /// How many dead letters had one reason.
  public struct DeadLetterCount: Equatable, Sendable {
    /// The reason.
    public let reason: String
    /// How many.
    public let count: Int

    /// Creates a count.
    public init(reason: String, count: Int) {
      self.reason = reason
      self.count = count
    }
  }

  /// Creates an entry.
  public init(
    epoch: UInt64, ranges: [Range], digest: UInt128, deadLetters: [DeadLetterCount], lists: Lists?, tombstones: Int
  ) {
    self.epoch = epoch
    self.ranges = ranges
    self.digest = digest
    self.deadLetters = deadLetters
    self.lists = lists
    self.tombstones = tombstones
  }
}

/// The record that every start commits before it reads the journal: whoever finds it has read everything before it.
public struct StartRecord: Equatable, Sendable {
  /// Random, so that it is found again and no other is taken for it.
  public let incarnation: UInt64
  /// Set where a new era begins.
  public let era: Era?

  /// Creates a start record.
  public init(incarnation: UInt64, era: Era? = nil) {
    self.incarnation = incarnation
    self.era = era
  }
}

/// A stretch of epochs under one learner version and one configuration.
public struct Era: Equatable, Sendable {
  /// Counts from 1.
  public let number: UInt64
  /// The version of the learning code.
  public let learnerVersion: UInt32
  /// The last epoch before it.
  public let baseEpoch: UInt64
  /// The digest of the state it starts from.
  public let baseDigest: UInt128
  /// The canonical text of ``JournaledConfiguration``, seed included.
  public let configuration: String
  /// Where each input begins: of the first era, the origin.
  public let positions: [EraPosition]
  /// What an operator accepted with it; nil: nothing, the era goes on with the state that there was.
  public let accepted: Acceptance?

  /// Where one input stands at the era's start.
  public struct EraPosition: Equatable, Sendable {
    /// The input.
    public let input: InputPartition
    /// The next offset.
    public let next: Int64

    /// Creates a position.
    public init(input: InputPartition, next: Int64) {
      self.input = input
      self.next = next
    }
  }

  /// Creates an era.
  public init(
    number: UInt64, learnerVersion: UInt32, baseEpoch: UInt64, baseDigest: UInt128, configuration: String,
    positions: [EraPosition], accepted: Acceptance? = nil
  ) {
    self.number = number
    self.learnerVersion = learnerVersion
    self.baseEpoch = baseEpoch
    self.baseDigest = baseDigest
    self.configuration = configuration
    self.positions = positions
    self.accepted = accepted
  }
}

/// What a record of the journal says.
public enum JournalContent: Equatable, Sendable {
  /// A start, perhaps with a new era.
  case start(StartRecord)
  /// An epoch.
  case epoch(JournalEntry)
}
