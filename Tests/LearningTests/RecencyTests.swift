import Checkpoints
import Testing

@testable import Learning

struct RecencyTests {
  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `the oldest is always the one that an array says`(seed: UInt64) throws {
    print("seed \(seed)")
    var random = TestRandom(seed: seed)
    var recency = Recency()
    var rows: [Int] = []
    var ordinals = [Int64](repeating: 0, count: Int(seed) * 3)
    let count = Int(seed) * 3
    for _ in 0..<count { recency.append() }
    for step in 0..<2_000 {
      let row = Int.random(in: 0..<count, using: &random)
      rows.removeAll { $0 == row }
      if Int.random(in: 0..<4, using: &random) == 0 {
        recency.remove(row)
        ordinals[row] = 0
      } else {
        let ordinal = recency.touch(row)
        #expect(ordinal == recency.clock && ordinal > ordinals.max()!)
        ordinals[row] = ordinal
        rows.append(row)
      }
      #expect(recency.oldest == rows.first, "seed \(seed) step \(step)")
    }
    // As a checkpoint brings it back.
    var other = Recency()
    for _ in 0..<count { other.append() }
    other.restore(clock: recency.clock)
    let order = try other.order(of: ordinals)
    #expect(order == rows)
    other.restore(in: order)
    while let row = other.oldest {
      #expect(row == rows.removeFirst())
      other.remove(row)
    }
    #expect(rows.isEmpty)
  }

  @Test(arguments: [[1, 1], [3, 8], [0, -1], [.max, 1], [.min, .max]] as [[Int64]])
  func `ordinals that no clock gave are refused`(ordinals: [Int64]) {
    var recency = Recency()
    recency.restore(clock: 7)
    #expect(throws: CheckpointError.self) { _ = try recency.order(of: ordinals) }
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `the map of serials agrees with a dictionary`(seed: UInt64) {
    print("seed \(seed)")
    var random = TestRandom(seed: seed)
    var map = SerialMap()
    var oracle: [UInt32: Int] = [:]
    var serials: [UInt32] = []
    // In sequence, as they are given out, and far apart, as a few old ones come to be.
    var next: UInt32 = seed % 2 == 0 ? 0 : 4_000_000_000
    for step in 0..<20_000 {
      if Int.random(in: 0..<100, using: &random) < (step < 8_000 ? 60 : 45) || serials.isEmpty {
        next &+= UInt32.random(in: 1...3, using: &random)
        map.insert(next, row: step)
        oracle[next] = step
        serials.append(next)
      } else {
        let serial = serials.remove(at: Int.random(in: 0..<serials.count, using: &random))
        map.remove(serial)
        oracle[serial] = nil
        #expect(map.row(of: serial) == nil)
      }
      #expect(map.count == oracle.count)
      if let serial = serials.randomElement(using: &random) { #expect(map.row(of: serial) == oracle[serial]) }
    }
    for (serial, row) in oracle { #expect(map.row(of: serial) == row) }
    #expect(map.row(of: next &+ 1) == nil && map.row(of: UserLog.noSerial) == nil)
  }
}
