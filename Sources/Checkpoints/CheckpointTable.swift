/// The part of a checkpoint before its payloads: preamble, header, section table and their checksum.
///
/// It says which epoch a slot holds without reading the payloads.
struct CheckpointTable: Equatable {
  static let magic: [UInt8] = [0x89, 0x57, 0x46, 0x43, 0x0D, 0x0A, 0x1A, 0x0A]
  static let preambleBytes = 24
  static let fixedBytes = 76
  static let entryBytes = 52
  static let checksumBytes = 16
  /// As many bytes as a table can have.
  static let maximumBytes = fixedBytes + Checkpoint.maximumSections * entryBytes + checksumBytes

  struct Entry: Equatable {
    var name: String
    var version: UInt16
    var length: UInt64
    var hash: UInt128
  }

  var header: CheckpointHeader
  var entries: [Entry]

  var byteCount: Int {
    Self.fixedBytes + entries.count * Self.entryBytes + Self.checksumBytes
  }

  init(header: CheckpointHeader, entries: [Entry]) {
    self.header = header
    self.entries = entries
  }

  func encoded() -> [UInt8] {
    var writer = ByteWriter(reserving: byteCount)
    writer.write(uncounted: Self.magic.span)
    writer.write(Checkpoint.format)
    writer.write(UInt32(byteCount))
    writer.write(Hash.xxh3(writer.bytes.span))
    writer.write(header.learnerVersion)
    writer.write(header.dimension)
    writer.write(header.era)
    writer.write(header.epoch)
    writer.write(header.journalOffset)
    writer.write(header.digest)
    writer.write(UInt32(entries.count))
    for entry in entries {
      let name = Array(entry.name.utf8)
      writer.write(uncounted: (name + [UInt8](repeating: 0, count: Section.maximumNameBytes - name.count)).span)
      writer.write(entry.version)
      writer.write(0 as UInt16)
      writer.write(entry.length)
      writer.write(entry.hash)
    }
    writer.write(Hash.xxh3_128(writer.bytes.span))
    return writer.bytes
  }

  /// Reads the table from the beginning of `bytes`; what follows it is not looked at.
  init(decoding bytes: ArraySlice<UInt8>) throws(CheckpointError) {
    let size = try Self.verifiedSize(bytes)
    let checked = bytes.prefix(size - Self.checksumBytes)
    var checksum = ByteReader(bytes.prefix(size).suffix(Self.checksumBytes))
    guard try checksum.read(UInt128.self) == Hash.xxh3_128(checked.span) else { throw .checksum("header") }

    var reader = ByteReader(checked.dropFirst(Self.preambleBytes))
    let learnerVersion = try reader.read(UInt32.self)
    let dimension = try reader.read(UInt32.self)
    header = CheckpointHeader(
      learnerVersion: learnerVersion, era: try reader.read(), epoch: try reader.read(),
      journalOffset: try reader.read(), dimension: dimension, digest: try reader.read())
    entries = []
    let count = try reader.read(UInt32.self)
    guard Int(count) == (size - Self.fixedBytes - Self.checksumBytes) / Self.entryBytes else {
      throw .malformed("the section table does not have \(count) entries")
    }
    for _ in 0..<count {
      let entry = try Self.entry(from: &reader)
      guard !entries.contains(where: { $0.name == entry.name }) else { throw .malformed("\(entry.name) occurs twice") }
      entries.append(entry)
    }
    try reader.finish()
  }

  /// The table's length, once the preamble has been verified.
  private static func verifiedSize(_ bytes: ArraySlice<UInt8>) throws(CheckpointError) -> Int {
    guard bytes.prefix(magic.count).elementsEqual(magic.prefix(bytes.count)) else { throw .badMagic }
    guard bytes.count >= preambleBytes else { throw .truncated }
    var reader = ByteReader(bytes.prefix(preambleBytes).dropFirst(magic.count))
    let format = try reader.read(UInt32.self)
    let size = Int(try reader.read(UInt32.self))
    let hashed = bytes.prefix(preambleBytes - 8)
    guard try reader.read(UInt64.self) == Hash.xxh3(hashed.span) else { throw .checksum("preamble") }
    guard format <= Checkpoint.format else { throw .newerFormat(format) }
    guard format == Checkpoint.format, (fixedBytes + checksumBytes...maximumBytes).contains(size),
      (size - fixedBytes - checksumBytes).isMultiple(of: entryBytes)
    else { throw .malformed("format \(format) with a header of \(size) bytes") }
    guard bytes.count >= size else { throw .truncated }
    return size
  }

  private static func entry(from reader: inout ByteReader) throws(CheckpointError) -> Entry {
    let field = try reader.read(uncounted: Section.maximumNameBytes, of: UInt8.self)
    let name = Array(field.prefix { $0 != 0 })
    guard Section.isValid(name: name), field.dropFirst(name.count).allSatisfy({ $0 == 0 }) else {
      throw .malformed("a section has no proper name")
    }
    let version = try reader.read(UInt16.self)
    guard try reader.read(UInt16.self) == 0 else { throw .malformed("a reserved field is in use") }
    return Entry(
      name: String(decoding: name, as: UTF8.self), version: version, length: try reader.read(), hash: try reader.read())
  }

  func refuseUnknown(_ known: [String: UInt16]) throws(CheckpointError) {
    for entry in entries {
      guard let newest = known[entry.name] else { throw .unknownSection(entry.name) }
      guard entry.version <= newest else { throw .unknownSectionVersion(entry.name, entry.version) }
    }
  }
}
