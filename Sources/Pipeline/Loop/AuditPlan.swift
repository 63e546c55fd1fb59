import Checkpoints
import Learning

/// Epochs that an audit did not fold again: they lie before the base that it began with.
public struct UnauditedEpochs: Equatable, Sendable {
  /// The eras they belong to: one, or those of which the journal no longer tells.
  public let eras: ClosedRange<UInt64>
  /// The version of the learner that folded them; nil where the journal no longer tells.
  public let learnerVersion: UInt32?
  /// The epochs.
  public let epochs: ClosedRange<UInt64>
}

/// Where an audit begins: at the earliest base that journal and log still reach back to and from which on every epoch was folded by
/// this version of the learner.
struct AuditPlan {
  let plan: RecoveryPlan
  let unaudited: [UnauditedEpochs]

  /// - Parameter bases: what an audit may begin with, the origin (nil) and the checkpoints, the oldest first; each with a survey of the
  ///   whole journal that looked for it.
  /// - Throws: ``Stop``: `internalError` where the journal is broken, `configuration` where only other versions of the learner could
  ///   fold what there is, `unusableData` where too much of it was deleted.
  init<Log: InputLog>(
    _ bases: [(checkpoint: Checkpoint?, survey: JournalSurvey)], log: inout Log, learnerVersion: UInt32
  ) throws(Stop) {
    var obstacle: Stop?
    for (base, survey) in bases {
      do throws(Stop) {
        if let base, let first = survey.begin, base.header.journalOffset < first {
          throw Stop(
            .unusableData,
            "the journal begins at offset \(first), but the checkpoint of epoch \(base.header.epoch) was written at "
              + "\(base.header.journalOffset): the records between were deleted")
        }
        let plan = try RecoveryPlan(survey, checkpoint: base)
        if case .nothing = plan.base, bases.count > 1 { continue }
        try Self.expectReach(of: &log, plan)
        try Self.expectOwn(learnerVersion, plan, survey)
        self.plan = plan
        unaudited = Self.epochs(before: plan, survey)
        return
      } catch {
        guard error.reason == .unusableData || error.reason == .configuration else { throw error }
        // That another version could do it says more than that something is gone.
        if error.reason == .configuration || obstacle?.reason != .configuration { obstacle = error }
      }
    }
    throw obstacle ?? Stop(.unusableData, "the journal holds no era")
  }

  /// Checks that the log still has what comes after the base.
  private static func expectReach<Log: InputLog>(of log: inout Log, _ plan: RecoveryPlan) throws(Stop) {
    let positions: [(input: InputPartition, next: Int64)]
    let base: String
    switch plan.base {
    case .nothing: return
    case .origin(let era, _): (positions, base) = (era.positions.map { ($0.input, $0.next) }, "the origin")
    case .checkpoint(let checkpoint, let snapshot):
      positions = snapshot.positions.map { ($0.input, $0.next) }
      base = "the checkpoint of epoch \(checkpoint.header.epoch)"
    }
    let inputs = positions.map(\.input)
    let beginnings: [Int64]
    do { beginnings = try log.beginnings(of: inputs) } catch { throw Stop(reading: error, inputs: inputs) }
    guard zip(beginnings, positions).allSatisfy({ $0 <= $1.next }) else {
      throw Stop(
        .unusableData, "the log no longer reaches back to \(base), and there is no later checkpoint to begin with")
    }
  }

  /// Checks that what comes after the base can be folded by this version of the learner.
  private static func expectOwn(_ learnerVersion: UInt32, _ plan: RecoveryPlan, _ survey: JournalSurvey) throws(Stop) {
    let (base, last): (Era, UInt64)
    switch plan.base {
    case .nothing: return
    case .origin(let first, _): (base, last) = (first, 0)
    case .checkpoint(let checkpoint, let snapshot): (base, last) = (snapshot.era, checkpoint.header.epoch)
    }
    var parts = survey.eras.map { (era: $0.era, epochs: $0.epochs) }
    // Of the base's own era the journal may no longer have the beginning.
    if !parts.contains(where: { $0.era.number == base.number }) { parts.insert((base, survey.earlierEpochs), at: 0) }
    for (era, epochs) in parts {
      guard let epochs, epochs.upperBound > last, era.learnerVersion != learnerVersion else { continue }
      throw Stop(
        .configuration,
        "epoch \(max(epochs.lowerBound, last + 1)) of era \(era.number) was folded by learner version \(era.learnerVersion), which "
          + "alone can audit it, and there is no later checkpoint to begin with. This is version \(learnerVersion).")
    }
  }

  /// What lies before the base of `plan`, by era.
  private static func epochs(before plan: RecoveryPlan, _ survey: JournalSurvey) -> [UnauditedEpochs] {
    guard case .checkpoint(let checkpoint, let snapshot) = plan.base else { return [] }
    let last = checkpoint.header.epoch
    var eras = survey.eras.map(\.era)
    if !eras.contains(where: { $0.number == snapshot.era.number }) { eras.append(snapshot.era) }
    eras.removeAll { $0.number > snapshot.era.number || $0.baseEpoch >= last }
    eras.sort { $0.number < $1.number }
    var found: [UnauditedEpochs] = []
    // Records are deleted from the beginning on: the eras that the journal no longer tells of come before those it does.
    let (known, before) = (eras.first?.number ?? snapshot.era.number, eras.first?.baseEpoch ?? last)
    if before > 0 {
      found.append(UnauditedEpochs(eras: 1...max(known - 1, 1), learnerVersion: nil, epochs: 1...before))
    }
    for (index, era) in eras.enumerated() {
      let end = index + 1 < eras.count ? eras[index + 1].baseEpoch : last
      guard end > era.baseEpoch else { continue }
      found.append(
        UnauditedEpochs(
          eras: era.number...era.number, learnerVersion: era.learnerVersion, epochs: era.baseEpoch + 1...end))
    }
    return found
  }
}
