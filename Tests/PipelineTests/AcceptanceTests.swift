import Checkpoints
import Learning
import Testing

@testable import Pipeline

@Suite struct GapAcceptanceTests {
  /// Thirty records are folded and checkpointed, and ten of the twenty that came meanwhile were deleted.
  private func robbed() throws -> AcceptanceScene {
    let scene = AcceptanceScene()
    scene.produce(30)
    let processor = try scene.start()
    try scene.run(processor)
    try scene.stop(processor)
    scene.produce(20)
    scene.cluster.truncate(AcceptanceScene.log, below: 40)
    return scene
  }

  /// Thirty are checkpointed; thirty more were folded before a crash, of which the first fifteen were deleted.
  private func robbedOfFolded() throws -> AcceptanceScene {
    let scene = AcceptanceScene()
    scene.produce(30)
    var processor = try scene.start()
    try scene.run(processor)
    try scene.stop(processor)
    scene.produce(29)
    scene.forget(3)
    processor = try scene.start()
    try scene.run(processor)
    scene.cluster.truncate(AcceptanceScene.log, below: 45)
    return scene
  }

  @Test func `without the option the start ends and names it, with what is missing`() throws {
    let scene = try robbed()
    let stop = try #require(scene.refusal())
    #expect(stop.reason == .unusableData)
    for part in ["interactions partition 0", "offset 40", "30 has been folded", "--accept gap"] {
      #expect(stop.message.contains(part), "\(stop)")
    }
    for kind in [Acceptance.Kind.learner, .divergence] { #expect(scene.refusal(accepting: [kind]) == stop) }
    #expect(try scene.eras().count == 1)
  }

  @Test func `records never folded: the era journals them, its base is a checkpoint, and everything goes on`() throws {
    let scene = try robbed()
    let epoch = try #require(scene.epochs().last).epoch
    let processor = try scene.start(accepting: [.gap])
    let accepted = try #require(processor.statistics.accepted)
    #expect(
      accepted.era.accepted
        == Acceptance(
          fromEra: 1, fromEpoch: epoch,
          gaps: [Acceptance.Gap(input: AcceptanceScene.inputs[0], from: 30, to: 40)]))
    #expect(accepted.era.number == 2 && accepted.era.baseEpoch == epoch && accepted.era.givenUp == nil)
    #expect(accepted.era.positions.map(\.next) == [40] && accepted.lostTombstones == 0)
    let base = try #require(scene.checkpoints().first)
    #expect(base.header.era == 2 && base.header.epoch == epoch && base.header.digest == accepted.era.baseDigest)
    try scene.run(processor)
    try scene.stop(processor)
    #expect(try #require(scene.epochs().last).epoch > epoch)
    try scene.checkGuarantees()
    // The option is not needed again, nor does it do anything.
    for kinds in [[], [.gap]] as [Set<Acceptance.Kind>] {
      let next = try scene.start(accepting: kinds)
      #expect(next.statistics.accepted == nil && next.statistics.replayedEpochs == 0)
    }
    #expect(try scene.eras().count == 2)
  }

