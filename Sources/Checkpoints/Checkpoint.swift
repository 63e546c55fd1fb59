/// What a checkpoint says of itself before any of its sections is read.
public struct CheckpointHeader: Equatable, Sendable {
  /// The version of the learning code.
  public let learnerVersion: UInt32
  /// The number of floats in an embedding.
  public let dimension: UInt32
  /// The era that the epoch belongs to.
  public let era: UInt64
  /// The epoch after which the state was copied; committed before the copy was written.
  public let epoch: UInt64
  /// The offset of that epoch's record in the journal.
  public let journalOffset: Int64
  /// The digest of the state.
  public let digest: UInt128

  /// Creates a header.
  public init(
    learnerVersion: UInt32, era: UInt64, epoch: UInt64, journalOffset: Int64, dimension: UInt32, digest: UInt128
  ) {
    self.learnerVersion = learnerVersion
    self.era = era
    self.epoch = epoch
    self.journalOffset = journalOffset
    self.dimension = dimension
    self.digest = digest
  }
}

/// The state after one epoch, as bytes. All numbers little endian:
///
///        0  magic "WOONKLYC"
///        8  format, and its complement, 4 bytes each
///       16  learner version, dimension                        4 + 4
///       24  era, epoch, journal offset                        8 + 8 + 8
///       48  digest                                            16
///       64  number of sections, zero                          4 + 4
///       72  per section: name padded with zeros, version, zeros, length, XXH3-64 of the payload
///                                                             24 + 2 + 6 + 8 + 8
///        …  XXH3-64 of everything above                       8
///        …  the payloads, in the table's order, with nothing between and nothing behind
///
/// Every bit is covered: the header by its checksum, the lengths by the header, the payloads by theirs. The format has its
/// complement beside it, so that a damaged file is not taken for a newer one.
public struct Checkpoint: Sendable {
  /// What the checkpoint says of itself.
  public let header: CheckpointHeader
  /// Its parts.
  public let sections: [Section]

  /// The format written, and the newest one read.
  public static let format: UInt32 = 1

  private static let magic = Array("WOONKLYC".utf8)
  private static let fixedBytes = 72
  private static let entryBytes = 48
  /// More sections than any version will have: bounds what a damaged count can ask for.
  private static let sectionLimit = 256

  /// Creates a checkpoint.
  public init(header: CheckpointHeader, sections: [Section]) {
    self.header = header
    self.sections = sections
  }

  /// The section of this name.
  /// - Throws: ``CheckpointError/missingSection(_:)``.
  public func section(named name: String) throws(CheckpointError) -> Section {
    guard let section = sections.first(where: { $0.name == name }) else { throw .missingSection(name) }
    return section
  }

  /// The file's bytes. O(bytes).
  public func encoded() -> [UInt8] {
    precondition(sections.count <= Self.sectionLimit, "more than \(Self.sectionLimit) sections")
    let payloadBytes = sections.reduce(0) { $0 + $1.payload.count }
    var writer = ByteWriter(capacity: Self.fixedBytes + Self.entryBytes * sections.count + 8 + payloadBytes)
    writer.write(raw: Self.magic)
    writer.write(Self.format)
    writer.write(~Self.format)
    writer.write(header.learnerVersion)
    writer.write(header.dimension)
    writer.write(header.era)
    writer.write(header.epoch)
    writer.write(header.journalOffset)
    writer.write(header.digest)
    writer.write(UInt32(sections.count))
    writer.write(UInt32(0))
    for section in sections {
      let name = Array(section.name.utf8)
      writer.write(raw: name + Array(repeating: 0, count: Section.nameLimitBytes - name.count))
      writer.write(section.version)
      writer.write(raw: Array(repeating: 0, count: 6))
      writer.write(UInt64(section.payload.count))
      writer.write(Hash.xxh3(section.payload.span, seed: 0))
    }
    writer.write(Hash.xxh3(writer.bytes.span, seed: 0))
    for section in sections { writer.write(raw: section.payload) }
    return writer.bytes
  }

  /// Reads a file. O(bytes); allocates no more than the file is long.
  /// - Throws: ``CheckpointError``: any changed bit and any missing or added byte is noticed.
  public init(decoding bytes: [UInt8]) throws(CheckpointError) {
    var reader = ByteReader(bytes)
    guard try reader.readRaw(8) == Self.magic else { throw .notACheckpoint }
    let format = try reader.readUInt32()
    guard try reader.readUInt32() == ~format else { throw .checksum(of: "the header") }
    guard format <= Self.format else { throw .newerFormat(format) }
    let learnerVersion = try reader.readUInt32()
    let dimension = try reader.readUInt32()
    let era = try reader.readUInt64()
    let epoch = try reader.readUInt64()
    let journalOffset = try reader.readInt64()
    let digest = try reader.readUInt128()
    let count = Int(try reader.readUInt32())
    _ = try reader.readUInt32()
    guard count <= Self.sectionLimit else { throw .checksum(of: "the header") }
    let headerBytes = Self.fixedBytes + Self.entryBytes * count
    var checksum = ByteReader(bytes, in: min(headerBytes, bytes.count)..<bytes.count)
    guard try checksum.readUInt64() == Hash.xxh3(bytes.span.extracting(..<headerBytes), seed: 0) else {
      throw .checksum(of: "the header")
    }
    var sections: [Section] = []
    var start = headerBytes + 8
    for _ in 0..<count {
      let name = String(decoding: try reader.readRaw(Section.nameLimitBytes).prefix { $0 != 0 }, as: UTF8.self)
      let version = try reader.readUInt16()
      _ = try reader.readRaw(6)
      let length = try reader.readUInt64()
      let payloadChecksum = try reader.readUInt64()
      guard length <= UInt64(bytes.count - start) else { throw .truncated }
      let payload = Array(bytes[start..<start + Int(length)])
      guard Hash.xxh3(payload.span, seed: 0) == payloadChecksum else { throw .checksum(of: "section \(name)") }
      sections.append(Section(name: name, version: version, payload: payload))
      start += Int(length)
    }
    guard start == bytes.count else { throw .malformed("\(bytes.count - start) bytes too many") }
    self.init(
      header: CheckpointHeader(
        learnerVersion: learnerVersion, era: era, epoch: epoch, journalOffset: journalOffset, dimension: dimension,
        digest: digest),
      sections: sections)
  }
}
