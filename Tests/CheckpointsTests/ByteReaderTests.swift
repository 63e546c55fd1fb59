import Checkpoints
import Testing

@Suite struct `Bytes` {
  @Test func `are little endian without padding`() {
    var writer = ByteWriter()
    writer.write(0x0102 as UInt16)
    writer.write(-2 as Int32)
    writer.write(1 as Float)
    writer.write(true)
    writer.write([0x0304, 5] as [UInt16])
    #expect(
      writer.bytes == [2, 1, 0xFE, 0xFF, 0xFF, 0xFF, 0, 0, 0x80, 0x3F, 1, 2, 0, 0, 0, 0, 0, 0, 0, 4, 3, 5, 0])
  }

  @Test(arguments: 1...50 as ClosedRange<UInt64>)
  func `come back as they were, from any place in a larger buffer`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    func random<T: FixedWidthInteger>(_ type: T.Type) -> T { .random(in: .min ... .max, using: &generator) }
    let (a, b, c, d) = (random(UInt8.self), random(Int16.self), random(UInt32.self), random(Int64.self))
    let (e, f) = (random(UInt128.self), Double(bitPattern: random(UInt64.self)))
    // Every pattern of bits, those that are not a number included.
    let floats = (0..<Int.random(in: 0...40, using: &generator)).map { _ in Float(bitPattern: random(UInt32.self)) }
    let ids = (0..<Int.random(in: 0...40, using: &generator)).map { _ in random(UInt64.self) }
    let text = (0..<Int.random(in: 0...40, using: &generator)).map { _ in random(UInt8.self) }

    var writer = ByteWriter()
    writer.write(a)
    writer.write(floats)
    writer.write(b)
    writer.write(ids[...])
    writer.write(c)
    writer.write(text)
    writer.write(d)
    writer.write(e)
    writer.write(f)
    writer.write(uncounted: ids.span)
    writer.write(false)

    let padding = [UInt8](repeating: 0xAA, count: Int.random(in: 0...9, using: &generator))
    let buffer = padding + writer.bytes + padding
    var reader = ByteReader(buffer[padding.count..<padding.count + writer.bytes.count])
    #expect(try reader.read() == a)
    #expect(try reader.read([Float].self).map(\.bitPattern) == floats.map(\.bitPattern))
    #expect(try reader.read() == b)
    #expect(try reader.read() == ids)
    #expect(try reader.read() == c)
    #expect(try reader.read() == text)
    #expect(try reader.read() == d)
    #expect(try reader.read() == e)
    #expect(try reader.read(Double.self).bitPattern == f.bitPattern)
    #expect(try reader.read(uncounted: ids.count, of: UInt64.self) == ids)
    #expect(throws: CheckpointError.malformed("1 bytes left over")) { try reader.finish() }
    #expect(try reader.read(Bool.self) == false)
    try reader.finish()
    #expect(throws: CheckpointError.truncated) { try reader.read(UInt8.self) }
  }

  // An allocation of what these counts promise would end the process.
  @Test(arguments: [1, 3, 1 << 20, 1 << 40, 1 << 61, 1 << 63, .max, .max / 4, .max / 8 + 1] as [UInt64])
  func `a count that the bytes cannot hold is refused before anything is allocated`(count: UInt64) {
    var writer = ByteWriter()
    writer.write(count)
    writer.write(0xFFFF_FFFF as UInt32)
    for width in 0..<4 {
      var reader = ByteReader(writer.bytes)
      #expect(throws: CheckpointError.truncated, "width \(width)") {
        switch width {
        case 0: _ = try reader.read([UInt128].self)
        case 1: _ = try reader.read([UInt64].self)
        case 2: _ = try reader.read(uncounted: Int(truncatingIfNeeded: max(count, 4)), of: UInt32.self)
        default: _ = try reader.read(uncounted: Int(truncatingIfNeeded: max(count, 13)), of: UInt8.self)
        }
      }
    }
  }

  @Test func `a refused count leaves the reader where it was`() throws {
    var reader = ByteReader([9, 0, 0, 0, 0, 0, 0, 0, 1])
    #expect(throws: CheckpointError.truncated) { try reader.read([UInt8].self) }
    #expect(reader.remaining == 9)
    #expect(try reader.read(UInt64.self) == 9)
    #expect(throws: CheckpointError.truncated) { try reader.read(uncounted: -1, of: UInt8.self) }
    #expect(throws: CheckpointError.truncated) { try reader.read(uncounted: .max, of: Float.self) }
  }

  @Test func `a Boolean is 0 or 1`() {
    var reader = ByteReader([2])
    #expect(throws: CheckpointError.malformed("2 is no Boolean")) { try reader.read(Bool.self) }
  }

  @Test(arguments: 1...100 as ClosedRange<UInt64>)
  func `random bytes read as anything end in a value or an error`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<100 {
      let length = Int.random(in: 0...80, using: &generator)
      // Mostly small numbers, so that counts are sometimes right.
      let bytes = (0..<length).map { _ in
        Bool.random(using: &generator)
          ? 0 : UInt8.random(in: 0...(Bool.random(using: &generator) ? 4 : 255), using: &generator)
      }
      var reader = ByteReader(bytes)
      var left = reader.remaining
      do throws(CheckpointError) {
        while reader.remaining > 0 {
          switch Int.random(in: 0..<8, using: &generator) {
          case 0: _ = try reader.read(UInt8.self)
          case 1: _ = try reader.read(Int64.self)
          case 2: _ = try reader.read(UInt128.self)
          case 3: _ = try reader.read([UInt8].self)
          case 4: _ = try reader.read([Float].self)
          case 5: _ = try reader.read([UInt128].self)
          case 6: _ = try reader.read(Bool.self)
          default: _ = try IdentifierArena(from: &reader)
          }
          #expect(reader.remaining < left, "seed \(seed)")
          left = reader.remaining
        }
      } catch {
        #expect(!error.isForeign, "seed \(seed)")
      }
    }
  }
}
