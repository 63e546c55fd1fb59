import Checkpoints
import Learning

/// Epochs that an audit did not fold again: they lie before the base that it began with, or an operator accepted that they were given
/// up.
public struct UnauditedEpochs: Equatable, Sendable {
  /// The eras they belong to: one, or those of which the journal no longer tells.
  public let eras: ClosedRange<UInt64>
  /// The version of the learner that folded them; nil where the journal no longer tells.
  public let learnerVersion: UInt32?
  /// The epochs.
  public let epochs: ClosedRange<UInt64>
  /// Whether they lie behind the base, where nothing of them is in the state any more.
  public let isGivenUp: Bool

  init(eras: ClosedRange<UInt64>, learnerVersion: UInt32?, epochs: ClosedRange<UInt64>, isGivenUp: Bool = false) {
    self.eras = eras
    self.learnerVersion = learnerVersion
    self.epochs = epochs
    self.isGivenUp = isGivenUp
  }
}

/// Where an audit begins, and what it goes through from there: the earliest base that journal and log still reach back to, from which
/// on every epoch was folded by this version of the learner, and from which no era leads away that accepted another state.
struct AuditPlan {
  let plan: RecoveryPlan
  /// What of that leads to the journal's end; nil: there is nothing at all.
  let lineage: Lineage?
  /// Where the logs begin.
  let beginnings: [Int64]
  let unaudited: [UnauditedEpochs]

  /// A state that an audit may begin with.
  private struct Base {
    let era: Era
    let epoch: UInt64
    let journalOffset: Int64
    let positions: [InputPosition]
    let name: String

    init?(_ base: RecoveryPlan.Base) {
      switch base {
      case .nothing: return nil
      case .origin(let origin, let offset):
        (era, epoch, journalOffset, name) = (origin, 0, offset, "the origin")
        positions = origin.positions.map { InputPosition(input: $0.input, next: $0.next) }
      case .checkpoint(let checkpoint, let snapshot):
        let header = checkpoint.header
        (era, epoch, journalOffset) = (snapshot.era, header.epoch, header.journalOffset)
        (positions, name) = (snapshot.positions, "the checkpoint of epoch \(header.epoch)")
      }
    }
  }

  /// - Parameter bases: what an audit may begin with, the origin (nil) and the checkpoints, the oldest first; each with a survey of the
  ///   whole journal that looked for it.
  ///   - journal: is read again only where the log begins behind a base.
  /// - Throws: ``Stop``: `internalError` where the journal is broken, `configuration` where only other versions of the learner could
  ///   fold what there is, `unusableData` where too much of it was deleted.
  init(
    _ bases: [(checkpoint: Checkpoint?, survey: JournalSurvey)], journal: inout some JournalLog,
    log: inout some InputLog, learnerVersion: UInt32
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
        guard let found = Base(plan.base) else {
          if bases.count > 1 { continue }
          (self.plan, lineage, beginnings, unaudited) = (plan, nil, [], [])
          return
        }
        let lineage = Lineage(
          survey, fromEra: found.era.number, epoch: found.epoch, journalOffset: found.journalOffset)
        try Self.expectSameStates(lineage, from: found)
        let parts = Self.parts(of: survey, found)
        let beginnings = try Self.expectReach(of: &log, found, lineage, &journal, plan.steps, survey)
        try Self.expectOwn(learnerVersion, found, lineage, parts)
        self.plan = plan
        self.lineage = lineage
        self.beginnings = beginnings
        unaudited = Self.epochs(before: plan, survey) + Self.givenUp(lineage, parts)
        return
      } catch {
        guard error.reason == .unusableData || error.reason == .configuration else { throw error }
        // That another version could do it says more than that something is gone.
        if error.reason == .configuration || obstacle?.reason != .configuration { obstacle = error }
      }
    }
    throw obstacle ?? Stop(.unusableData, "the journal holds no era")
  }

  /// Checks that what comes after the base leads to the state that the journal ends with, and can be compared with it.
  private static func expectSameStates(_ lineage: Lineage, from base: Base) throws(Stop) {
    if let era = lineage.unreachable {
      throw Stop(
        .unusableData,
        "no epoch can be audited: era \(era.number) did not begin with what follows from \(base.name), and there is no later "
          + "checkpoint to begin with")
    }
    if let era = lineage.refoldingEra {
      throw Stop(
        .unusableData,
        "no epoch can be audited: era \(era.number) began with a state that was accepted in place of the journal's, and there is no "
          + "later checkpoint to begin with")
    }
  }

  /// Checks that the log still has what comes after the base.
  /// - Returns: where it begins.
  private static func expectReach(
    of log: inout some InputLog, _ base: Base, _ lineage: Lineage, _ journal: inout some JournalLog,
    _ steps: RecoveryPlan.Steps?, _ survey: JournalSurvey
  ) throws(Stop) -> [Int64] {
    let inputs = base.positions.map(\.input)
    let beginnings: [Int64]
    do throws(InputError) { beginnings = try log.beginnings(of: inputs) } catch {
      throw Stop(reading: error, inputs: inputs)
    }
    // Records behind the journal's end are no matter of the audit's.
    let course = try Course(
      lineage, of: &journal, steps, ends: survey.ends, epoch: base.epoch, positions: base.positions,
      beginnings: beginnings)
    if let lost = course.lost {
      throw Stop(
        .unusableData,
        "the log no longer reaches back to \(base.name): it no longer holds the records of epoch \(lost.first), and there is no "
          + "later checkpoint to begin with")
    }
    return beginnings
  }

  /// The eras from the base's on, each with those of its epochs that the journal has, and the place of its beginning.
  private static func parts(of survey: JournalSurvey, _ base: Base) -> [JournalSurvey.OpenedEra] {
    // Of the base's own era the journal may no longer have the beginning.
    guard !survey.eras.contains(where: { $0.era.number == base.era.number }) else { return survey.eras }
    return [JournalSurvey.OpenedEra(era: base.era, offset: -1, epochs: survey.earlierEpochs)] + survey.eras
  }

  /// Checks that what comes after the base can be folded by this version of the learner.
  private static func expectOwn(
    _ learnerVersion: UInt32, _ base: Base, _ lineage: Lineage, _ parts: [JournalSurvey.OpenedEra]
  ) throws(Stop) {
    for part in parts where part.era.learnerVersion != learnerVersion {
      guard let epochs = part.epochs, epochs.upperBound > base.epoch else { continue }
      let first = max(epochs.lowerBound, base.epoch + 1)
      guard first <= lineage.lastEpoch(behind: max(part.offset, base.journalOffset)) else { continue }
      throw Stop(
        .configuration,
        "epoch \(first) of era \(part.era.number) was folded by learner version \(part.era.learnerVersion), which alone can audit "
          + "it, and there is no later checkpoint to begin with. This is version \(learnerVersion).")
    }
  }

  /// What was given up behind the base, by era.
  private static func givenUp(_ lineage: Lineage, _ parts: [JournalSurvey.OpenedEra]) -> [UnauditedEpochs] {
    var found: [UnauditedEpochs] = []
    for row in lineage.givenUp.reversed() {
      for part in parts {
        guard let epochs = part.epochs, epochs.overlaps(row.first...row.last) else { continue }
        let number = part.era.number
        found.append(
          UnauditedEpochs(
            eras: number...number, learnerVersion: part.era.learnerVersion,
            epochs: epochs.clamped(to: row.first...row.last), isGivenUp: true))
      }
    }
    return found
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
