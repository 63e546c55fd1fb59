import Checkpoints
import Testing

@Suite struct `Identifier arena` {
  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `gives back what was appended, compares as bytes do, and survives a round trip`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var arena = IdentifierArena()
    var ids: [[UInt8]] = []
    for row in 0..<60 {
      let id = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
        [0, 1, 127, 128, 255].randomElement(using: &generator)! as UInt8
      }
      ids.append(id)
      #expect(arena.append(id) == row)
    }
    #expect(arena.count == 60)
    #expect(arena.byteCount == ids.reduce(0) { $0 + $1.count })
    for left in 0..<60 {
      #expect(Array(arena[left]) == ids[left])
      for right in 0..<60 {
        #expect(arena.precedes(left, right) == ids[left].lexicographicallyPrecedes(ids[right]), "seed \(seed)")
        #expect((arena.compare(left, right) == 0) == (ids[left] == ids[right]))
        let id = ids[right]
        let matches = arena.matches(left, id.span)
        #expect(matches == (ids[left] == ids[right]))
      }
    }
    var writer = ByteWriter()
    arena.encode(to: &writer)
    var reader = ByteReader(writer.bytes)
    #expect(try IdentifierArena(from: &reader) == arena)
    try reader.finish()
  }

  @Test func `a copy does not see what is appended later`() {
    var arena = IdentifierArena()
    arena.append([1])
    let copy = arena
    arena.append([2])
    #expect(copy.count == 1 && arena.count == 2)
    #expect(Array(copy[0]) == [1] && Array(arena[1]) == [2])
  }

  @Test func `keeps spellings apart that a String would merge`() {
    var arena = IdentifierArena()
    let (composed, decomposed) = (Array("\u{E9}".utf8), Array("e\u{301}".utf8))
    #expect(String(decoding: composed, as: UTF8.self) == String(decoding: decomposed, as: UTF8.self))
    arena.append(composed)
    let found = (arena.matches(0, composed.span), arena.matches(0, decomposed.span))
    #expect(found == (true, false))
  }

  @Test func `offsets that do not ascend from 0 to the end are refused`() {
    for offsets in [[], [1, 3], [0], [0, 2], [0, 4], [0, 2, 1, 3], [0, .max, 3], [3], [0, 3, 4]] as [[UInt64]] {
      var writer = ByteWriter()
      writer.write(offsets)
      writer.write([1, 2, 3] as [UInt8])
      var reader = ByteReader(writer.bytes)
      #expect(throws: CheckpointError.self, "\(offsets)") { try IdentifierArena(from: &reader) }
    }
  }
}

@Suite struct `A hash` {
  // The published values for an empty input (xxHash 0.8, tests/sanity_test_vectors.h).
  @Test func `is XXH3`() {
    let nothing: [UInt8] = []
    let narrow = Hash.xxh3(nothing.span, seed: 0)
    let wide = Hash.xxh3_128(nothing.span, seed: 0)
    #expect(narrow == 0x2D06_8005_38D3_94C2)
    #expect(wide == 0x99AA_06D3_0147_98D8_6001_C324_468D_497F)
  }

  @Test func `depends on the seed and on each byte`() {
    let bytes = [UInt8](repeating: 7, count: 300)
    var seen: Set<UInt128> = []
    for seed in 0..<4 as Range<UInt64> { seen.insert(Hash.xxh3_128(bytes.span, seed: seed)) }
    for index in bytes.indices {
      var other = bytes
      other[index] = 8
      seen.insert(Hash.xxh3_128(other.span))
    }
    #expect(seen.count == 304)
  }
}
