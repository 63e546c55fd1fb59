import Checkpoints
import Testing

@Suite struct `A checkpoint` {
  /// About 4 KB: four sections, one of them empty.
  static let sample = Checkpoint(
    header: CheckpointHeader(
      learnerVersion: 7, era: 3, epoch: 1 << 40, journalOffset: -1, dimension: 32, digest: .max - 5),
    sections: [
      Section(name: "users", version: 1, payload: (0..<2_500).map { UInt8(truncatingIfNeeded: $0 &* 31) }),
      Section(name: "items", version: 65_535, payload: (0..<1_200).map { UInt8(truncatingIfNeeded: $0 ^ 0x55) }),
      Section(name: "nothing", version: 0, payload: []),
      Section(name: "a-name-of-24-characters!", version: 2, payload: [0]),
    ])

  @Test func `comes back as it was`() throws {
    let bytes = Self.sample.encoded()
    #expect(try Checkpoint(decoding: bytes) == Self.sample)
    #expect(Array(Self.sample.encodedParts().joined()) == bytes)
    #expect(try Self.sample.section(named: "items").payload.count == 1_200)
    #expect(throws: CheckpointError.missingSection("tags")) { try Self.sample.section(named: "tags") }
    let empty = Checkpoint(header: Self.sample.header, sections: [])
    #expect(try Checkpoint(decoding: empty.encoded()) == empty)
  }

  // Files of today must be readable tomorrow: this hash changes only together with the format number.
  @Test func `has the bytes that format 1 has always had`() {
    let bytes = Self.sample.encoded()
    #expect(bytes.count == 76 + 4 * 52 + 16 + 3_701)
    #expect(Array(bytes.prefix(16)) == [0x89, 0x57, 0x46, 0x43, 13, 10, 26, 10, 1, 0, 0, 0, 44, 1, 0, 0])
    #expect(String(Hash.xxh3(bytes.span), radix: 16) == "56489e65d12fc8aa")
  }

  @Test func `is refused with any one bit flipped`() {
    var bytes = Self.sample.encoded()
    var parts: Set<String> = []
    for bit in 0..<bytes.count * 8 {
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      do throws(CheckpointError) {
        _ = try Checkpoint(decoding: bytes)
        Issue.record("bit \(bit) went unnoticed")
      } catch {
        // Damage is never taken for another version's file.
        #expect(!error.isForeign, "bit \(bit): \(error)")
        if case .checksum(let part) = error { parts.insert(part) }
      }
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
    }
    #expect(parts == ["preamble", "header", "users", "items", "a-name-of-24-characters!"])
  }

