import Checkpoints
@testable import Pipeline
import Testing

/// What is decided while the journal goes by is what one would decide who has all of it before him.
@Suite struct RecoveryPlanTests {
  private typealias Journal = [(offset: Int64, content: JournalContent)]

  private static func entry(_ epoch: UInt64) -> JournalContent {
    .epoch(
      JournalEntry(
        epoch: epoch, ranges: [], digest: UInt128(epoch) &* 77, deadLetters: [], lists: nil, tombstones: 0))
  }

  private static func start(era number: UInt64? = nil, after epoch: UInt64 = 0) -> JournalContent {
    .start(
      StartRecord(
        incarnation: 1,
        era: number.map {
          Era(number: $0, learnerVersion: 1, baseEpoch: epoch, baseDigest: 0, configuration: "", positions: [])
        }))
  }

  private static func checkpoint(epoch: UInt64, digest: UInt128, at offset: Int64) -> Checkpoint {
    let era = Era(number: 1, learnerVersion: 1, baseEpoch: 0, baseDigest: 0, configuration: "", positions: [])
    return Checkpoint(
      header: CheckpointHeader(
        learnerVersion: 1, era: 1, epoch: epoch, journalOffset: offset, dimension: 32, digest: digest),
      sections: Snapshot(positions: [], owedRows: [], era: era, clusterID: "").sections())
  }

  /// What came out of a plan: its base, and each step.
  private struct Outcome: Equatable {
    var words: [String] = []

    /// How a message begins is enough to tell it from the others.
    mutating func stop(_ reason: Stop.Reason, _ message: String) { words.append("\(reason): \(message.prefix(45))") }

    mutating func note(_ step: RecoveryPlan.Step) {
      switch step {
      case .era(let era, let offset): words.append("era \(era.number) at \(offset)")
      case .epoch(let entry, let offset): words.append("epoch \(entry.epoch) at \(offset)")
      }
    }
  }

  /// Reads as a start does.
  private static func outcome(of journal: inout KeptJournal, _ checkpoint: Checkpoint?, through end: Int64) -> Outcome {
    var outcome = Outcome()
    do throws(Stop) {
      var survey = JournalSurvey(lookingFor: checkpoint?.header)
      try journal.visit(from: checkpoint?.header.journalOffset, through: end) { (content, offset) throws(Stop) in
        try survey.note(content, at: offset)
      }
      let plan = try RecoveryPlan(survey, checkpoint: checkpoint)
      switch plan.base {
      case .nothing: outcome.words = ["nothing"]
      case .origin(_, let offset): outcome.words = ["origin at \(offset)"]
      case .checkpoint(let checkpoint, _): outcome.words = ["checkpoint of \(checkpoint.header.epoch)"]
      }
      try journal.visit(plan.steps) { (step) throws(Stop) in outcome.note(step) }
    } catch {
      outcome.stop(error.reason, error.message)
    }
    return outcome
  }

  /// Decides with the whole journal in hand.
  private static func reference(_ journal: Journal, _ checkpoint: Checkpoint?) -> Outcome {
    var outcome = Outcome()
    func steps(after offset: Int64) {
      for (position, content) in journal where position > offset {
        switch content {
        case .epoch(let entry): outcome.note(.epoch(entry, journalOffset: position))
        case .start(let start): if let era = start.era { outcome.note(.era(era, journalOffset: position)) }
        }
      }
    }
    var last: UInt64?
    for (offset, content) in journal {
      if case .start(let start) = content { last = last ?? start.era?.baseEpoch }
      guard case .epoch(let entry) = content else { continue }
      if let last, entry.epoch != last + 1 {
        outcome.stop(
          .internalError, "the journal is broken at offset \(offset): epoch \(entry.epoch) follows epoch \(last)")
        return outcome
      }
      last = entry.epoch
    }
    let firstEra = journal.lazy.compactMap { offset, content -> (Int64, Era)? in
      if case .start(let start) = content { start.era.map { (offset, $0) } } else { nil }
    }.first
    guard let header = checkpoint?.header else {
      switch firstEra {
      case nil where last == nil: outcome.words = ["nothing"]
      case nil: outcome.stop(.unusableData, "there is no checkpoint, and the journal no longer reaches back")
      case (let offset, let era)? where era.number == 1:
        outcome.words = ["origin at \(offset)"]
        steps(after: offset)
      case (_, let era)?:
        outcome.stop(.unusableData, "there is no checkpoint, and the journal begins with era \(era.number)")
      }
      return outcome
    }
    guard header.epoch == 0 || header.epoch <= last ?? 0 else {
      outcome.stop(.unusableData, "the checkpoint is of epoch \(header.epoch), but the journal ends with epoch")
      return outcome
    }
    let isOurs = journal.contains { offset, content in
      guard offset == header.journalOffset else { return false }
      return switch content {
      case .epoch(let entry): entry.epoch == header.epoch && entry.digest == header.digest
      case .start(let start):
        start.era.map { $0.baseEpoch == header.epoch && $0.baseDigest == header.digest && $0.number <= header.era }
          ?? false
      }
    }
    guard isOurs else {
      outcome.stop(.unusableData, "the journal has no epoch \(header.epoch) with the checkpoint's digest at offset")
      return outcome
    }
    outcome.words = ["checkpoint of \(header.epoch)"]
    steps(after: header.journalOffset)
    return outcome
  }

