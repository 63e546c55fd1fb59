import Testing

@testable import Pipeline

@Suite struct SweptUsersTests {
  @Test func `whoever did something comes first, and of the others only so many at a time`() {
    var owed = OwedUsers()
    for row in 0..<5 { _ = owed.sweep(row) }
    for row in [7, 8, 3] { owed.touch(row, in: 1) }
    #expect(owed.waitingCount == 7)
    #expect(owed.take(2, swept: 2) == [7, 8])
    #expect(owed.take(3, swept: 2) == [3, 0, 1])
    #expect(owed.take(10, swept: 2) == [2, 4])
    #expect(owed.take(10, swept: 2) == [] && owed.waitingCount == 0 && owed.count == 7)
  }

  @Test func `a sweep adds nothing to a debt that is there, and a touch makes a swept user's debt a real one`() {
    var owed = OwedUsers()
    owed.touch(1, in: 4)
    let added = [owed.sweep(1), owed.sweep(2), owed.sweep(2)]
    #expect(added == [false, true, false])
    #expect(owed.rows == [1], "who was only swept is in no checkpoint")
    owed.touch(2, in: 5)
    #expect(owed.rows == [1, 2] && owed.waitingCount == 2)
    #expect(owed.take(10, swept: 0) == [1, 2])
    owed.settle(2, version: 4)
    #expect(owed.take(10, swept: 0) == [2], "touched after the freeze")
    owed.settle(2, version: 5)
    owed.settle(1, version: 4)
    #expect(owed.count == 0)
  }

  @Test func `a touch while a swept user's list is made keeps the user owed`() {
    var owed = OwedUsers()
    _ = owed.sweep(3)
    #expect(owed.take(1, swept: 1) == [3])
    let isAdded = owed.sweep(3)
    #expect(!isAdded)
    owed.touch(3, in: 9)
    owed.settle(3, version: 8)
    #expect(owed.rows == [3] && owed.take(1, swept: 0) == [3])
  }

  @Test func `where no list can be made only who was touched goes on waiting`() {
    var owed = OwedUsers()
    owed.touch(1, in: 1)
    _ = owed.sweep(2)
    #expect(owed.take(2, swept: 2) == [1, 2])
    let back = [owed.putBack(1), owed.putBack(2)]
    #expect(back == [true, false] && owed.rows == [1] && owed.count == 1 && owed.waitingCount == 1)
  }

  @Test func `a row that passes from user to user is in the queue once, and its last user is owed one list`() {
    var owed = OwedUsers()
    owed.touch(0, in: 1)
    owed.touch(1, in: 1)
    for epoch in 1...100_000 as ClosedRange<UInt64> {
      owed.apply([.evicted(row: 1), .touched(row: 1)], epoch: epoch)
    }
    #expect(owed.entryCount < 10_000)
    #expect(owed.waitingCount == 2 && owed.rows == [0, 1])
    #expect(owed.take(10) == [0, 1] && owed.take(10) == [])
    // The list of somebody who is gone settles nothing.
    owed.apply([.evicted(row: 1), .touched(row: 1)], epoch: 100_001)
    owed.settle(1, version: 100_000)
    owed.settle(0, version: 100_000)
    #expect(owed.rows == [1] && owed.take(10) == [1])
    owed.settle(1, version: 100_001)
    #expect(owed.count == 0)
  }

  @Test func `whoever is forgotten is out of both queues, and the row's next user starts anew`() {
    var owed = OwedUsers()
    _ = owed.sweep(1)
    owed.touch(2, in: 1)
    owed.forget(1)
    owed.forget(2)
    #expect(owed.count == 0 && owed.waitingCount == 0)
    owed.touch(1, in: 2)
    _ = owed.sweep(2)
    #expect(owed.take(10, swept: 10) == [1, 2] && owed.waitingCount == 0)
  }

  @Test func `who waits with an earlier user's entry in the queue is taken once a round like everybody`() {
    var owed = OwedUsers()
    owed.apply([.touched(row: 1), .evicted(row: 1), .touched(row: 1), .touched(row: 2)], epoch: 1)
    // No list can be made for the one: the other comes before that one's second turn.
    #expect(owed.take(1) == [1])
    owed.putBack(1)
    #expect(owed.take(1) == [2])
  }
}