  @Test func `epochs that cannot be folded again are given up: numbers go on, everybody is owed`() throws {
    let scene = try robbedOfFolded()
    let (saved, last) = (try #require(scene.checkpoints().first).header.epoch, try #require(scene.epochs().last).epoch)
    try #require(saved < last)
    let stop = try #require(scene.refusal())
    #expect(stop.reason == .unusableData && stop.message.contains("epochs \(saved + 1) to \(last)"), "\(stop)")
    #expect(stop.message.contains("--accept gap"))

    let processor = try scene.start(accepting: [.gap])
    let accepted = try #require(processor.statistics.accepted)
    #expect(accepted.era.accepted == Acceptance(fromEra: 1, fromEpoch: saved))
    #expect(accepted.era.givenUp == Acceptance.Epochs(first: saved + 1, last: last))
    #expect(accepted.lostTombstones == 1)
    #expect(processor.currentEpoch == last && processor.nextOffsets == [60] && processor.owedCount == 6)
    try scene.run(processor)
    let lists = try Guarantees(scene.cluster, inputs: AcceptanceScene.inputs, window: EventWindow.limitEvents).published
    #expect(Set(lists.filter { $0.version > last }.map(\.user)).count == 6)
    scene.produce(10)
    try scene.run(processor)
    try scene.stop(processor)
    try scene.checkGuarantees()
    #expect(try scene.start().statistics.accepted == nil)
  }

  @Test func `without any checkpoint the model begins anew, and the epochs go on`() throws {
    let scene = try robbedOfFolded()
    scene.directory = SimulatedDirectory()
    #expect(scene.refusal()?.message.contains("--accept gap") == true)
    let last = try #require(scene.epochs().last).epoch
    let processor = try scene.start(accepting: [.gap])
    #expect(processor.statistics.accepted?.era.givenUp == Acceptance.Epochs(first: 1, last: last))
    #expect(processor.currentEpoch == last && processor.owedCount == 0)
    scene.produce(10)
    try scene.run(processor)
    try scene.checkGuarantees()
  }

  @Test func `a state that was given up goes on where it is accepted, and nowhere else`() throws {
    let scene = try robbedOfFolded()
    // The same daemon, with a checkpoint of what another machine cannot fold again.
    let (own, other) = (scene.directory, SimulatedDirectory())
    scene.directory = other
    var processor = try scene.start(accepting: [.gap])
    scene.produce(10)
    try scene.run(processor)
    scene.directory = own
    let stop = try #require(scene.refusal())
    #expect(stop.reason == .unusableData && stop.message.contains("was given up when era 2 began"), "\(stop)")
    #expect(stop.message.contains("--accept gap"))
    processor = try scene.start(accepting: [.gap])
    #expect(processor.statistics.accepted?.era.number == 3)
    scene.produce(10)
    try scene.run(processor)
    try scene.stop(processor)
    try scene.checkGuarantees()
    #expect(try scene.start().statistics.accepted == nil)
    scene.directory = other
    #expect(scene.refusal()?.message.contains("was given up when era 3 began") == true)
  }

  @Test func `another log is no gap`() throws {
    let scene = try robbed()
    scene.cluster.rewrite(AcceptanceScene.log) { $1 + Array(" ".utf8) }
    scene.cluster.partition(AcceptanceScene.log).beginning = 0
    let stop = try #require(scene.refusal(accepting: [.gap, .learner, .divergence]))
    #expect(stop.reason == .unusableData && stop.message.contains("it is another log of the same name"), "\(stop)")
    #expect(try scene.eras().count == 1)
  }

  @Test(arguments: [false, true]) func `a crash in any call of an accepting start leaves a next one that works`(
    ofFolded: Bool
  ) throws {
    var deaths = 0
    var healed = 0
    for calls in 0..<200 {
      let scene = ofFolded ? try robbedOfFolded() : try robbed()
      do {
        _ = try scene.start(accepting: [.gap], calls: calls)
        break
      } catch {
        deaths += 1
      }
      let hasEra = try scene.eras().count > 1
      if let stop = scene.refusal() {
        #expect(!hasEra && stop.message.contains("--accept gap"), "after \(calls) calls: \(stop)")
      } else {
        // The start record was out: the journal says how to come to the era's base.
        #expect(hasEra, "after \(calls) calls")
        healed += 1
      }
      let processor = try scene.start(accepting: [.gap])
      scene.produce(5)
      try scene.run(processor)
      try scene.checkGuarantees()
      #expect(try scene.eras().count == 2)
    }
    #expect(deaths > 10 && healed > 1, "\(deaths) deaths, \(healed) of them behind the start record")
  }

  @Test func `the audit tiles gaps and compares what can be folded`() throws {
    var scene = try robbed()
    var processor = try scene.start(accepting: [.gap])
    try scene.run(processor)
    try scene.stop(processor)
    let base = try scene.eras()[1].baseEpoch
    var last = try #require(scene.epochs().last).epoch
    var report = try scene.audit(scene.checkpoints())
    #expect(report.gaps == 1 && report.firstEpoch == base + 1 && report.lastEpoch == last)
    #expect(
      report.unaudited.map(\.epochs) == [1...base] && report.unaudited[0].learnerVersion == Learner.version
        && report.checkpoints == 1)
    // Where everything is still there, it goes from the origin through the acceptance.
    scene.cluster.partition(AcceptanceScene.log).beginning = 0
    report = try scene.audit(scene.checkpoints())
    #expect(report.firstEpoch == 1 && report.unaudited == [] && report.eras == 2 && report.checkpoints == 2)

    scene = try robbedOfFolded()
    processor = try scene.start(accepting: [.gap])
    try scene.run(processor)
    try scene.stop(processor)
    scene.cluster.partition(AcceptanceScene.log).beginning = 0
    report = try scene.audit([])
    let givenUp = try #require(scene.eras()[1].givenUp)
    last = try #require(scene.epochs().last).epoch
    #expect(
      report.unaudited == [
        UnauditedEpochs(
          eras: 1...1, learnerVersion: Learner.version, epochs: givenUp.first...givenUp.last, isGivenUp: true)
      ])
    #expect(report.firstEpoch == 1 && report.lastEpoch == last)
  }

  @Test func `a gap that the journal has otherwise is found`() throws {
    let scene = try robbed()
    let processor = try scene.start(accepting: [.gap])
    try scene.run(processor)
    scene.rewriteJournal { $0.replacing(#""from":30,"to":40"#, with: #""from":31,"to":40"#) }
    let stop = #expect(throws: Stop.self) { try scene.audit(scene.checkpoints()) }
    #expect(stop?.message.contains("do not tile: the gap of era 2") == true, "\(stop as Any)")
  }
}

@Suite struct RefoldingTests {
  /// Thirty records are folded, nothing is checkpointed, and the journal says something else of it.
  private func changed(_ change: (String) -> String) throws -> AcceptanceScene {
    let scene = AcceptanceScene()
    scene.produce(30)
    let processor = try scene.start()
    try scene.run(processor)
    scene.rewriteJournal(change)
    return scene
  }

  private func ofOtherLearner() throws -> AcceptanceScene {
    try changed {
      $0.replacing(
        "\"learner_version\":\(Learner.version),", with: "\"learner_version\":\(Learner.version - 1),")
    }
  }

  private func diverged() throws -> AcceptanceScene {
    try changed { text in
      guard text.contains(#""epoch":3,"#), let digest = text.firstRange(of: #""digest":""#) else { return text }
      let first = text[digest.upperBound]
      return text.replacingCharacters(digest.upperBound, with: first == "0" ? "1" : "0")
    }
  }

  /// Goes on with the era and audits it.
  private func goOn(_ scene: AcceptanceScene, _ processor: AcceptanceScene.Simulated) throws {
    let last = try #require(scene.eras().last).baseEpoch
    #expect(try scene.checkpoints().map(\.header.epoch) == [last] && scene.checkpoints()[0].header.era == 2)
    scene.produce(20)
    try scene.run(processor)
    try scene.checkGuarantees()
    // From the checkpoint, and from the journal alone, which says that those digests do not count.
    let own = scene.directory
    for directory in [own, SimulatedDirectory()] {
      scene.directory = directory
      let next = try scene.start()
      #expect(next.statistics.accepted == nil && next.statistics.replayedEpochs > 0)
      #expect(try next.nextOffsets == processor.nextOffsets && scene.epochs().last?.epoch == next.currentEpoch)
    }
    scene.directory = own
    let report = try scene.audit(scene.checkpoints())
    #expect(report.unaudited.map(\.epochs) == [1...last] && report.firstEpoch == last + 1)
    let stop = #expect(throws: Stop.self) { try scene.audit([]) }
    #expect(stop?.message.contains("no epoch can be audited") == true && stop?.message.contains("era 2") == true)
  }

  @Test func `epochs of another learner are folded again where that is accepted`() throws {
    let scene = try ofOtherLearner()
    let stop = try #require(scene.refusal())
    #expect(stop.reason == .configuration && stop.message.contains("--accept learner"), "\(stop)")
    #expect(scene.refusal(accepting: [.gap, .divergence]) == stop)
    let last = try #require(scene.epochs().last).epoch
    let processor = try scene.start(accepting: [.learner])
    let era = try #require(processor.statistics.accepted).era
    #expect(era.learnerVersion == Learner.version && era.baseEpoch == last)
    #expect(
      era.accepted == Acceptance(fromEra: 1, fromEpoch: last, learner: Acceptance.Epochs(first: 1, last: last)))
    try goOn(scene, processor)
  }

  @Test func `another digest from the same records is gone on with where that is accepted`() throws {
    let scene = try diverged()
    let stop = try #require(scene.refusal())
    #expect(stop.reason == .internalError && stop.message.contains("the code diverged: epoch 3"), "\(stop)")
    #expect(stop.message.contains("--accept divergence"))
    #expect(scene.refusal(accepting: [.gap, .learner]) == stop)
    let last = try #require(scene.epochs().last).epoch
    let processor = try scene.start(accepting: [.divergence])
    let era = try #require(processor.statistics.accepted).era
    #expect(
      era.accepted == Acceptance(fromEra: 1, fromEpoch: last, divergence: Acceptance.Epochs(first: 3, last: last)))
    try goOn(scene, processor)
  }

  @Test func `records that were changed are neither`() throws {
    for scene in [try ofOtherLearner(), try diverged()] {
      scene.cluster.tamper(AcceptanceScene.log)
      let stop = try #require(scene.refusal(accepting: [.gap, .learner, .divergence]))
      #expect(stop.reason == .unusableData && stop.message.contains("the log changed"), "\(stop)")
    }
  }
}

