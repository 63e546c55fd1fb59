/// Those of the journal's eras and epochs that lead from a base to the state which the journal ends with.
///
/// They are all of them until an ``Acceptance`` goes back behind some. Found from the end: the last acceptance says which
/// state it took, the last one before that state says the same, and so on. The eras say all of this, so that nobody has to keep
/// epochs: of each it can be told when it comes by.
struct Lineage {
  /// The acceptances on the way, in the order of the journal: what lies before one is on the way up to the state that it took.
  private var acceptances: [(offset: Int64, accepted: Acceptance)] = []
  /// Rows of epochs that were given up, the latest first.
  private(set) var givenUp: [Acceptance.Epochs] = []
  /// The era that cannot be entered from the base, because it took the state from before it: nothing leads to the end.
  private(set) var unreachable: Era?
  /// The greatest number of an era, the base's included.
  private(set) var lastEra: UInt64
  /// The last epoch, given up or not; the base's where none follows it.
  let lastEpoch: UInt64
  /// Epochs whose digests do not count, each with the era that says so, the latest first.
  private var refolded: [(era: Era, epochs: Acceptance.Epochs)] = []

  /// - Parameters:
  ///   - journal: what was found in the journal.
  ///   - era: the base's era.
  ///   - epoch: the base's epoch.
  ///   - offset: the base's place in the journal. What counts lies behind it.
  init(_ journal: JournalSurvey, fromEra era: UInt64, epoch: UInt64, journalOffset offset: Int64) {
    let later = journal.eras.filter { $0.offset > offset }
    lastEra = later.reduce(era) { max($0, $1.era.number) }
    lastEpoch = journal.lastEpoch ?? epoch
    var first: (era: Era, accepted: Acceptance)?
    for opened in later.reversed() {
      guard opened.era.number <= first?.accepted.fromEra ?? .max, let accepted = opened.era.accepted else { continue }
      first = (opened.era, accepted)
      acceptances.append((opened.offset, accepted))
      if let epochs = opened.era.givenUp { givenUp.append(epochs) }
      for epochs in [accepted.learner, accepted.divergence].compactMap({ $0 }) { refolded.append((opened.era, epochs)) }
    }
    acceptances.reverse()
    if let first, epoch > first.accepted.fromEpoch || era > first.accepted.fromEra { unreachable = first.era }
  }

  /// Whether a step that follows the base is on the way.
  func contains(_ step: RecoveryPlan.Step) -> Bool {
    switch step {
    case .era(let era, let offset): contains(era, at: offset)
    case .epoch(let entry, let offset): entry.epoch <= lastEpoch(behind: offset)
    }
  }

  /// Whether an era that was opened behind the base is on the way.
  func contains(_ era: Era, at offset: Int64) -> Bool {
    unreachable == nil && era.number <= acceptance(behind: offset)?.fromEra ?? .max
  }

  /// The last epoch that is on the way of those that follow each other from `offset` to the next era; 0: none.
  func lastEpoch(behind offset: Int64) -> UInt64 {
    unreachable == nil ? acceptance(behind: offset)?.fromEpoch ?? .max : 0
  }

  private func acceptance(behind offset: Int64) -> Acceptance? {
    acceptances.first { $0.offset > offset }?.accepted
  }

  /// Whether the state after `epoch` is held to the digest in the journal.
  func holds(epoch: UInt64) -> Bool { refoldingEra(of: epoch) == nil }

  /// Whether the state that `era` begins with is held to the digest in the journal. An acceptance speaks of what was before its own
  /// era.
  func holds(_ era: Era) -> Bool {
    !refolded.contains { $0.era.number > era.number && $0.epochs.contains(era.baseEpoch) }
  }

  /// The last era that accepted another state after `epoch` than the journal has; nil: none. Its learner came to that state.
  func refoldingEra(of epoch: UInt64) -> Era? { refolded.first { $0.epochs.contains(epoch) }?.era }

  /// The era that accepted other digests, if there is one.
  var refoldingEra: Era? { refolded.first?.era }
}
