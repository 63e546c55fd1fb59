public import Checkpoints

// Six sections, everything little-endian and in columns, rows in the order of their numbers:
//
//   learning.scalars   what is not a row: gates, popularity bank, scale of ratings, counts, the next serial, clocks of recency
//   learning.ring      head, serials of the last 65,536 positives
//   learning.users     ids (empty: free), free rows, biases, last events, recency, histories, seen sets; the two tables
//   learning.items     ids, serials, recency, counts, biases, flags, tags; the two tables
//   learning.tags      ids, biases, since when no item carries them (0: one does); the two tables
//   learning.ranker    layers with accumulators, blends, labels so far, the unfinished batch; since version 4 whose samples it holds
//
// Row numbers survive, since lists owed refer to them. Hashes are not stored: they are made again, and whoever compares the
// digest with the header's has checked that what was read is what was written. Nor is what follows from the rest: links of recency
// lists, the map from serials to rows, how many items carry a tag. Columns are read and compared before a row is made for them.
extension Learner {
  /// The version in which a learner writes the section `name`.
  public static func sectionVersion(of name: String, by learner: UInt32 = version) -> UInt16 {
    name == "learning.ranker" && learner > 3 ? 4 : 3
  }

  /// The names of the sections.
  public static let sectionNames = [
    "learning.scalars", "learning.ring", "learning.users", "learning.items", "learning.tags",
    "learning.ranker",
  ]

  /// The whole state, exactly.
  public func sections() -> [Section] {
    zip(Self.sectionNames, [scalarBytes(), ringBytes(), userBytes(), itemBytes(), tagBytes(), rankerBytes()]).map {
      Section(name: $0, version: Self.sectionVersion(of: $0), payload: $1)
    }
  }

  /// A learner that goes on bit for bit where the one that wrote `sections` was. Sections of other names are ignored.
  ///
  /// What an older version wrote has the digest that it had there, and is only to be looked at, until ``upgrade()``.
  /// - Parameter version: the version of the learner that wrote them, ``oldestReadVersion`` or later.
  /// - Throws: ``CheckpointError`` if a section is missing, of another version, or does not hang together.
  public init(
    configuration: LearningConfiguration, sections: [Section], version: UInt32 = version
  ) throws(CheckpointError) {
    self.init(configuration: configuration)
    var readers: [ByteReader] = []
    for name in Self.sectionNames {
      guard let section = sections.first(where: { $0.name == name }) else { throw .missingSection(name) }
      guard section.version == Self.sectionVersion(of: name, by: version) else {
        throw .unknownSectionVersion(name, section.version)
      }
      readers.append(ByteReader(section.payload))
    }
    let nextSerial = try readScalars(&readers[0])
    let abandonedAt = try readTags(&readers[4])
    try readItems(&readers[3], nextSerial: nextSerial)
    try tags.restore(abandonedAt: abandonedAt, in: tags.abandoned.order(of: abandonedAt))
    try readUsers(&readers[2])
    try readRing(&readers[1])
    try ranker.read(&readers[5], hasOwners: version > 3)
    for reader in readers { try reader.finish() }
    guard (ranker.pendingOwners ?? []).allSatisfy({ users.map.isLive(Int($0)) }) else {
      throw .malformed("a sample of the ranker's unfinished batch is nobody's")
    }
    sealRestored()
  }

  func rankerBytes() -> [UInt8] {
    var writer = ByteWriter(reserving: 1 << 19)
    ranker.write(to: &writer)
    return writer.bytes
  }

  private func ringBytes() -> [UInt8] {
    var writer = ByteWriter()
    writer.write(UInt32(ring.head))
    writer.write(ring.serials)
    return writer.bytes
  }

  private mutating func readRing(_ reader: inout ByteReader) throws(CheckpointError) {
    let head = Int(try reader.read(UInt32.self))
    let serials = try reader.read([UInt32].self)
    guard serials.count <= PositiveRing.capacity, head == 0 || head < serials.count,
      serials.allSatisfy({ $0 < items.nextSerial })
    else { throw .malformed("the ring names items that never were") }
    ring = PositiveRing(serials: serials, head: head)
    for serial in serials {
      if let row = items.row(ofSerial: serial) { items.records[row].ringCount += 1 }
    }
  }
}