  @Test func `is refused at any other length`() {
    let bytes = Self.sample.encoded()
    for length in 0..<bytes.count {
      #expect(throws: CheckpointError.truncated, "length \(length)") {
        try Checkpoint(decoding: Array(bytes.prefix(length)))
      }
    }
    #expect(throws: CheckpointError.malformed("1 bytes after the last section")) {
      try Checkpoint(decoding: bytes + [0])
    }
  }

  @Test(arguments: 1...200 as ClosedRange<UInt64>)
  func `is refused when mutilated in any other way`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let bytes = Self.sample.encoded()
    for _ in 0..<50 {
      var mutant = bytes
      let start = Int.random(in: 0..<bytes.count, using: &generator)
      let end = min(bytes.count, start + Int.random(in: 1...64, using: &generator))
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: mutant.removeSubrange(start..<end)
      case 1: mutant.insert(contentsOf: bytes[start..<end], at: Int.random(in: 0...bytes.count, using: &generator))
      case 2:
        mutant.replaceSubrange(
          start..<end, with: (start..<end).map { _ in UInt8.random(in: 0...255, using: &generator) })
      default: mutant.swapAt(start, Int.random(in: 0..<bytes.count, using: &generator))
      }
      guard mutant != bytes else { continue }
      do throws(CheckpointError) {
        _ = try Checkpoint(decoding: mutant)
        Issue.record("seed \(seed): a mutant went unnoticed")
      } catch {
        #expect(!error.isForeign, "seed \(seed): \(error)")
      }
    }
  }

  @Test func `of a newer format is refused as such`() {
    // The preamble is what every format shares; what follows it may be anything.
    var writer = ByteWriter()
    writer.write(uncounted: Array(Self.sample.encoded().prefix(8)).span)
    writer.write(2 as UInt32)
    writer.write(12_345 as UInt32)
    writer.write(Hash.xxh3(writer.bytes.span))
    for rest in [[], [1, 2, 3], [UInt8](repeating: 9, count: 20_000)] as [[UInt8]] {
      #expect(throws: CheckpointError.newerFormat(2)) { try Checkpoint(decoding: writer.bytes + rest) }
    }
    #expect(CheckpointError.newerFormat(2).isForeign)
  }

  @Test func `with an unknown section or version is refused as such, and damage comes first`() throws {
    var known: [String: UInt16] = ["users": 1, "items": 65_535, "nothing": 0, "a-name-of-24-characters!": 9]
    var bytes = Self.sample.encoded()
    #expect(try Checkpoint(decoding: bytes, known: known) == Self.sample)
    known["users"] = 0
    #expect(throws: CheckpointError.unknownSectionVersion("users", 1)) { try Checkpoint(decoding: bytes, known: known) }
    known["users"] = nil
    #expect(throws: CheckpointError.unknownSection("users")) { try Checkpoint(decoding: bytes, known: known) }
    bytes[bytes.count - 1] ^= 1
    #expect(throws: CheckpointError.checksum("a-name-of-24-characters!")) {
      try Checkpoint(decoding: bytes, known: known)
    }
  }

  @Test func `with a sealed but senseless header is refused without allocating what it promises`() {
    // Each change is sealed with fresh checksums, as a forger would.
    let sealed = Self.sample.encoded()
    func forged(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
      var table = Array(sealed.prefix(300 - 16))
      change(&table)
      var writer = ByteWriter()
      writer.write(uncounted: table.span)
      writer.write(Hash.xxh3_128(table.span))
      return writer.bytes + sealed.dropFirst(300)
    }
    #expect(forged { _ in } == sealed)
    // A payload of 2^63 bytes, one of 2^64 - 1, one byte more than there are.
    for length in [1 << 63, .max, 2_501] as [UInt64] {
      let bytes = forged { table in
        for index in 0..<8 { table[76 + 28 + index] = UInt8(truncatingIfNeeded: length >> (8 * UInt64(index))) }
      }
      #expect(throws: CheckpointError.self, "length \(length)") { try Checkpoint(decoding: bytes) }
    }
    let cases: [(inout [UInt8]) -> Void] = [
      { $0[72] = 5 }, { $0[75] = 255 },  // another number of sections
      { $0[76] = 0 }, { $0[76] = 0x1F }, { $0[77] = 0 }, { $0[76 + 20] = 65 },  // improper names
      { $0[76 + 26] = 1 },  // a reserved field
      { table in for index in 0..<24 { table[76 + index] = table[128 + index] } },  // one name twice
    ]
    for change in cases {
      #expect(throws: CheckpointError.self) { try Checkpoint(decoding: forged(change)) }
    }
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `random bytes are refused`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for length in [0, 7, 8, 24, 100, 1_000] {
      let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
      #expect(throws: CheckpointError.self, "seed \(seed)") { try Checkpoint(decoding: bytes) }
    }
  }

  @Test func `section names are 1 to 24 printable characters`() async {
    await #expect(processExitsWith: .failure) { _ = Section(name: "", version: 1, payload: []) }
    await #expect(processExitsWith: .failure) { _ = Section(name: "a name", version: 1, payload: []) }
    await #expect(processExitsWith: .failure) {
      _ = Section(name: "a-name-of-twenty-five-let", version: 1, payload: [])
    }
  }
}
