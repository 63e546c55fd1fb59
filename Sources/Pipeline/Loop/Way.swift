import Learning

/// The way that a start takes from its base.
struct Way {
  let steps: RecoveryPlan.Steps?
  let survey: JournalSurvey
  let lineage: Lineage
  let course: Course
  /// Where the inputs begin.
  let beginnings: [Int64]
}

extension Recovery {
  /// Folds the epochs of the way again and enters its eras.
  static func replay<Log, Journal, Lane, Workshop, Storage>(
    _ way: Way, of journal: inout Journal, into recovered: inout Recovered, log: inout Log,
    options: Processor<Log, Journal, Lane, Workshop, Storage>.Options, now: () -> Int64
  ) throws(Stop) -> Refolding {
    let version = options.learnerVersion
    let lineage = way.lineage
    var refolding = Refolding(accepts: options.accepts)
    var replay = Replay<Log>(from: recovered.withRecommender { $0.positions }, beginnings: way.beginnings)
    try journal.visit(way.steps) { (step) throws(Stop) in
      guard lineage.contains(step), way.course.reaches(step) else { return }
      recovered.journalOffset = step.journalOffset
      switch step {
      case .era(let era, _):
        if try !enter(era, in: &recovered, learnerVersion: version), lineage.holds(era), !refolding.hasLeftJournal {
          try refolding.leave(
            era.learnerVersion == version ? .divergence : .learner, at: era.baseEpoch,
            or: otherBase(of: era, learnerVersion: version))
        }
        if era.accepted != nil {
          replay = Replay(from: recovered.withRecommender { $0.positions }, beginnings: way.beginnings)
        }
      case .epoch(let entry, _):
        let refoldingEra = lineage.refoldingEra(of: entry.epoch)
        let folder = (refoldingEra ?? recovered.era).learnerVersion
        if folder != version, !isPlanted(.replayAcrossLearnerVersions, options.plantedBug) {
          try refolding.leave(
            .learner, at: entry.epoch,
            or: refusal(
              toReplay: entry, of: recovered.era, by: folder, in: way.survey, learnerVersion: version))
        }
        // Of those that this version folds after another one, here and wherever that is journaled.
        recovered.upgrade(to: version)
        let isHeld = refoldingEra == nil && !refolding.hasLeftJournal
        let era = recovered.era
        let yield = try recovered.withRecommender { (recommender) throws(Stop) in
          let yield = try replay.fold(
            entry, into: &recommender, from: &log, now: now,
            holdsDigest: isHeld && !options.accepts.contains(.divergence))
          if isHeld, recommender.digest != entry.digest {
            try refolding.leave(.divergence, at: entry.epoch, or: otherBase(of: era, learnerVersion: version))
          }
          return yield
        }
        recovered.epoch = entry.epoch
        recovered.replayedEpochs += 1
        if !isPlanted(.owedUsersForgottenInReplay, options.plantedBug) {
          recovered.owed.apply(yield.debts, epoch: entry.epoch)
        }
      }
    }
    return refolding
  }

  /// Goes on under `era`'s configuration, from its positions where they were accepted, and with what its version of the learner makes
  /// of the state that an older one left.
  /// - Returns: whether the state is the one that the era began with.
  static func enter(
    _ era: Era, in recovered: inout Recovered, learnerVersion: UInt32 = Learner.version
  ) throws(Stop) -> Bool {
    try refuse(era, ifLaterThan: learnerVersion)
    let configuration = try configuration(of: era)
    guard era.accepted?.fromEpoch ?? era.baseEpoch == recovered.epoch else {
      throw Stop(
        .internalError, "era \(era.number) was opened after epoch \(era.baseEpoch), not after epoch \(recovered.epoch)")
    }
    recovered.upgrade(to: era.learnerVersion)
    let digest = recovered.withRecommender { recommender in
      recommender.reconfigure(configuration)
      if era.accepted != nil { recommender.move(to: era.positions.map(\.next)) }
      return recommender.digest
    }
    recovered.settle(in: era)
    return digest == era.baseDigest
  }

  /// For an era that began with another state.
  static func otherBase(of era: Era, learnerVersion: UInt32 = Learner.version) -> Stop {
    era.learnerVersion == learnerVersion
      ? Stop(
        .internalError,
        "era \(era.number) was opened after epoch \(era.baseEpoch) with another state than there is here. Start the version that "
          + "opened it, or with --accept divergence to go on with what this one computes.")
      : Stop(
        .configuration,
        "era \(era.number) was opened by learner version \(era.learnerVersion) with another state than version "
          + "\(learnerVersion) has here. Start that version, or this one with --accept learner.")
  }
}
