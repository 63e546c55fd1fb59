internal import Checkpoints

extension Learner {
  func tagBytes() -> [UInt8] {
    let rows = Array(0..<tags.count)
    var writer = ByteWriter()
    tags.map.arena().encode(to: &writer)
    writer.write(rows.map { tags.records[$0].ratingBias })
    writer.write(tags.towers.elements(rows))
    writer.write(tags.rating.elements(rows))
    return writer.bytes
  }

  mutating func readTags(_ reader: inout ByteReader) throws(CheckpointError) {
    let identifiers = try IdentifierArena(from: &reader)
    let biases = try reader.readParameters(identifiers.count)
    for row in 0..<identifiers.count {
      try tags.restore(Array(identifiers[row]), recipe: recipe)
      tags.records[row].ratingBias = biases[row]
    }
    let rows = Array(0..<identifiers.count)
    try tags.towers.restore(rows, try reader.read())
    try tags.rating.restore(rows, try reader.read())
  }
}
