/// What a start can still do of what the journal asks for, given where the logs begin now.
///
/// The steps are taken as far as their records are there. What follows is lost, and needs an ``Acceptance``.
struct Course {
  /// The first step that is not taken again, by its place in the journal; nil: all of the lineage are.
  private(set) var firstLostOffset: Int64?
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

  /// Finds the course. The journal is read only where that can matter: where a log begins behind the base, or the lineage does not lead
  /// to the end.
  /// - Parameters:
  ///   - steps: where everything lies that follows the base in the journal, of which `lineage` is made.
  ///   - ends: where the journal leaves the inputs.
  ///   - epoch: the base's epoch.
  ///   - positions: the base's.
  ///   - beginnings: where the logs begin.
  /// - Throws: ``Stop`` where the journal cannot be read again.
  init(
    _ lineage: Lineage, of journal: inout some JournalLog, _ steps: RecoveryPlan.Steps?, ends: [InputPartition: Int64],
    epoch: UInt64, positions: [InputPosition], beginnings: [Int64]
  ) throws(Stop) {
    next = positions.map { ends[$0.input] ?? $0.next }
    if let era = lineage.unreachable { obstacle = Self.givenUp(epoch, by: era) }
    if lineage.unreachable != nil || zip(beginnings, positions).contains(where: { $0 > $1.next }) {
      var reached = epoch
      try journal.visit(steps) { (step) throws(Stop) in take(step, of: lineage, beginnings, &reached) }
      if obstacle != nil, reached < lineage.lastEpoch {
        lost = Acceptance.Epochs(first: reached + 1, last: lineage.lastEpoch)
      }
    }
    for (index, beginning) in beginnings.enumerated() where beginning > next[index] {
      let gap = Acceptance.Gap(input: positions[index].input, from: next[index], to: beginning)
      gaps.append(gap)
      next[index] = beginning
      obstacle = obstacle ?? Self.missing(gap)
    }
  }

  /// Whether a step of the lineage is taken again.
  func reaches(_ step: RecoveryPlan.Step) -> Bool { step.journalOffset < firstLostOffset ?? .max }

  private mutating func take(
    _ step: RecoveryPlan.Step, of lineage: Lineage, _ beginnings: [Int64], _ reached: inout UInt64
  ) {
    if obstacle == nil, lineage.contains(step) {
      switch step {
      case .era(let era, _): reached = era.baseEpoch
      case .epoch(let entry, let offset):
        let missing = zip(entry.ranges, beginnings).first { $0.from < $0.to && $0.from < $1 }
        if let (range, beginning) = missing {
          obstacle = Self.lostEpochs(entry.epoch, lineage.lastEpoch, range, beginning)
          firstLostOffset = offset
        } else {
          reached = entry.epoch
        }
      }
    }
    // Whatever follows is lost as well: those given up before have lower numbers.
    if obstacle != nil, case .epoch(let entry, _) = step { lostTombstones += entry.tombstones }
  }

  private static func givenUp(_ epoch: UInt64, by era: Era) -> Stop {
    Stop(
      .unusableData,
      "the state after epoch \(epoch) was given up when era \(era.number) began with that after epoch "
        + "\(era.accepted?.fromEpoch ?? 0), and there is no checkpoint of era \(era.number) or later. Restore one, or start with "
        + "--accept gap to go on from epoch \(epoch), without what was learned since.")
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
