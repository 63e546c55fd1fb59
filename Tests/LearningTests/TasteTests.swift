import Testing

@testable import Learning

/// One positive per user and item, however often and in whatever forms it comes.
struct TasteTests {
  private func learner() -> Learner {
    var learner = Learner(configuration: LearningConfiguration())
    for item in 0..<20 { learner.learn("other", "i\(item)", .positive(), at: Int64(item)) }
    return learner
  }

  private func count(_ learner: borrowing Learner, _ item: String) -> Double {
    learner.items.records[learner.itemRow(item.bytes.span)!].popularity.counts[0]
  }

  private func history(_ learner: borrowing Learner, _ user: String) -> [UInt32] {
    let log = learner.users.records[learner.userRow(user.bytes.span)!].log
    return (0..<log.historyCount).map { log.history(age: $0) }
  }

  @Test func `click, like and share are one positive of the strongest weight`() {
    var learner = learner()
    learner.learn("u", "i1", .positive(0.5), at: 100)
    learner.learn("u", "i2", .positive(1), at: 101)
    learner.learn("u", "i1", .positive(1), at: 102)
    learner.learn("u", "i1", .positive(2), at: 103)
    #expect(count(learner, "i1") == 2)
    #expect(history(learner, "u") == [1, 2], "the stronger event moved it to the front")
    let log = learner.users.records[1].log
    #expect(log.seenCount == 2)
    #expect(log.seenWeight(at: log.indexOfSeen(1)!) == 32)
    let (steps, ring) = (learner.counts.positives, learner.ring.count)
    // The same again, or weaker, teaches nothing.
    learner.learn("u", "i1", .positive(2), at: 104)
    learner.learn("u", "i1", .positive(0.5), at: 105)
    #expect(learner.counts.positives == steps && learner.ring.count == ring && count(learner, "i1") == 2)
    #expect(learner.users.records[1].log.seenWeight(at: 1) == 32)
  }

  @Test func `a stronger event weighs what it is stronger by`() {
    // Two steps of weight one half move a row as far as their weights say: the second is not a whole one again.
    func moved(_ weights: [Float]) -> Float {
      var learner = learner()
      learner.learn("u", "i0", .glance, at: 99)
      let before = learner.users.towers[1].accumulators
      for (index, weight) in weights.enumerated() {
        learner.learn(
          "u", "i1",
          Effect(seen: true, history: .none, weight: weight, negativeWeight: 0, rating: nil, undo: false),
          at: 100 + Int64(index))
      }
      return zip(learner.users.towers[1].accumulators.elements, before.elements).map { $0 - $1 }.reduce(0, +)
    }
    let (half, both, whole) = (moved([0.5]), moved([0.5, 1]), moved([1]))
    #expect(both < 2.5 * half, "squares of half, twice")
    #expect(abs(whole / half - 4) < 0.2, "squares of one")
  }

  @Test func `an unlike takes the count back and forgets the weight, but not that it was seen`() {
    var learner = learner()
    let before = learner.bank.totals[0]
    learner.learn("u", "i1", .positive(1), at: 100)
    #expect(count(learner, "i1") == 2)
    learner.learn("u", "i1", .unlike, at: 101)
    #expect(count(learner, "i1") == 1)
    #expect(abs(learner.bank.totals[0] - before) < 1e-9)
    #expect(history(learner, "u") == [])
    let log = learner.users.records[1].log
    #expect(log.hasSeen(1) && log.seenWeight(at: 0) == 0)
    learner.learn("u", "i1", .unlike, at: 102)
    #expect(count(learner, "i1") == 1, "there is nothing to take back twice")
    learner.learn("u", "i1", .positive(1), at: 103)
    #expect(count(learner, "i1") == 2)
    #expect(history(learner, "u") == [1])
  }

  @Test func `a hide takes the item out of the history and leaves it seen`() {
    var learner = learner()
    learner.learn("u", "i1", .positive(1), at: 100)
    learner.learn("u", "i2", .positive(1), at: 101)
    let vector = learner.items.towers[1].weights
    learner.learn("u", "i1", .hide(), at: 102)
    #expect(history(learner, "u") == [2])
    #expect(learner.items.towers[1].weights == vector, "hides cannot brigade an item")
    #expect(learner.freezeUsers([1])[0].seen == [2, 1])
  }

  @Test func `hides push an item down for the user who hides`() {
    var learner = learner()
    for item in 2..<8 { learner.learn("u", "i\(item)", .positive(), at: Int64(100 + item)) }
    func score() -> Float {
      let user = Vector32(learner.freezeUsers([1])[0].query)
      return user.dot(learner.itemVector(1))
    }
    let before = score()
    for round in 0..<20 { learner.learn("u", "i1", .hide(), at: Int64(200 + round)) }
    #expect(score() < before)
  }

  @Test func `a glance is seen and teaches nothing`() {
    var learner = learner()
    let (steps, own) = (learner.counts.positives, learner.items.towers[1].weights)
    learner.learn("u", "i1", .glance, at: 100)
    #expect(learner.users.records[1].log.hasSeen(1) == true)
    #expect(history(learner, "u") == [])
    #expect(count(learner, "i1") == 1)
    #expect(learner.counts.positives == steps)
    #expect(learner.items.towers[1].weights == own)
  }

  @Test func `weights are kept in sixteenths and never round to nothing`() {
    var learner = learner()
    for (index, (weight, expected)) in zip([0.01, 0.5, 0.53, 15.9375, 1e30] as [Float], [1, 8, 8, 255, 255])
      .enumerated()
    {
      learner.learn("u", "i\(index)", .positive(weight), at: Int64(100 + index))
      #expect(Int(learner.users.records[1].log.seenWeight(at: index)) == expected)
    }
  }

  @Test func `a frozen user carries the last event and what was seen`() {
    var learner = learner()
    learner.learn("u", "i3", .positive(), at: 500, time: 77)
    learner.learn("u", "i5", .glance, at: 501, time: 78)
    let frozen = learner.freezeUsers([1, 0])
    #expect(frozen.map(\.identifier) == ["u".bytes, "other".bytes])
    #expect(frozen[0].last == LastEvent(coordinate: Coordinate(partition: 0, offset: 501), occurredAt: 78))
    #expect(frozen[0].seen == [3, 5])
    #expect(frozen[0].query.count == 32)
    #expect(learner.freezeUnknownUser().query == [Float](repeating: 0, count: 32))
  }
}
