import Checkpoints
import Testing

func sample(epoch: UInt64 = 7, payloadBytes: Int = 3_000) -> Checkpoint {
  Checkpoint(
    header: CheckpointHeader(
      learnerVersion: 1, era: 2, epoch: epoch, journalOffset: 99, dimension: 32, digest: 0x0123_4567_89AB_CDEF_0011),
    sections: [
      Section(name: "users", version: 1, payload: (0..<payloadBytes).map { UInt8(truncatingIfNeeded: $0 &* 31) }),
      Section(name: "empty", version: 3, payload: []),
      Section(name: "items", version: 1, payload: Array(repeating: 0, count: 800)),
    ])
}

@Suite struct CheckpointTests {
  @Test func `what is written is read back`() throws {
    let written = sample()
    let read = try Checkpoint(decoding: written.encoded())
    #expect(read.header == written.header)
    #expect(read.sections == written.sections)
    #expect(try read.section(named: "items").payload.count == 800)
    #expect(throws: CheckpointError.missingSection("heads")) { try read.section(named: "heads") }
  }

  @Test func `every single flipped bit of a 4 KB checkpoint is rejected`() {
    var bytes = sample().encoded()
    #expect(bytes.count > 4_000)
    for index in bytes.indices {
      for bit in 0..<8 {
        bytes[index] ^= 1 << UInt8(bit)
        #expect(throws: CheckpointError.self, "byte \(index) bit \(bit)") { try Checkpoint(decoding: bytes) }
        bytes[index] ^= 1 << UInt8(bit)
      }
    }
    #expect(throws: Never.self) { try Checkpoint(decoding: bytes) }
  }

  @Test func `every truncation and every added byte is rejected`() {
    let bytes = sample().encoded()
    for count in bytes.indices {
      #expect(throws: CheckpointError.self, "\(count) bytes") { try Checkpoint(decoding: Array(bytes.prefix(count))) }
    }
    #expect(throws: CheckpointError.self) { try Checkpoint(decoding: bytes + [0]) }
  }

  @Test func `a newer format is told apart from damage`() {
    var bytes = sample().encoded()
    bytes[8] = 2
    #expect(throws: CheckpointError.checksum(of: "the header")) { try Checkpoint(decoding: bytes) }
    bytes[12] = ~2
    #expect(throws: CheckpointError.newerFormat(2)) { try Checkpoint(decoding: bytes) }
  }

  @Test(arguments: [UInt64(1), 2, 3]) func `random bytes are refused without harm`(seed: UInt64) {
    var state = seed
    func random() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    for _ in 0..<2_000 {
      var bytes = sample(payloadBytes: 64).encoded()
      for _ in 0..<(1 + random() % 8) { bytes[Int(random() % 240)] = UInt8(truncatingIfNeeded: random()) }
      if let read = try? Checkpoint(decoding: bytes) { #expect(read.encoded() == bytes, "seed \(seed)") }
    }
  }
}

@Suite struct ByteTests {
  @Test func `numbers are little endian and read back`() throws {
    var writer = ByteWriter()
    writer.write(UInt32(0x0403_0201))
    writer.write(Float(1.5))
    writer.write(UInt128.max)
    writer.write([Float.pi, -.infinity])
    writer.write([UInt64.max])
    writer.write(prefixed: [7, 8])
    #expect(Array(writer.bytes.prefix(4)) == [1, 2, 3, 4])
    var reader = ByteReader(writer.bytes)
    #expect(try reader.readUInt32() == 0x0403_0201)
    #expect(try reader.readFloat() == 1.5)
    #expect(try reader.readUInt128() == .max)
    #expect(try reader.readFloats() == [.pi, -.infinity])
    #expect(try reader.readUInt64s() == [.max])
    #expect(try reader.readPrefixed() == [7, 8])
    #expect(throws: Never.self) { try reader.finish() }
  }

  @Test(arguments: [UInt64.max, 1 << 62, 3]) func `a count beyond the bytes allocates nothing`(count: UInt64) {
    var writer = ByteWriter()
    writer.write(count)
    writer.write(UInt32(1))
    var reader = ByteReader(writer.bytes)
    #expect(throws: CheckpointError.truncated) { try reader.readFloats() }
  }

  @Test func `bytes left over are noticed`() {
    #expect(throws: CheckpointError.malformed("1 bytes too many")) { try ByteReader([1]).finish() }
  }

  @Test func `hashes are those of the reference implementation`() {
    // Computed with the Python package xxhash (XXH 0.8.4).
    #expect(Hash.xxh3(Array("abc".utf8).span, seed: 0) == 0x78AF_5F94_892F_3950)
    #expect(Hash.xxh3_128(Array("abc".utf8).span, seed: 0) == 0x06B0_5AB6_733A_6185_78AF_5F94_892F_3950)
    let long = (0..<512).map { UInt8(truncatingIfNeeded: $0) }
    #expect(Hash.xxh3_128(long.span, seed: 42) == 0xED53_775C_852E_608A_B3C0_BE15_7C7C_1132)
  }

  @Test func `identifiers keep their bytes and their order`() throws {
    var arena = IdentifierArena()
    for id in ["b", "a", "", "ab"] { arena.append(Array(id.utf8).span) }
    #expect(arena.bytes(of: 3) == Array("ab".utf8))
    #expect(arena.precedes(1, 0) && arena.precedes(2, 1) && arena.precedes(1, 3) && !arena.precedes(0, 0))
    var writer = ByteWriter()
    arena.write(to: &writer)
    var reader = ByteReader(writer.bytes)
    #expect(try IdentifierArena(from: &reader) == arena)
  }
}
