/// A whole state as bytes: a header and named, versioned, checksummed sections.
///
/// All numbers are little endian, nothing is padded.
///
///     offset  bytes
///          0      8  magic: 89 'W' 'F' 'C' 0D 0A 1A 0A              ┐
///          8      4  format number, 1                               │ preamble,
///         12      4  H: where the payloads begin                    │ the same in every format
///         16      8  XXH3-64 of bytes 0..<16                        ┘
///         24      4  learner version
///         28      4  dimension
///         32      8  era
///         40      8  epoch
///         48      8  journal offset
///         56     16  digest
///         72      4  S: number of sections, at most 1,024
///         76   52·S  section table, each entry:
///                      24  name, filled up with zeros
///                       2  version
///                       2  zero
///                       8  payload length
///                      16  XXH3-128 of the payload
///       H-16     16  XXH3-128 of bytes 0..<H-16
///          H         the payloads, one after the other; the file ends with the last
///
/// The header's checksum covers the payloads' lengths and checksums, so it is a checksum over the whole file: no flipped
/// bit, no missing byte and no byte too many goes unnoticed, and every byte is hashed once. The preamble has a checksum of
/// its own so that damage is never mistaken for a newer format.
public struct Checkpoint: Equatable, Sendable {
  /// The format number this program writes, and the newest it reads.
  public static let format: UInt32 = 1
  /// No checkpoint has more sections.
  public static let maximumSections = 1_024

  /// What the checkpoint says about itself.
  public let header: CheckpointHeader
  /// The parts, in the order they were written.
  public let sections: [Section]

  /// Creates a checkpoint. Section names must differ.
  public init(header: CheckpointHeader, sections: [Section]) {
    precondition(sections.count <= Checkpoint.maximumSections, "\(sections.count) sections are too many")
    precondition(Set(sections.map(\.name)).count == sections.count, "two sections have the same name")
    self.header = header
    self.sections = sections
  }

  /// The section of that name.
  /// - Throws: ``CheckpointError/missingSection(_:)``.
  public func section(named name: String) throws(CheckpointError) -> Section {
    guard let section = sections.first(where: { $0.name == name }) else { throw .missingSection(name) }
    return section
  }

  /// The file's bytes in one piece: a copy of every payload.
  public func encoded() -> [UInt8] {
    var bytes: [UInt8] = []
    let parts = encodedParts()
    bytes.reserveCapacity(parts.reduce(0) { $0 + $1.count })
    for part in parts { bytes += part }
    return bytes
  }

  /// The file's bytes as the header followed by the payloads, which are shared and not copied.
  public func encodedParts() -> [[UInt8]] {
    let table = CheckpointTable(
      header: header,
      entries: sections.map {
        CheckpointTable.Entry(
          name: $0.name, version: $0.version, length: UInt64($0.payload.count), hash: Hash.xxh3_128($0.payload.span))
      })
    return [table.encoded()] + sections.map(\.payload)
  }

  /// Reads a checkpoint and verifies all of it.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - known: the sections the caller understands, each with the newest version it reads (1 or 0 and up); nil accepts
  ///     any, for tools that only look.
  ///   - planted: a bug, nil outside of tests and without effect in release builds.
  /// - Throws: ``CheckpointError``, for every input that is not exactly what ``encoded()`` returns.
  public init(
    decoding bytes: [UInt8], known: [String: UInt16]? = nil, planted: PlantedCheckpointBug? = nil
  ) throws(CheckpointError) {
    let table = try CheckpointTable(decoding: bytes[...])
    var rest = bytes[table.byteCount...]
    for entry in table.entries {
      guard entry.length <= UInt64(rest.count) else { throw .truncated }
      rest = rest.dropFirst(Int(entry.length))
    }
    guard rest.isEmpty else { throw .malformed("\(rest.count) bytes after the last section") }

    // Damage is looked for before anything is called unknown: only an intact file can be another version's.
    var sections: [Section] = []
    var start = table.byteCount
    for entry in table.entries {
      let payload = bytes[start..<start + Int(entry.length)]
      guard Hash.xxh3_128(payload.span) == entry.hash || isPlanted(.noChecksum, planted) else {
        throw .checksum(entry.name)
      }
      sections.append(Section(name: entry.name, version: entry.version, payload: Array(payload)))
      start += Int(entry.length)
    }
    if let known { try table.refuseUnknown(known) }
    self.init(header: table.header, sections: sections)
  }
}
