import Testing

@testable import Learning

struct UserLogTests {
  @Test func `seen items agree with a list, whatever comes`() {
    for seed in 1...4 as ClosedRange<UInt64> {
      print("seed \(seed)")
      var random = TestRandom(seed: seed)
      var log = UserLog()
      defer { log.destroy() }
      var oracle: [(serial: UInt32, weight: UInt8)] = []
      // More different items than are remembered, so that the oldest fall out.
      let universe = UInt32(seed % 2 == 0 ? 6000 : 40)
      for _ in 0..<9000 {
        let serial = UInt32.random(in: 0..<universe, using: &random)
        let weight = UInt8.random(in: 0...255, using: &random)
        let index = log.indexOfSeen(serial)
        #expect(index == oracle.firstIndex { $0.serial == serial })
        #expect(log.hasSeen(serial) == (index != nil))
        log.see(serial, weight: weight, at: index)
        oracle.removeAll { $0.serial == serial }
        if oracle.count == UserLog.seenLimit { oracle.removeFirst() }
        oracle.append((serial, weight))
      }
      #expect(log.seenCount == oracle.count)
      for (index, entry) in oracle.enumerated() {
        #expect(log.seen(at: index) == entry.serial && log.seenWeight(at: index) == entry.weight)
      }
    }
  }

  @Test func `a history holds the newest and moves what comes again`() {
    var random = TestRandom(seed: 5)
    var log = UserLog()
    defer { log.destroy() }
    var oracle: [UInt32] = []
    for _ in 0..<5000 {
      let serial = UInt32.random(in: 0..<150, using: &random)
      if Int.random(in: 0..<5, using: &random) == 0 {
        log.remove(serial)
        oracle.removeAll { $0 == serial }
      } else {
        log.append(serial, limit: 100)
        oracle.removeAll { $0 == serial }
        oracle.append(serial)
        if oracle.count > 100 { oracle.removeFirst() }
      }
      #expect((0..<log.historyCount).map { log.history(age: $0) } == oracle.reversed())
    }
  }
  @Test func `what was shown often and then seen leaves no memory behind`() {
    var list = SerialList()
    defer { list.destroy() }
    for _ in 0..<255 { list.append(7, limit: 256) }
    list.append(8, limit: 256)
    #expect(list.room >= 256)
    list.remove(7)
    #expect(list.count == 1 && list[0] == 8 && list.room <= 8)
    list.append(9, limit: 256)
    #expect(list.count == 2 && list[1] == 9)
  }
}
