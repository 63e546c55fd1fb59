import Checkpoints
import Learning

/// An era that a start has opened because an operator accepted something.
public struct AcceptedEra: Equatable, Sendable {
  /// The era, with what was accepted.
  public let era: Era
  /// How many users had been forgotten in epochs that were given up. The model knows them again, as it did before.
  public let lostTombstones: Int
}

extension Recovery {
  /// Opens an era with what was accepted, and writes its base: no other start could come to it from the log.
  ///
  /// The start record comes first. Whoever dies between it and the checkpoint comes to the same state on the way that the record
  /// describes, as long as the log still holds what that takes; where it does not, the same has to be accepted again.
  static func accept<Log, Journal, Lane, Workshop, Storage>(
    _ course: Course, _ refolding: Refolding, lineage: Lineage, recovered: inout Recovered,
    world: inout Processor<Log, Journal, Lane, Workshop, Storage>.World,
    options: Processor<Log, Journal, Lane, Workshop, Storage>.Options
  ) throws(Stop) {
    guard course.obstacle != nil || refolding.hasLeftJournal else { return }
    recovered.upgrade(to: options.learnerVersion)
    let (old, epoch) = (recovered.era, recovered.epoch)
    let accepted = Acceptance(
      fromEra: old.number, fromEpoch: epoch, gaps: course.gaps,
      learner: refolding.learnerFrom.map { Acceptance.Epochs(first: $0, last: epoch) },
      divergence: refolding.divergenceFrom.map { Acceptance.Epochs(first: $0, last: epoch) })
    let era = recovered.withRecommender { recommender in
      recommender.move(to: course.next)
      return Era(
        number: lineage.lastEra + 1, learnerVersion: options.learnerVersion, baseEpoch: lineage.lastEpoch,
        baseDigest: recommender.digest, configuration: old.configuration,
        positions: recommender.positions.map { Era.EraPosition(input: $0.input, next: $0.next) }, accepted: accepted)
    }
    recovered.journalOffset = try commit(
      StartRecord(incarnation: options.incarnation, era: era), through: &world.lane)
    recovered.settle(in: era)
    let (offset, owed) = (recovered.journalOffset, recovered.owed)
    let damaged = recovered.damagedSlots.first?.name
    try recovered.withRecommender { (recommender) throws(Stop) in
      try checkpoint(
        recommender, owed: owed, era: era, epoch: era.baseEpoch, journalOffset: offset, clusterID: options.clusterID,
        replacing: damaged, to: &world.disk, planted: options.plantedBug)
    }
    recovered.damagedSlots.removeAll { $0.name == damaged }
    recovered.checkpointEpoch = era.baseEpoch
    recovered.accepted = AcceptedEra(era: era, lostTombstones: course.lostTombstones)
  }
}

extension Recovered {
  /// From now on the state is that of `era`'s beginning.
  mutating func settle(in era: Era) {
    // Nobody knows who was touched in epochs that were given up.
    if era.givenUp != nil {
      let rows = withRecommender { recommender in
        (0..<recommender.learner.userRowCount).filter { recommender.learner.hasUser(inRow: $0) }
      }
      for row in rows { owed.touch(row, in: max(1, era.baseEpoch)) }
    }
    epoch = era.baseEpoch
    self.era = era
  }
}
