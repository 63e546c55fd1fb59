internal import Checkpoints

extension Learner {
  func userBytes() -> [UInt8] {
    let rows = users.records.count
    let live = (0..<rows).filter { users.map.isLive($0) }
    var writer = ByteWriter(
      reserving: rows * (12 + 64 + 2 * EmbeddingTable.rowBytes) + users.map.byteCount + users.logEntries * 5 + 512)
    users.map.arena().encode(to: &writer)
    writer.write(users.free)
    writer.write(live.map { users.records[$0].ratingBias })
    writer.write(live.map { users.records[$0].lastPartition })
    writer.write(live.map { users.records[$0].lastOffset })
    writer.write(live.map { users.records[$0].lastOccurredAt })
    writer.write(live.map { users.records[$0].lastTouch })
    writer.write(live.flatMap { row in (0..<4).map { users.records[row].mood[$0] } })
    writeLogs(of: live, to: &writer)
    users.towers.write(live, to: &writer)
    users.rating.write(live, to: &writer)
    return writer.bytes
  }

  mutating func readUsers(_ reader: inout ByteReader) throws(CheckpointError) {
    let identifiers = try IdentifierArena(from: &reader)
    let live = (0..<identifiers.count).filter { !identifiers[$0].isEmpty }
    let free = try reader.readColumn(identifiers.count - live.count, of: UInt32.self)
    guard Set(free).count == free.count,
      free.allSatisfy({ Int($0) < identifiers.count && identifiers[Int($0)].isEmpty })
    else { throw .malformed("the free rows of users are not those without an id") }
    let biases = try reader.readParameters(live.count)
    let partitions = try reader.readColumn(live.count, of: Int32.self)
    let offsets = try reader.readColumn(live.count, of: Int64.self)
    let times = try reader.readColumn(live.count, of: Int64.self)
    let touches = try reader.readColumn(live.count, of: Int64.self)
    let moods = try reader.readColumn(live.count * 4, of: Float.self)
    guard moods.allSatisfy(\.isFinite) else { throw .malformed("a user's moving average is not finite") }
    let logs = try LogColumns(&reader, count: live.count, nextSerial: items.nextSerial)
    try reader.expectTables(of: live.count)
    var ordinals = [Int64](repeating: 0, count: identifiers.count)
    for (index, row) in live.enumerated() { ordinals[row] = touches[index] }
    let order = try users.recency.order(of: ordinals)
    guard order.count == live.count else { throw .malformed("a user never had an event") }

    for row in 0..<identifiers.count {
      try users.restore(Array(identifiers[row]), row: row, ratingBias: recipe.freshRatingBias)
    }
    users.restore(free: free)
    users.recency.restore(in: order)
    var position = LogColumns.Position()
    for (index, row) in live.enumerated() {
      users.records[row].ratingBias = biases[index]
      users.records[row].mood = SIMD4(moods[index * 4..<index * 4 + 4])
      users.records[row].lastPartition = partitions[index]
      users.records[row].lastOffset = offsets[index]
      users.records[row].lastOccurredAt = times[index]
      users.records[row].lastTouch = touches[index]
      logs.restore(&users.records[row].log, of: index, at: &position)
      users.logEntries += users.records[row].log.entryCount
    }
    try users.towers.restore(live, from: &reader)
    try users.rating.restore(live, from: &reader)
  }
}
