internal import Checkpoints

extension Learner {
  func tagBytes() -> [UInt8] {
    let rows = Array(0..<tags.count)
    var writer = ByteWriter(reserving: rows.count * (24 + 2 * EmbeddingTable.rowBytes) + tags.map.byteCount + 512)
    tags.map.arena().encode(to: &writer)
    writer.write(rows.map { tags.records[$0].ratingBias })
    writer.write(rows.map { tags.records[$0].abandonedAt })
    tags.towers.write(rows, to: &writer)
    tags.rating.write(rows, to: &writer)
    return writer.bytes
  }

  /// - Returns: since when each tag is carried by no item, which can be judged once the items are there.
  mutating func readTags(_ reader: inout ByteReader) throws(CheckpointError) -> [Int64] {
    let identifiers = try IdentifierArena(from: &reader)
    let biases = try reader.readParameters(identifiers.count)
    let abandonedAt = try reader.readColumn(identifiers.count, of: Int64.self)
    try reader.expectTables(of: identifiers.count)
    for row in 0..<identifiers.count {
      try tags.restore(Array(identifiers[row]), recipe: recipe)
      tags.records[row].ratingBias = biases[row]
    }
    let rows = Array(0..<identifiers.count)
    try tags.towers.restore(rows, from: &reader)
    try tags.rating.restore(rows, from: &reader)
    return abandonedAt
  }
}
