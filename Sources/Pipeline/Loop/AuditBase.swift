import Checkpoints
import Learning

extension Audit {
  /// Where an audit begins, and what it goes through from there.
  struct Base {
    let plan: RecoveryPlan
    let lineage: Lineage
    /// The epoch of the base.
    let epoch: UInt64
    /// Where the logs begin.
    let beginnings: [Int64]
  }

  /// The earliest state from which all that follows can be folded again and compared: the origin, or else the older checkpoint,
  /// or else the newer one.
  ///
  /// An era that accepted other digests than the journal's can only be begun with a checkpoint of it or later: nothing that leads to it
  /// from before can be compared.
  func base(_ journal: [(offset: Int64, content: JournalContent)], _ log: inout Log) throws(Stop) -> Base {
    var reason: String?
    for checkpoints in [[]] + checkpoints.reversed().map({ [$0] }) {
      let plan: RecoveryPlan
      do throws(Stop) { plan = try RecoveryPlan(journal: journal, checkpoints: checkpoints) } catch {
        guard checkpoints.isEmpty, error.reason == .unusableData else { throw error }
        reason = error.message
        continue
      }
      let (era, epoch, positions): (Era, UInt64, [InputPosition])
      switch plan.base {
      case .nothing: return Base(plan: plan, lineage: Lineage([], fromEra: 0, epoch: 0), epoch: 0, beginnings: [])
      case .origin(let origin, _):
        (era, epoch) = (origin, 0)
        positions = origin.positions.map { InputPosition(input: $0.input, next: $0.next) }
      case .checkpoint(let checkpoint, let snapshot):
        (era, epoch, positions) = (snapshot.era, checkpoint.header.epoch, snapshot.positions)
      }
      let inputs = positions.map(\.input)
      let beginnings: [Int64]
      do throws(InputError) { beginnings = try log.beginnings(of: inputs) } catch {
        throw Stop(reading: error, inputs: inputs)
      }
      let base = Base(
        plan: plan, lineage: Lineage(plan.steps, fromEra: era.number, epoch: epoch), epoch: epoch,
        beginnings: beginnings)
      reason = obstacle(to: base, in: era, positions)
      if reason == nil { return base }
    }
    throw Stop(.unusableData, "no epoch can be audited, there is no checkpoint to begin with: \(reason ?? "")")
  }

  /// Why not everything that follows can be compared; nil: it can.
  private func obstacle(to base: Base, in first: Era, _ positions: [InputPosition]) -> String? {
    if let era = base.lineage.unreachable {
      return "era \(era.number) did not begin with what follows from epoch \(base.epoch)"
    }
    if let era = base.lineage.refoldingEra {
      return "era \(era) began with a state that was accepted in place of the journal's"
    }
    // Records behind the journal's end are no matter of the audit's.
    let course = Course(
      base.lineage, of: base.plan.steps, epoch: base.epoch, positions: positions, beginnings: base.beginnings)
    if let lost = course.lost {
      return "the log no longer holds the records of epoch \(lost.first)"
    }
    var version = first.learnerVersion
    for step in base.lineage.steps {
      switch step {
      case .era(let era, _): version = era.learnerVersion
      case .epoch(let entry, _):
        guard version == Learner.version else {
          return "epoch \(entry.epoch) was folded by learner version \(version), this is version \(Learner.version)"
        }
      }
    }
    return nil
  }
}
