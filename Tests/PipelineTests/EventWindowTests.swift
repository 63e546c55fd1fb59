import Checkpoints
import Testing

@testable import Pipeline

/// The last events of one partition.
@Suite struct EventWindowTests {
  /// A window, and the same without cunning.
  private struct Pair {
    var window: EventWindow
    var plain: [UInt128] = []

    init(limit: Int) { window = EventWindow(partition: 3, limit: limit) }

    mutating func admit(_ entry: UInt128) -> Bool {
      let isNew = window.admit(entry)
      #expect(isNew == !plain.contains(entry))
      if isNew { plain = (plain + [entry]).suffix(window.limit) }
      return isNew
    }

    mutating func forget(_ prefix: UInt64) {
      window.forget(prefix: prefix)
      plain = plain.map { UInt64($0 >> 64) == prefix ? 0 : $0 }
    }
  }

  /// Few users and few low halves: slots collide, and runs wrap around the table's end.
  private func entry(_ random: inout Randomness) -> UInt128 {
    let low = UInt64(random.below(4)) << 40 | UInt64([0, 1, 2, 62, 127, 0xFFFF_FFFF][random.below(6)])
    return UInt128(1 + random.below(9)) << 64 | UInt128(low)
  }

  @Test(arguments: [1, 2, 4, 32, 128]) func `it holds what a plain list of the last so many holds`(limit: Int) {
    for seed in 0..<UInt64(40) {
      var random = Randomness(seed: seed)
      var pair = Pair(limit: limit)
      var duplicates = 0
      for _ in 0..<600 {
        if random.chance(1) { pair.forget(UInt64(1 + random.below(9))) }
        if !pair.admit(entry(&random)) { duplicates += 1 }
        if random.chance(10) { #expect(pair.window.digest == pair.window.recomputedDigest(), "seed \(seed)") }
      }
      #expect(pair.window.entries == pair.plain && (duplicates > 0 || limit == 1), "seed \(seed)")
    }
  }

  @Test func `an event is known until 65,536 others have come, and a duplicate does not renew it`() {
    var window = EventWindow(partition: 0)
    let first = UInt128(1) << 64 | 7
    func isNew(_ entry: UInt128) -> Bool { window.admit(entry) }
    for number in 0..<UInt128(EventWindow.limitEvents) { #expect(isNew(first + number)) }
    #expect(!isNew(first) && !isNew(first + 1))
    #expect(isNew(first + 1_000_000))
    #expect(isNew(first), "65,536 others have come")
    #expect(!isNew(first + 2), "and the third of them is still known")
    #expect(window.entries.count == EventWindow.limitEvents)
    #expect(window.digest == window.recomputedDigest())
  }

  @Test func `the digest is of order and place as well, and empty without events`() {
    func digest(_ entries: [UInt128], partition: Int32 = 0) -> UInt128 {
      var window = EventWindow(partition: partition, limit: 4)
      for entry in entries { _ = window.admit(entry) }
      return window.digest
    }
    #expect(digest([]) == 0)
    #expect(digest([1, 2]) != digest([2, 1]))
    #expect(digest([1, 2]) != digest([1, 2], partition: 1))
    #expect(digest([1, 2, 1]) == digest([1, 2]))
    var forgotten = EventWindow(partition: 0, limit: 4)
    _ = forgotten.admit(1)
    forgotten.forget(prefix: 0)
    #expect(forgotten.digest != 0, "the next event gets another number than in a window that never had one")
  }

  @Test(arguments: [2, 16, 256]) func `what its entries make goes on like it`(limit: Int) throws {
    for seed in 0..<UInt64(20) {
      var random = Randomness(seed: seed)
      var window = EventWindow(partition: 1, limit: limit)
      for _ in 0..<1 + random.below(3 * limit) { _ = window.admit(entry(&random)) }
      if random.chance(50) { window.forget(prefix: UInt64(1 + random.below(9))) }
      var again = try EventWindow(partition: 1, limit: limit, next: window.next, entries: window.entries)
      #expect(again.digest == window.digest, "seed \(seed)")
      for _ in 0..<3 * limit {
        let entry = entry(&random)
        let (isNew, isNewAgain) = (window.admit(entry), again.admit(entry))
        #expect(isNew == isNewAgain && again.digest == window.digest)
      }
    }
  }
}
