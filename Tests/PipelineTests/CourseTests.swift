@testable import Pipeline
import Testing

/// A start reads the journal a third time only where something may be lost.
@Suite struct CourseTests {
  private static let input = InputPartition(role: .interactions, topic: "i", partition: 0)

  private static func epoch(_ number: UInt64, to end: Int64, tombstones: Int = 0) -> JournalContent {
    .epoch(
      JournalEntry(
        epoch: number, ranges: [JournalEntry.Range(input: input, from: end - 10, to: end, count: 10, hash: 0)],
        digest: 0, deadLetters: [], lists: nil, tombstones: tombstones))
  }

  private static func era(
    _ number: UInt64, after epoch: UInt64, at next: Int64, _ accepted: Acceptance? = nil
  ) -> JournalContent {
    .start(
      StartRecord(
        incarnation: 1,
        era: Era(
          number: number, learnerVersion: 1, baseEpoch: epoch, baseDigest: 0, configuration: "",
          positions: [Era.EraPosition(input: input, next: next)], accepted: accepted)))
  }

  /// Epochs 1 and 2 are followed by 3 and 4, which an acceptance gave up, and by 5 and 6.
  private static let contents: [(offset: Int64, content: JournalContent)] = [
    (0, era(1, after: 0, at: 0)), (2, epoch(1, to: 10)), (4, epoch(2, to: 20)),
    (6, epoch(3, to: 30, tombstones: 100)), (8, epoch(4, to: 40, tombstones: 100)),
    (10, era(2, after: 4, at: 50, Acceptance(fromEra: 1, fromEpoch: 2))), (12, epoch(5, to: 60, tombstones: 1)),
    (14, epoch(6, to: 70, tombstones: 2)), (16, .start(StartRecord(incarnation: 2))),
  ]

  /// The course from the origin, or from after an epoch, and the steps that are taken.
  private func course(
    logFrom beginning: Int64, era: UInt64 = 1, epoch: UInt64 = 0, at offset: Int64 = 0, next: Int64 = 0
  ) throws -> (course: Course, taken: [Int64], readings: [KeptJournal.Reading]) {
    var journal = KeptJournal(Self.contents)
    var survey = JournalSurvey(lookingFor: nil)
    for (offset, content) in Self.contents { try survey.note(content, at: offset) }
    let steps = RecoveryPlan.Steps(offsets: offset + 1...16, baseEpoch: epoch, lastEpoch: 6)
    let lineage = Lineage(survey, fromEra: era, epoch: epoch, journalOffset: offset)
    let course = try Course(
      lineage, of: &journal, steps, ends: survey.ends, epoch: epoch,
      positions: [InputPosition(input: Self.input, next: next)], beginnings: [beginning])
    let readings = journal.readings
    var taken: [Int64] = []
    try journal.visit(steps) { (step) throws(Stop) in
      if lineage.contains(step), course.reaches(step) { taken.append(step.journalOffset) }
    }
    return (course, taken, readings)
  }

  @Test func `where the log reaches back to the base nothing is read`() throws {
    let (course, taken, readings) = try course(logFrom: 0)
    #expect(readings == [] && course.obstacle == nil && course.next == [70] && course.gaps == [])
    #expect(taken == [2, 4, 10, 12, 14])
  }

  @Test func `records of given up epochs alone are not missed`() throws {
    let (course, taken, readings) = try course(logFrom: 50, epoch: 2, at: 4, next: 20)
    #expect(readings == [KeptJournal.Reading(from: 5, through: 16)] && course.obstacle == nil && course.lost == nil)
    #expect(taken == [10, 12, 14])
  }

  @Test func `the first epoch that is lost ends the course, and whatever follows is lost with it`() throws {
    var (course, taken, _) = try course(logFrom: 1)
    #expect(course.lost == Acceptance.Epochs(first: 1, last: 6) && course.lostTombstones == 203 && taken == [])
    #expect(course.obstacle?.message.contains("epochs 1 to 6") == true && course.gaps == [])
    (course, taken, _) = try self.course(logFrom: 55, epoch: 2, at: 4, next: 20)
    #expect(course.lost == Acceptance.Epochs(first: 5, last: 6) && course.lostTombstones == 3 && taken == [10])
  }

  @Test
  func `from a state that was given up everything is lost that came since, and only what was never folded is a gap`()
    throws
  {
    let (course, taken, _) = try course(logFrom: 75, epoch: 3, at: 6, next: 30)
    #expect(course.lost == Acceptance.Epochs(first: 4, last: 6) && course.lostTombstones == 103 && taken == [])
    #expect(course.obstacle?.message.contains("was given up when era 2 began") == true)
    #expect(course.gaps == [Acceptance.Gap(input: Self.input, from: 70, to: 75)] && course.next == [75])
  }
}
