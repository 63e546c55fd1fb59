import FeedEvents
import Learning
import Testing

@testable import Pipeline

/// An event that is delivered twice is folded once.
@Suite struct DuplicateTests {
  private static let input = InputPartition(role: .interactions, topic: "interactions", partition: 0)

  private func recommender(tags: Int = 100) -> Recommender {
    var configuration = JournaledConfiguration()
    configuration.learning.tagRows = tags
    return Recommender(configuration: configuration, positions: [InputPosition(input: Self.input, next: 0)])
  }

  private func event(
    _ id: String? = "e1", _ user: String = "anna", _ item: String = "i", _ type: InteractionType = .like,
    at time: Int64 = 1_000
  ) -> Interaction {
    Interaction(
      eventID: id.map { Array($0.utf8) }, userID: Array(user.utf8), itemID: Array(item.utf8), type: type,
      occurredAt: time)
  }

  /// Folds records of their own epoch; nil is a null value of anna's.
  @discardableResult
  private func fold(_ events: [Interaction?], into recommender: inout Recommender) -> FoldYield {
    let next = recommender.positions[0].next
    var buffer = RecordBuffer(expecting: [next])
    for (index, event) in events.enumerated() {
      buffer.append(
        input: 0, offset: next + Int64(index), timestamp: 1_000, key: event?.userID ?? Array("anna".utf8),
        value: event?.encoded())
    }
    let yield = recommender.fold(buffer, to: buffer.nextOffsets)
    #expect(yield.counts.records == events.count)
    #expect(recommender.digest == recommender.recomputedDigest())
    return yield
  }

  @Test func `a duplicate is counted, moves the position on, and changes nothing else`() {
    var recommender = recommender()
    fold([event()], into: &recommender)
    let before = recommender.learner.digest
    let yield = fold([event()], into: &recommender)
    #expect(yield.counts.duplicates == 1 && yield.counts.learned == 0)
    #expect(yield.debts.isEmpty && yield.deadLetters.isEmpty && yield.forgotten.isEmpty)
    #expect(recommender.learner.digest == before)
    #expect(recommender.positions[0].next == 2 && recommender.positions[0].last?.offset == 1)
  }

  @Test func `what makes an event is its id and its user, whatever else it says`() {
    var recommender = recommender()
    let events = [
      event(), event("e1", "anna", "other", .share, at: 2_000), event("e1", "bert"), event("e2"), event("E1"),
    ]
    let counts = fold(events, into: &recommender).counts
    #expect(counts.duplicates == 1 && counts.learned == 4)
  }

  @Test func `events without an id are all different`() {
    var recommender = recommender()
    let counts = fold([event(nil), event(nil), event(nil)], into: &recommender).counts
    #expect(counts.learned == 3 && counts.duplicates == 0)
    #expect(recommender.windows.digest == 0, "a log without ids has the digest that it would have without windows")
  }

  @Test func `an event that taught nothing or was refused is a duplicate the second time all the same`() {
    var recommender = recommender(tags: 1)
    var (like, unfollow, follow) = (event(), event("e2", "anna", "", .unfollow), event("e3", "bert", "", .follow))
    like.authorID = Array("author".utf8)
    unfollow.authorID = Array("author".utf8)
    // The only row is that of a tag which an item carries.
    follow.authorID = Array("another".utf8)
    let first = fold([like, unfollow, follow], into: &recommender).counts
    #expect(first.learned == 1 && first.notLearned == 1 && first.refused == 1)
    let second = fold([like, unfollow, follow], into: &recommender).counts
    #expect(second.duplicates == 3 && second.refused == 0)
  }

  @Test func `what is dead-lettered or of a type nobody knows leaves its id free`() {
    var recommender = recommender()
    let ahead = event("e1", at: 1_001 + Recommender.futureLimitMilliseconds)
    let strange = event("e1", "anna", "i", .unknown("poke"))
    let counts = fold([ahead, strange, strange, event(), strange], into: &recommender).counts
    #expect(counts.deadLetters == ["time_ahead_of_record": 1] && counts.unknownTypes == ["poke": 3])
    #expect(counts.learned == 1 && counts.duplicates == 0)
  }

  @Test(arguments: [true, false]) func `forgetting is never a duplicate, and takes the user's events along`(
    byNull: Bool
  ) {
    var recommender = recommender()
    let forget = byNull ? nil : event("f1", "anna", "", .forget)
    fold([event(), event("e1", "bert")], into: &recommender)
    let yield = fold([forget, forget, event(), event("e1", "bert")], into: &recommender)
    #expect(yield.counts.forgotten == 2 && yield.forgotten.count == 2)
    #expect(yield.counts.learned == 1 && yield.counts.duplicates == 1, "anna's event is new again, bert's is not")
  }

  @Test func `a dwell time that comes twice moves the mean of dwell times once`() {
    func digest(_ times: Int) -> UInt128 {
      var recommender = self.recommender()
      var view = event("e1", "anna", "i", .view)
      view.value = 900
      var other = event("e2", "bert", "i", .view)
      other.value = 500
      fold(Array(repeating: view, count: times) + [other], into: &recommender)
      return recommender.learner.digest
    }
    // The offset of bert's event is in his row: the same number of records, or his row would differ.
    var recommender = self.recommender()
    var (view, other) = (event("e1", "anna", "i", .view), event("e2", "bert", "i", .view))
    (view.value, other.value) = (900, 500)
    fold([view, event(nil, "x", "i", .unknown("poke")), other], into: &recommender)
    #expect(digest(2) == recommender.learner.digest)
  }
}
