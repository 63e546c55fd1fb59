/// Those of the journal's eras and epochs that lead from a base to the state which the journal ends with.
///
/// They are all of them until an ``Acceptance`` goes back behind some. Found from the end: the last acceptance says which
/// state it took, the last one before that state says the same, and so on.
struct Lineage {
  /// What is folded and entered, in this order. Empty where the base does not lead to the end.
  private(set) var steps: [RecoveryPlan.Step] = []
  /// Rows of epochs that were given up, the latest first.
  private(set) var givenUp: [Acceptance.Epochs] = []
  /// The era that cannot be entered from the base, because it took the state from before it.
  private(set) var unreachable: Era?
  /// The greatest number of an era, the base's included.
  private(set) var lastEra: UInt64
  /// The last epoch, given up or not; the base's where none follows it.
  private(set) var lastEpoch: UInt64
  /// Where the journal leaves each input, given up or not; empty where nothing follows the base.
  private(set) var ends: [InputPartition: Int64] = [:]
  /// Epochs whose digests do not count, each with the era that says so.
  private var refolded: [(era: UInt64, epochs: Acceptance.Epochs)] = []

  /// - Parameters:
  ///   - steps: everything that follows the base in the journal.
  ///   - era: the base's era.
  ///   - epoch: the base's epoch.
  init(_ steps: [RecoveryPlan.Step], fromEra era: UInt64, epoch: UInt64) {
    (lastEra, lastEpoch) = (era, epoch)
    for step in steps {
      switch step {
      case .era(let era, _):
        lastEra = max(lastEra, era.number)
        if era.accepted != nil {
          for position in era.positions { ends[position.input] = position.next }
        }
      case .epoch(let entry, _):
        lastEpoch = entry.epoch
        for range in entry.ranges { ends[range.input] = range.to }
      }
    }
    var taken: (by: Era, accepted: Acceptance)?
    for step in steps.reversed() {
      switch step {
      case .era(let later, _):
        guard later.number <= taken?.accepted.fromEra ?? .max else { continue }
        self.steps.append(step)
        guard let accepted = later.accepted else { continue }
        taken = (later, accepted)
        if let epochs = later.givenUp { givenUp.append(epochs) }
        for epochs in [accepted.learner, accepted.divergence].compactMap({ $0 }) {
          refolded.append((later.number, epochs))
        }
      case .epoch(let entry, _):
        if entry.epoch <= taken?.accepted.fromEpoch ?? .max { self.steps.append(step) }
      }
    }
    self.steps.reverse()
    if let taken, epoch > taken.accepted.fromEpoch || era > taken.accepted.fromEra {
      (unreachable, self.steps) = (taken.by, [])
    }
  }

  /// Whether the state after `epoch` is held to the digest in the journal.
  func holds(epoch: UInt64) -> Bool { !refolded.contains { $0.epochs.contains(epoch) } }

  /// Whether the state that `era` begins with is held to the digest in the journal. An acceptance speaks of what was before its own
  /// era.
  func holds(_ era: Era) -> Bool { !refolded.contains { $0.era > era.number && $0.epochs.contains(era.baseEpoch) } }

  /// The era that accepted other digests, if there is one.
  var refoldingEra: UInt64? { refolded.first?.era }
}
