@testable import Pipeline
import Testing

@Suite struct OutboxTests {
  private static func id(_ user: Int) -> [UInt8] { Array("u_\(user)".utf8) }

  private static func list(_ user: Int, row: Int, isEmpty: Bool = false) -> FinishedLists.List {
    FinishedLists.List(
      userRow: row, userID: id(user), value: isEmpty ? nil : Array("list of \(user)".utf8), expiresAt: Int64(user))
  }

  /// Lists of a freeze in which user n has row n.
  private func sending(_ users: Range<Int>) -> Outbox {
    var outbox = Outbox()
    outbox.expect(users.map { ($0, Self.id($0)) })
    _ = outbox.receive(FinishedLists(version: 7, generatedAt: 70, lists: users.map { Self.list($0, row: $0) }))
    return outbox
  }

  private func taken(_ outbox: inout Outbox, _ limit: Int = .max) -> (users: [[UInt8]?], settled: [Int]) {
    let chunk = outbox.take(limit)
    return (chunk.records.map(\.key), chunk.listed.map(\.row))
  }

  @Test func `lists go out in order, in chunks that account for themselves`() throws {
    var outbox = sending(0..<5)
    var users: [[UInt8]?] = []
    for count in [2, 2, 1] {
      #expect(outbox.isSending)
      let chunk = outbox.take(2)
      let hashes = chunk.records.map { FinishedLists.List(userRow: 0, userID: $0.key!, value: $0.value).hash }
      #expect(
        chunk.account
          == JournalEntry.Lists(version: 7, generatedAt: 70, count: count, hash: hashes.reduce(0, &+)))
      #expect(chunk.bytes == chunk.records.reduce(0) { $0 + $1.value!.count })
      #expect(chunk.records.allSatisfy { $0.topic == .recommendations })
      users += chunk.records.map(\.key)
    }
    #expect(users == (0..<5).map(Self.id))
    #expect(outbox.isEmpty && outbox.take(2).account == nil)
  }

  @Test func `who could not be listed is named when lists are done, and whoever left is not`() {
    var outbox = Outbox()
    outbox.expect((0..<4).map { ($0, Self.id($0)) })
    #expect(outbox.isComputing && !outbox.isEmpty)
    var yield = FoldYield()
    yield.debts = [.evicted(row: 1), .touched(row: 1)]
    outbox.follow(yield)
    let lists = (0..<4).map { Self.list($0, row: $0, isEmpty: $0 < 3) }
    #expect(outbox.receive(FinishedLists(version: 7, generatedAt: 70, lists: lists)) == [0, 2])
    #expect(taken(&outbox) == ([Self.id(3)], [3]))

    outbox.expect([(0, Self.id(0))])
    let none = FinishedLists(version: 8, generatedAt: 80, lists: [Self.list(0, row: 0, isEmpty: true)])
    #expect(outbox.receive(none) == [0])
    #expect(outbox.isEmpty && outbox.followedCount == 0)
  }

  @Test func `a forgotten user's list is dropped, whether or not lists were done`() {
    var outbox = sending(0..<2)
    var yield = FoldYield()
    yield.forgotten = [Self.id(0)]
    yield.debts = [.forgotten(row: 0)]
    outbox.follow(yield)
    #expect(taken(&outbox) == ([Self.id(1)], [1]))

    outbox.expect([(0, Self.id(0))])
    outbox.follow(yield)
    _ = outbox.receive(FinishedLists(version: 8, generatedAt: 80, lists: [Self.list(0, row: 0)]))
    #expect(outbox.take(10).account == nil && outbox.isEmpty)
  }

  @Test func `an evicted user's list goes out and settles nothing of whoever has the row now`() {
    var outbox = sending(0..<2)
    var yield = FoldYield()
    yield.debts = [.evicted(row: 0), .touched(row: 0)]
    outbox.follow(yield)
    #expect(taken(&outbox) == ([Self.id(0), Self.id(1)], [1]))
  }

  @Test func `a user who is forgotten after eviction gets no list, although no row says so`() {
    var outbox = sending(0..<2)
    var yield = FoldYield()
    yield.debts = [.evicted(row: 0), .touched(row: 0)]
    outbox.follow(yield)
    yield = FoldYield()
    yield.forgotten = [Self.id(0)]
    outbox.follow(yield)
    #expect(taken(&outbox) == ([Self.id(1)], [1]))
  }

  @Test func `whoever came into a row and is forgotten does not take the list of the row's old user along`() {
    var outbox = sending(0..<2)
    var yield = FoldYield()
    yield.debts = [.evicted(row: 0), .touched(row: 0), .forgotten(row: 0)]
    yield.forgotten = [Self.id(9)]
    outbox.follow(yield)
    #expect(taken(&outbox) == ([Self.id(0), Self.id(1)], [1]))
  }

  @Test func `who is forgotten and comes back gets no list from before`() {
    var outbox = sending(0..<1)
    var yield = FoldYield()
    yield.forgotten = [Self.id(0)]
    yield.debts = [.forgotten(row: 0), .touched(row: 0)]
    outbox.follow(yield)
    #expect(outbox.take(10).account == nil)
  }

  @Test func `of strangers forgotten while lists are on their way nothing is kept`() {
    var outbox = Outbox()
    outbox.expect((0..<3).map { ($0, Self.id($0)) })
    for epoch in 1...100 {
      if epoch == 50 {
        _ = outbox.receive(
          FinishedLists(version: 7, generatedAt: 70, lists: (0..<3).map { Self.list($0, row: $0) }))
      }
      var yield = FoldYield()
      for stranger in 0..<1_000 {
        yield.forgotten.append(Self.id(epoch * 1_000 + stranger))
        yield.debts.append(.evicted(row: epoch * 1_000 + stranger))
      }
      outbox.follow(yield)
      #expect(outbox.followedCount == 6)
    }
    #expect(taken(&outbox) == ((0..<3).map(Self.id), [0, 1, 2]))
    #expect(outbox.followedCount == 0)
  }

  /// Remembers everyone who has gone since the freeze, without bounds.
  private struct Reference {
    var lists: FinishedLists
    var next = 0
    var forgotten: Set<[UInt8]> = []
    var vacated: Set<Int> = []

    mutating func follow(_ yield: FoldYield) {
      forgotten.formUnion(yield.forgotten)
      for case .evicted(let row) in yield.debts { vacated.insert(row) }
      for case .forgotten(let row) in yield.debts { vacated.insert(row) }
    }

    var unlistable: [Int] {
      lists.lists.filter { $0.value == nil && !vacated.contains($0.userRow) }.map(\.userRow)
    }

    mutating func take(_ limit: Int) -> [FinishedLists.List] {
      var taken: [FinishedLists.List] = []
      while next < lists.lists.count, taken.count < limit {
        let list = lists.lists[next]
        next += 1
        if list.value != nil, !forgotten.contains(list.userID) { taken.append(list) }
      }
      return taken
    }
  }

  @Test(arguments: 0..<200 as Range<UInt64>) func `what goes out and settles is what a memory without bounds says`(
    seed: UInt64
  ) throws {
    var random = Randomness(seed: seed)
    // Who is in which row.
    var table: [Int?] = (0..<8).map { random.chance(80) ? $0 : nil }

    func yieldOfAnEpoch() -> FoldYield {
      var yield = FoldYield()
      for _ in 0..<random.below(6) {
        let user = random.below(14)
        if random.chance(30) {
          yield.forgotten.append(Self.id(user))
          if let row = table.firstIndex(of: user) {
            table[row] = nil
            yield.debts.append(.forgotten(row: row))
          }
        } else if let row = table.firstIndex(of: user) {
          yield.debts.append(.touched(row: row))
        } else {
          let row = table.firstIndex(of: nil) ?? random.below(table.count)
          if table[row] != nil { yield.debts.append(.evicted(row: row)) }
          table[row] = user
          yield.debts.append(.touched(row: row))
        }
      }
      return yield
    }

    var outbox = Outbox()
    for freeze in 1...20 {
      let users = table.indices.compactMap { row in
        table[row].flatMap { random.chance(70) ? (row: row, user: $0) : nil }
      }
      let finished = FinishedLists(
        version: UInt64(freeze), generatedAt: Int64(freeze),
        lists: users.map { Self.list($0.user, row: $0.row, isEmpty: random.chance(20)) })
      var reference = Reference(lists: finished)
      outbox.expect(users.map { ($0.row, Self.id($0.user)) })
      for _ in 0..<random.below(4) {
        let yield = yieldOfAnEpoch()
        outbox.follow(yield)
        reference.follow(yield)
        #expect(outbox.take(3).account == nil)
      }
      #expect(outbox.receive(finished) == reference.unlistable, "seed \(seed)")
      while outbox.isSending {
        let yield = yieldOfAnEpoch()
        outbox.follow(yield)
        reference.follow(yield)
        let limit = 1 + random.below(4)
        let (chunk, expected) = (outbox.take(limit), reference.take(limit))
        #expect(chunk.records.map(\.key) == expected.map(\.userID), "seed \(seed)")
        #expect(chunk.records.map(\.value) == expected.map(\.value), "seed \(seed)")
        let settled = expected.filter { !reference.vacated.contains($0.userRow) }
        #expect(chunk.listed.map(\.row) == settled.map(\.userRow), "seed \(seed)")
        #expect(chunk.listed.map(\.expiresAt) == settled.map(\.expiresAt), "seed \(seed)")
        #expect(chunk.account?.count ?? 0 == expected.count, "seed \(seed)")
        #expect(chunk.account?.hash ?? 0 == expected.reduce(0) { $0 &+ $1.hash }, "seed \(seed)")
        #expect(outbox.followedCount <= 2 * users.count, "seed \(seed)")
      }
      try #require(
        outbox.isEmpty && (reference.next == finished.lists.count || !finished.lists.contains { $0.value != nil }))
    }
  }
}
