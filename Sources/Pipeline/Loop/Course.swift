/// What a start can still do of what the journal asks for, given where the logs begin now: a pure decision.
///
/// The steps are taken as far as their records are there. What follows is lost, and needs an ``Acceptance``.
struct Course {
  /// What is folded and entered again.
  private(set) var steps: [RecoveryPlan.Step] = []
  /// Epochs that cannot be folded again.
  private(set) var lost: Acceptance.Epochs?
  /// How many tombstones they carry: users who were forgotten, and would be known again.
  private(set) var lostTombstones = 0
  /// Records behind the journal's last epoch that were never folded and no longer can be.
  private(set) var gaps: [Acceptance.Gap] = []
  /// Where the inputs go on, once that is accepted.
  private(set) var next: [Int64]
  /// What an operator has to accept before the start can go on; nil: nothing.
  private(set) var obstacle: Stop?

  /// - Parameters:
  ///   - steps: everything that follows the base in the journal, of which `lineage` is made.
  ///   - epoch: the base's epoch.
  ///   - positions: the base's.
  init(
    _ lineage: Lineage, of journal: [RecoveryPlan.Step], epoch: UInt64, positions: [InputPosition], beginnings: [Int64]
  ) {
    next = positions.map { lineage.ends[$0.input] ?? $0.next }
    var reached = epoch
    walk: for step in lineage.steps {
      switch step {
      case .era(let era, _): reached = era.baseEpoch
      case .epoch(let entry, _):
        for (range, beginning) in zip(entry.ranges, beginnings) where range.from < range.to && range.from < beginning {
          obstacle = Self.lostEpochs(entry.epoch, lineage.lastEpoch, range, beginning)
          break walk
        }
        reached = entry.epoch
      }
      steps.append(step)
    }
    if let era = lineage.unreachable {
      obstacle = Stop(
        .unusableData,
        "the state after epoch \(epoch) was given up when era \(era.number) began with that after epoch "
          + "\(era.accepted?.fromEpoch ?? 0), and there is no checkpoint of era \(era.number) or later. Restore one, or start with "
          + "--accept gap to go on from epoch \(epoch), without what was learned since.")
    }
    if obstacle != nil, reached < lineage.lastEpoch {
      lost = Acceptance.Epochs(first: reached + 1, last: lineage.lastEpoch)
      for case .epoch(let entry, _) in journal where entry.epoch > reached { lostTombstones += entry.tombstones }
    }
    for (index, beginning) in beginnings.enumerated() where beginning > next[index] {
      let gap = Acceptance.Gap(input: positions[index].input, from: next[index], to: beginning)
      gaps.append(gap)
      next[index] = beginning
      obstacle = obstacle ?? Self.missing(gap)
    }
  }

  private static func missing(_ gap: Acceptance.Gap) -> Stop {
    Stop(
      .unusableData,
      "\(gap.input.topic) partition \(gap.input.partition) begins at offset \(gap.to), but only \(gap.from) has been folded: the "
        + "records between were deleted. Restore them, or start with --accept gap to go on without them.")
  }

  private static func lostEpochs(
    _ first: UInt64, _ last: UInt64, _ range: JournalEntry.Range, _ beginning: Int64
  ) -> Stop {
    Stop(
      .unusableData,
      "\(range.input.topic) partition \(range.input.partition) begins at offset \(beginning), but epoch \(first) is to be folded "
        + "again from \(range.from) on: the records between were deleted. Restore them, or start with --accept gap to go on "
        + "without what was learned in epochs \(first) to \(last).")
  }
}