extension String {
  fileprivate func replacingCharacters(_ index: Index, with character: Character) -> String {
    var text = self
    text.replaceSubrange(index...index, with: String(character))
    return text
  }
}

@Suite struct LineageTests {
  private func era(_ number: UInt64, after epoch: UInt64, _ accepted: Acceptance? = nil) -> JournalContent {
    .start(
      StartRecord(
        incarnation: 1,
        era: Era(
          number: number, learnerVersion: 1, baseEpoch: epoch, baseDigest: 0, configuration: "", positions: [],
          accepted: accepted)))
  }

  private func epochs(_ range: ClosedRange<UInt64>) -> [JournalContent] {
    range.map {
      .epoch(JournalEntry(epoch: $0, ranges: [], digest: 0, deadLetters: [], lists: nil, tombstones: 0))
    }
  }

  /// - Parameter offset: the base's; every record has its place's number.
  private func lineage(
    _ contents: [JournalContent], fromEra era: UInt64 = 1, epoch: UInt64 = 0, after offset: Int = -1
  ) throws -> Lineage {
    var survey = JournalSurvey(lookingFor: nil)
    for (offset, content) in contents.enumerated() { try survey.note(content, at: Int64(offset)) }
    return Lineage(survey, fromEra: era, epoch: epoch, journalOffset: Int64(offset))
  }

