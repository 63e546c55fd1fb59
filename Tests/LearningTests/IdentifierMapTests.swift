import Testing

@testable import Learning

struct IdentifierMapTests {
  @Test func `spellings that a String merges stay two ids`() {
    var map = IdentifierMap(hashKey: 1)
    let composed = "caf\u{e9}".bytes
    let decomposed = "cafe\u{301}".bytes
    #expect(String(decoding: composed, as: UTF8.self) == String(decoding: decomposed, as: UTF8.self))
    map.insert(composed.span, row: 0)
    #expect(map.row(of: decomposed.span) == nil)
    map.insert(decomposed.span, row: 1)
    #expect(map.row(of: composed.span) == 0)
    #expect(map.row(of: decomposed.span) == 1)
  }

  @Test func `ids may hold any byte and be up to 256 long`() {
    var map = IdentifierMap(hashKey: 2)
    let ids: [[UInt8]] = [[0], [0, 0], Array(repeating: 0xFF, count: 256), Array(0...255), [10, 0, 13]]
    for (row, id) in ids.enumerated() { map.insert(id.span, row: row) }
    for (row, id) in ids.enumerated() {
      #expect(map.row(of: id.span) == row)
      #expect(map.identifier(of: row) == id)
    }
  }

  @Test(arguments: 1...40) func `ids that differ in one byte are two, wherever it stands`(length: Int) {
    let id = (0..<length).map { UInt8(7 * $0 & 255) }
    #expect(Self.areEqual(id, (0..<length).map { UInt8(7 * $0 & 255) }))
    #expect(!Self.areEqual(id, id + [0]) && !Self.areEqual(id + [0], id))
    for index in id.indices {
      var other = id
      other[index] ^= 0x80
      #expect(!Self.areEqual(id, other))
    }
  }

  private static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool { left.span.isEqual(right.span) }

  /// Against a dictionary of byte arrays, with few ids so that everything is inserted and removed often.
  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
  func `a random history of insertions and removals agrees with a dictionary`(seed: UInt64) {
    print("seed \(seed)")
    var random = TestRandom(seed: seed)
    var map = IdentifierMap(hashKey: seed)
    var oracle: [[UInt8]: Int] = [:]
    var free: [Int] = []
    let universe = seed % 2 == 0 ? 3000 : 200
    for step in 0..<20_000 {
      var id = "\(Int.random(in: 0..<universe, using: &random))".bytes
      if id.count % 2 == 0 { id += [UInt8](repeating: 0x2D, count: 200) }
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<4 where oracle[id] == nil:
        let row = free.popLast() ?? map.rowCount
        map.insert(id.span, row: row)
        oracle[id] = row
      case 4..<7:
        let row = map.remove(id.span)
        #expect(row == oracle[id], "seed \(seed) step \(step)")
        if let row { free.append(row) }
        oracle[id] = nil
      default:
        #expect(map.row(of: id.span) == oracle[id], "seed \(seed) step \(step)")
      }
      #expect(map.count == oracle.count)
    }
    for (id, row) in oracle {
      #expect(map.row(of: id.span) == row)
      #expect(map.identifier(of: row) == id)
    }
    for row in free { #expect(map.isLive(row) == false) }
  }

  @Test func `growing keeps a hundred thousand ids`() {
    var map = IdentifierMap(hashKey: 7)
    for row in 0..<100_000 { map.insert("user-\(row)".bytes.span, row: row) }
    for row in stride(from: 0, to: 100_000, by: 37) { #expect(map.row(of: "user-\(row)".bytes.span) == row) }
    #expect(map.row(of: "user-100000".bytes.span) == nil)
  }
}
