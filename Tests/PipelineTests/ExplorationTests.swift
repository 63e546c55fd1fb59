@testable import Checkpoints
import FeedEvents
@testable import Learning
import Testing

@testable import Pipeline

@Suite struct ExplorationTests {
  /// Items of which those in `fresh` have no exposures yet.
  private func items(
    _ count: Int, fresh: Set<Int>, expired: Set<Int> = [], inactive: Set<Int> = []
  ) -> FrozenItems {
    var identifiers = IdentifierArena()
    for row in 0..<count { identifiers.append(Array("i\(row)".utf8)) }
    return FrozenItems(
      vectors: Array(repeating: 0, count: count * 32), biases: (0..<count).map { Float(-$0) },
      identifiers: identifiers, expiresAt: (0..<count).map { expired.contains($0) ? 1_000 : 0 },
      active: (0..<count).map { !inactive.contains($0) },
      exposures: (0..<count).map { fresh.contains($0) ? 0 : 20 })
  }

  private func user(_ name: String, seen: [UInt32] = []) -> FrozenUser {
    FrozenUser(
      row: 0, identifier: Array(name.utf8), query: Array(repeating: 0, count: 32), seen: seen,
      last: LastEvent(coordinate: Coordinate(partition: 0, offset: 0), occurredAt: 0), part: .unknown)
  }

  private func lists(
    _ items: FrozenItems, _ users: [FrozenUser], length: Int = 50, oneIn: Int = 50, version: UInt64 = 1
  ) throws -> [[Recommendations.Item]] {
    var shape = ListConfiguration()
    shape.length = length
    shape.explorationOneIn = oneIn
    let freeze = Freeze(
      version: version, generatedAt: 2_000, shape: shape, seed: 7, items: items, ranker: nil, users: users)
    return try freeze.lists().lists.map { try RecommendationsDecoder().decode($0.value!).items }
  }

  private func row(_ item: Recommendations.Item) -> Int {
    Int(String(decoding: item.itemID.dropFirst(), as: UTF8.self))!
  }

  @Test func `a list of fifty has one explored item, at any place, drawn from all that may be drawn`() throws {
    // The fifty best are 0..<50; 100..<140 are fresh, some of them barred.
    let items = items(200, fresh: Set(100..<140).union([3, 7]), expired: [100, 101], inactive: [102, 103])
    let seen: [UInt32] = [104, 105, 150]
    var places = [Int](repeating: 0, count: 50)
    var drawn: [Int: Int] = [:]
    let users = (0..<4_000).map { user("u\($0)", seen: seen) }
    for list in try lists(items, users) {
      #expect(list.count == 50 && Set(list.map(row)).count == 50)
      let explored = list.indices.filter { list[$0].propensity != nil }
      try #require(explored.count == 1)
      #expect(list[explored[0]].propensity == 1.0 / 34)
      places[explored[0]] += 1
      drawn[row(list[explored[0]]), default: 0] += 1
      #expect(list[explored[0]].score == Float(-row(list[explored[0]])), "the score is the item's own")
      #expect(list.filter { $0.propensity == nil }.map(row) == Array(0..<49), "the rest is as it was, less the last")
    }
    #expect(Set(drawn.keys) == Set(106..<140))
    // Expected are 80 and 118 draws; six standard deviations.
    #expect(places.allSatisfy { abs(Double($0) - 80) < 54 }, "\(places)")
    #expect(drawn.values.allSatisfy { abs(Double($0) - 4_000.0 / 34) < 65 }, "\(drawn)")
  }

  @Test(arguments: [(10, 0.2), (1, 0.02), (75, 1.5), (120, 2.4)])
  func `lists of any length come to one place in fifty, and the propensity says so`(length: Int, expected: Double)
    throws
  {
    let items = items(400, fresh: Set(200..<300))
    var (places, sum) = (0, 0.0)
    for list in try lists(items, (0..<2_000).map { user("u\($0)") }, length: length) {
      #expect(list.count == length && Set(list.map(row)).count == length)
      let explored = list.filter { $0.propensity != nil }
      #expect([Int(expected), Int(expected) + 1].contains(explored.count))
      for item in explored { #expect(abs(item.propensity! - expected / 100) < 1e-12) }
      places += explored.count
      // Inverse propensities of whatever was drawn come to the number of items that could have been.
      sum += explored.reduce(0) { $0 + 1 / $1.propensity! }
    }
    #expect(abs(Double(places) / 2_000 - expected) < 0.06, "\(places)")
    #expect(abs(sum / 2_000 - 100) < 100 * 0.06 / expected * 5)
  }

  @Test func `whoever has seen nearly everything fresh gets what is left of it`() throws {
    let items = items(6_000, fresh: Set(1_000..<5_100))
    // 4,096 seen, four left.
    let seen = (1_000..<5_096).map(UInt32.init)
    var drawn: Set<Int> = []
    for list in try lists(items, (0..<60).map { user("u\($0)", seen: seen) }) {
      let explored = list.filter { $0.propensity != nil }
      #expect(explored.count == 1 && explored[0].propensity == 0.25)
      drawn.insert(row(explored[0]))
    }
    #expect(drawn == Set(5_096..<5_100))
  }

  @Test func `more places than items to explore leaves the rest to the scores`() throws {
    let items = items(100, fresh: [60, 61, 62])
    for list in try lists(items, (0..<50).map { user("u\($0)", seen: [61]) }, length: 20, oneIn: 2) {
      #expect(Set(list.filter { $0.propensity != nil }.map(row)) == [60, 62])
      #expect(list.filter { $0.propensity != nil }.allSatisfy { $0.propensity == 1 })
      #expect(list.filter { $0.propensity == nil }.map(row) == Array(0..<18))
    }
    let all = try lists(items, [user("u")], length: 3, oneIn: 1)[0]
    #expect(Set(all.map(row)) == [60, 61, 62] && all.allSatisfy { $0.propensity == 1 })
  }

  @Test func `without a fresh item, or with exploration off, a list is what it was`() throws {
    let users = (0..<20).map { user("u\($0)", seen: [0, 5]) }
    let old = try lists(items(100, fresh: []), users)
    #expect(old.allSatisfy { $0.allSatisfy { $0.propensity == nil } && $0.map(row) == [1, 2, 3, 4] + Array(6..<52) })
    #expect(try lists(items(100, fresh: Set(60..<90)), users, oneIn: 0) == old)
    // Fresh items that the list has anyway, or that the user has met, are not there to be drawn.
    #expect(try lists(items(100, fresh: [0, 2, 5, 51]), users) == old)
    // Whoever gets everything there is has nothing left to explore.
    #expect(try lists(items(30, fresh: Set(0..<30)), users)[0].map(row) == [1, 2, 3, 4] + Array(6..<30))
  }

  @Test func `what is drawn depends on seed, user and version, and on nothing else`() throws {
    let items = items(1_000, fresh: Set(500..<900))
    let users = (0..<300).map { user("u\($0)") }
    let together = try lists(items, users)
    #expect(try lists(items, users) == together)
    for index in [0, 17, 299] { #expect(try lists(items, [users[index]])[0] == together[index]) }
    let later = try lists(items, users, version: 2)
    let same = zip(together, later).count { $0 == $1 }
    #expect(same < 10)
    let explored = together.map { list in list.first { $0.propensity != nil }.map(row)! }
    #expect(Set(explored).count > 150)
  }
}
