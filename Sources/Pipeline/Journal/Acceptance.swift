/// What an operator has accepted so that a start could go on. The era which that opened carries it: nothing is accepted silently.
///
/// Such an era begins with the state after an epoch of an earlier era, at the era's own positions, and goes on behind the
/// journal's last epoch. Epochs between the two stay in the journal, but nothing of them is in the state any more:
///
///     era 1   1 … 30 31 … 60
///     era 2        └────────► 61 …        from era 1, epoch 30; base epoch 60
public struct Acceptance: Equatable, Sendable {
  /// What may be accepted.
  public enum Kind: String, Sendable, CaseIterable {
    /// Records were deleted before they were folded, or before they could be folded again.
    case gap
    /// Epochs of an older learner version are folded again by this one, and come to another state.
    case learner
    /// The same records give another state than the journal has.
    case divergence
  }

  /// Offsets of one input that were deleted and will never be folded.
  public struct Gap: Equatable, Sendable {
    /// The input.
    public let input: InputPartition
    /// The first one.
    public let from: Int64
    /// The one behind the last: here the log begins.
    public let to: Int64

    /// Creates a gap.
    public init(input: InputPartition, from: Int64, to: Int64) {
      self.input = input
      self.from = from
      self.to = to
    }
  }

  /// Epochs that follow each other.
  public struct Epochs: Equatable, Sendable {
    /// The first one.
    public let first: UInt64
    /// The last one.
    public let last: UInt64

    /// Creates a row of epochs.
    public init(first: UInt64, last: UInt64) {
      self.first = first
      self.last = last
    }

    /// Whether `epoch` is among them.
    public func contains(_ epoch: UInt64) -> Bool { first <= epoch && epoch <= last }
  }

  /// The era whose state the new one begins with.
  public let fromEra: UInt64
  /// The epoch after which it was that state. Those between it and the new era's base are given up.
  public let fromEpoch: UInt64
  /// Records that will never be folded.
  public let gaps: [Gap]
  /// Epochs that the era's learner has folded again after another one; their digests are the other's.
  public let learner: Epochs?
  /// Epochs whose digests are not those of the state that the era begins with.
  public let divergence: Epochs?

  /// Creates an acceptance.
  public init(
    fromEra: UInt64, fromEpoch: UInt64, gaps: [Gap] = [], learner: Epochs? = nil, divergence: Epochs? = nil
  ) {
    self.fromEra = fromEra
    self.fromEpoch = fromEpoch
    self.gaps = gaps
    self.learner = learner
    self.divergence = divergence
  }
}

extension Era {
  /// The epochs that are not in the era's state any more, though the journal has them before it.
  public var givenUp: Acceptance.Epochs? {
    guard let accepted, accepted.fromEpoch < baseEpoch else { return nil }
    return Acceptance.Epochs(first: accepted.fromEpoch + 1, last: baseEpoch)
  }
}
