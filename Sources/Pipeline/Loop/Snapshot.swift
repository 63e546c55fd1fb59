import Checkpoints
import Learning

/// What a checkpoint holds beside the model: how far the log was folded, for whom lists are owed, under which era, of
/// which cluster.
struct Snapshot {
  static let sectionNames = ["pipeline.positions", "pipeline.owed", "pipeline.era", "pipeline.cluster"]
  static let version: UInt16 = 1

  /// Every section of this version's checkpoints: one with others is another version's, and left untouched.
  static let knownSections: [String: UInt16] = Dictionary(
    uniqueKeysWithValues: sectionNames.map { ($0, version) }
      + Learner.sectionNames.map { ($0, Learner.sectionVersion(of: $0)) }
      + [(EventWindows.sectionName, EventWindows.sectionVersion)]
  )

  let positions: [InputPosition]
  let owedRows: [Int]
  let era: Era
  let clusterID: String

  func sections() -> [Section] {
    var positions = ByteWriter()
    positions.write(UInt32(self.positions.count))
    for position in self.positions {
      positions.write(position.input)
      positions.write(position.next)
      positions.write(UInt8(position.last == nil ? 0 : 1))
      if let last = position.last {
        positions.write(last.offset)
        positions.write(last.timestamp)
        positions.write(last.hash)
      }
    }
    var owed = ByteWriter()
    owed.write(UInt32(owedRows.count))
    for row in owedRows { owed.write(UInt32(row)) }
    var era = ByteWriter()
    era.write(self.era.number)
    era.write(self.era.learnerVersion)
    era.write(self.era.baseEpoch)
    era.write(self.era.baseDigest)
    era.write(Array(self.era.configuration.utf8))
    era.write(UInt32(self.era.positions.count))
    for position in self.era.positions {
      era.write(position.input)
      era.write(position.next)
    }
    var cluster = ByteWriter()
    cluster.write(Array(clusterID.utf8))
    return zip(Self.sectionNames, [positions, owed, era, cluster]).map {
      Section(name: $0, version: Self.version, payload: $1.bytes)
    }
  }

  init(positions: [InputPosition], owedRows: [Int], era: Era, clusterID: String) {
    self.positions = positions
    self.owedRows = owedRows
    self.era = era
    self.clusterID = clusterID
  }

  init(_ checkpoint: Checkpoint) throws(CheckpointError) {
    var reader = ByteReader(try checkpoint.section(named: Self.sectionNames[0]).payload)
    var positions: [InputPosition] = []
    for _ in 0..<(try reader.read(UInt32.self)) {
      let input = try reader.readInput()
      let next = try reader.read(Int64.self)
      var last: RecordIdentity?
      if try reader.read(UInt8.self) == 1 {
        last = RecordIdentity(
          offset: try reader.read(Int64.self), timestamp: try reader.read(Int64.self),
          hash: try reader.read(UInt128.self))
      }
      positions.append(InputPosition(input: input, next: next, last: last))
    }
    try reader.finish()
    reader = ByteReader(try checkpoint.section(named: Self.sectionNames[1]).payload)
    var rows: [Int] = []
    for _ in 0..<(try reader.read(UInt32.self)) { rows.append(Int(try reader.read(UInt32.self))) }
    try reader.finish()
    reader = ByteReader(try checkpoint.section(named: Self.sectionNames[2]).payload)
    let number = try reader.read(UInt64.self)
    let learnerVersion = try reader.read(UInt32.self)
    let baseEpoch = try reader.read(UInt64.self)
    let baseDigest = try reader.read(UInt128.self)
    let configuration = String(decoding: try reader.read([UInt8].self), as: UTF8.self)
    var eraPositions: [Era.EraPosition] = []
    for _ in 0..<(try reader.read(UInt32.self)) {
      eraPositions.append(Era.EraPosition(input: try reader.readInput(), next: try reader.read(Int64.self)))
    }
    try reader.finish()
    reader = ByteReader(try checkpoint.section(named: Self.sectionNames[3]).payload)
    let clusterID = String(decoding: try reader.read([UInt8].self), as: UTF8.self)
    try reader.finish()
    self.init(
      positions: positions, owedRows: rows,
      era: Era(
        number: number, learnerVersion: learnerVersion, baseEpoch: baseEpoch, baseDigest: baseDigest,
        configuration: configuration, positions: eraPositions),
      clusterID: clusterID)
  }
}

extension ByteWriter {
  mutating func write(_ input: InputPartition) {
    write(UInt8(input.role == .catalog ? 0 : 1))
    write(Array(input.topic.utf8))
    write(input.partition)
  }
}

extension ByteReader {
  mutating func readInput() throws(CheckpointError) -> InputPartition {
    let role: InputRole = try read(UInt8.self) == 0 ? .catalog : .interactions
    let topic = String(decoding: try read([UInt8].self), as: UTF8.self)
    return InputPartition(role: role, topic: topic, partition: try read(Int32.self))
  }
}