  /// A journal as starts, eras and epochs come, now and then with one missing or twice, and a checkpoint that mostly fits.
  private static func scene(_ random: inout Randomness) -> (journal: Journal, checkpoint: Checkpoint?) {
    var journal: Journal = []
    var (offset, epoch, era) = (Int64(random.below(3)), UInt64(0), UInt64(random.chance(10) ? 1 : 0))
    for _ in 0..<random.below(40) {
      if random.chance(20) {
        journal.append((offset, start()))
      } else if era == 0 ? random.chance(95) : random.chance(10) {
        era += 1
        journal.append((offset, start(era: era, after: epoch)))
      } else {
        let next = random.below(200)
        epoch += next == 0 ? 2 : next == 1 ? 0 : 1
        journal.append((offset, entry(epoch)))
      }
      offset += 1 + Int64(random.below(3))
    }
    // Retention has taken the beginning.
    if random.chance(20), !journal.isEmpty { journal.removeFirst(random.below(journal.count)) }
    journal.append((offset, start()))
    guard random.chance(65) else { return (journal, nil) }
    let place = journal[random.below(journal.count)]
    let at = random.chance(90) ? place.offset : Int64(random.below(Int(offset) + 3))
    guard case .epoch(let entry) = place.content else { return (journal, checkpoint(epoch: 0, digest: 0, at: at)) }
    return (
      journal,
      checkpoint(
        epoch: entry.epoch + (random.chance(5) ? UInt64(random.below(60)) : 0),
        digest: random.chance(95) ? entry.digest : 1, at: at)
    )
  }

  private static let kinds = [
    "nothing", "origin at", "checkpoint of", "is broken at", "checkpoint is of epoch", "has no epoch", "journal no lo",
    "journal begin",
  ]

  @Test func `a journal that goes by twice gives the base and the steps of one that is kept`() {
    var kinds: [String: Int] = [:]
    for seed in 0..<UInt64(1_500) {
      var random = Randomness(seed: seed)
      let (contents, checkpoint) = Self.scene(&random)
      let end = contents.last!.offset
      var journal = KeptJournal(contents)
      let outcome = Self.outcome(of: &journal, checkpoint, through: end)
      let first = checkpoint?.header.journalOffset
      #expect(
        outcome == Self.reference(contents.filter { $0.offset >= first ?? 0 }, checkpoint), "seed \(seed)")
      // Twice to the same end, and only from the base on where something follows it.
      #expect(journal.readings.allSatisfy { $0.through == end } && journal.readings.count <= 2)
      for kind in Self.kinds where outcome.words.last!.contains(kind) || outcome.words[0].hasPrefix(kind) {
        kinds[kind, default: 0] += 1
      }
    }
    #expect(kinds.count == Self.kinds.count, "\(kinds)")
  }

  private static let contents: Journal = [
    (0, start()), (2, start(era: 1)), (4, entry(1)), (6, entry(2)), (8, start()), (10, start(era: 2, after: 2)),
    (12, entry(3)), (14, start()),
  ]

  private static func survey(_ journal: inout KeptJournal, _ checkpoint: Checkpoint?) throws -> JournalSurvey {
    var survey = JournalSurvey(lookingFor: checkpoint?.header)
    try journal.visit(from: nil, through: 14) { (content, offset) throws(Stop) in
      try survey.note(content, at: offset)
    }
    return survey
  }

  @Test func `after a clean stop nothing is read again`() throws {
    var journal = KeptJournal(Self.contents)
    let checkpoint = Self.checkpoint(epoch: 3, digest: 231, at: 12)
    let plan = try RecoveryPlan(try Self.survey(&journal, checkpoint), checkpoint: checkpoint)
    #expect(plan.steps == nil)
    try journal.visit(plan.steps) { (_) throws(Stop) in Issue.record("there is no step") }
    #expect(journal.readings.count == 1)
  }

  @Test func `what follows is read again from behind the base through our own start record`() throws {
    var journal = KeptJournal(Self.contents)
    let checkpoint = Self.checkpoint(epoch: 1, digest: 77, at: 4)
    let plan = try RecoveryPlan(try Self.survey(&journal, checkpoint), checkpoint: checkpoint)
    var outcome = Outcome()
    try journal.visit(plan.steps) { (step) throws(Stop) in outcome.note(step) }
    #expect(outcome.words == ["epoch 2 at 6", "era 2 at 10", "epoch 3 at 12"])
    #expect(journal.readings.last == KeptJournal.Reading(from: 5, through: 14))
  }

  @Test(arguments: [12, 6, 4] as [Int64]) func `a journal that ends earlier when it is read again stops the start`(
    missing offset: Int64
  ) throws {
    var journal = KeptJournal(Self.contents)
    let plan = try RecoveryPlan(try Self.survey(&journal, nil), checkpoint: nil)
    journal.records.removeAll { $0.offset >= offset }
    let stop = #expect(throws: Stop.self) { try journal.visit(plan.steps) { (_) throws(Stop) in } }
    #expect(stop?.reason == .retryLater)
  }

  @Test func `an epoch that is missing when the journal is read again stops the start`() throws {
    var journal = KeptJournal(Self.contents)
    let plan = try RecoveryPlan(try Self.survey(&journal, nil), checkpoint: nil)
    journal.records.removeAll { $0.offset == 6 }
    let stop = #expect(throws: Stop.self) { try journal.visit(plan.steps) { (_) throws(Stop) in } }
    #expect(stop?.message.contains("epoch 3 follows epoch 1") == true)
  }

  @Test func `whoever visits ends the reading`() {
    var journal = KeptJournal(Self.contents)
    var visited: [Int64] = []
    let stop = #expect(throws: Stop.self) {
      try journal.visit(from: nil, through: 14) { (_, offset) throws(Stop) in
        visited.append(offset)
        if offset == 4 { throw Stop(.configuration, "enough") }
      }
    }
    #expect(stop?.message == "enough" && visited == [0, 2, 4])
  }
}