  private func names(_ lineage: Lineage, _ contents: [JournalContent], after base: Int = -1) -> [String] {
    contents.enumerated().dropFirst(base + 1).compactMap { offset, content in
      let (step, name): (RecoveryPlan.Step, String)
      switch content {
      case .epoch(let entry): (step, name) = (.epoch(entry, journalOffset: Int64(offset)), "\(entry.epoch)")
      case .start(let start):
        guard let era = start.era else { return nil }
        (step, name) = (.era(era, journalOffset: Int64(offset)), "era \(era.number)")
      }
      return lineage.contains(step) ? name : nil
    }
  }

  @Test func `without an acceptance it is everything`() throws {
    let contents = epochs(1...2) + [era(2, after: 2)] + epochs(3...3)
    let lineage = try lineage(contents)
    #expect(names(lineage, contents) == ["1", "2", "era 2", "3"])
    #expect(lineage.lastEra == 2 && lineage.lastEpoch == 3 && lineage.givenUp == [] && lineage.unreachable == nil)
  }

  @Test func `what an acceptance went back behind is no part of it, eras included`() throws {
    let contents =
      epochs(1...3) + [era(2, after: 3)] + epochs(4...5)
      + [era(3, after: 5, Acceptance(fromEra: 1, fromEpoch: 2))] + epochs(6...6)
    let whole = try lineage(contents)
    #expect(names(whole, contents) == ["1", "2", "era 3", "6"])
    #expect(whole.givenUp == [Acceptance.Epochs(first: 3, last: 5)])
    // The states of what was given up lead nowhere.
    for (number, epoch, base) in [(1, 3, 2), (2, 3, 3), (2, 4, 4)] as [(UInt64, UInt64, Int)] {
      let part = try lineage(contents, fromEra: number, epoch: epoch, after: base)
      #expect(part.unreachable?.number == 3 && names(part, contents, after: base) == [])
    }
    let part = try lineage(contents, fromEra: 1, epoch: 2, after: 1)
    #expect(names(part, contents, after: 1) == ["era 3", "6"])
  }

  @Test func `an acceptance that was itself given up says nothing`() throws {
    let contents =
      epochs(1...4) + [era(2, after: 4, Acceptance(fromEra: 1, fromEpoch: 1))] + epochs(5...5)
      + [era(3, after: 5, Acceptance(fromEra: 1, fromEpoch: 4))] + epochs(6...6)
    let lineage = try lineage(contents)
    #expect(names(lineage, contents) == ["1", "2", "3", "4", "era 3", "6"])
    #expect(lineage.givenUp == [Acceptance.Epochs(first: 5, last: 5)])
  }

  @Test func `digests count again from the era on that accepted others`() throws {
    let accepted = Acceptance(fromEra: 1, fromEpoch: 4, divergence: Acceptance.Epochs(first: 3, last: 4))
    let lineage = try lineage(epochs(1...4) + [era(2, after: 4, accepted)] + epochs(5...5))
    #expect((1...5).map { lineage.holds(epoch: $0) } == [true, true, false, false, true])
    guard case .start(let own) = era(2, after: 4, accepted), case .start(let before) = era(1, after: 4),
      let own = own.era, let before = before.era
    else { return }
    #expect(lineage.holds(own) && !lineage.holds(before))
  }
}
