internal import Checkpoints

extension Learner {
  func userBytes() -> [UInt8] {
    let rows = users.records.count
    let live = (0..<rows).filter { users.map.isLive($0) }
    var writer = ByteWriter(reserving: rows * 1100)
    users.map.arena().encode(to: &writer)
    writer.write(users.free)
    writer.write(live.map { users.records[$0].ratingBias })
    writer.write(live.map { users.records[$0].lastPartition })
    writer.write(live.map { users.records[$0].lastOffset })
    writer.write(live.map { users.records[$0].lastOccurredAt })
    writer.write(live.flatMap { row in (0..<4).map { users.records[row].mood[$0] } })
    writer.write(live.map { UInt32(users.records[$0].log.historyCount) })
    writer.write(live.map { UInt32(users.records[$0].log.shown.count) })
    writer.write(live.map { UInt32(users.records[$0].log.seenCount) })
    var (histories, shown, seen, weights): ([UInt32], [UInt32], [UInt32], [UInt8]) = ([], [], [], [])
    for row in live {
      let log = users.records[row].log
      for age in (0..<log.historyCount).reversed() { histories.append(log.history(age: age)) }
      for index in 0..<log.shown.count { shown.append(log.shown[index]) }
      for index in 0..<log.seenCount {
        seen.append(log.seen(at: index))
        weights.append(log.seenWeight(at: index))
      }
    }
    writer.write(histories)
    writer.write(shown)
    writer.write(seen)
    writer.write(weights)
    writer.write(users.towers.elements(live))
    writer.write(users.rating.elements(live))
    return writer.bytes
  }

  mutating func readUsers(_ reader: inout ByteReader) throws(CheckpointError) {
    let identifiers = try IdentifierArena(from: &reader)
    for row in 0..<identifiers.count {
      try users.restore(Array(identifiers[row]), row: row, ratingBias: recipe.freshRatingBias)
    }
    let live = (0..<identifiers.count).filter { users.map.isLive($0) }
    let free = try reader.readColumn(identifiers.count - live.count, of: UInt32.self)
    guard Set(free).count == free.count,
      free.allSatisfy({ Int($0) < identifiers.count && !users.map.isLive(Int($0)) })
    else { throw .malformed("the free rows of users are not those without an id") }
    users.restore(free: free)
    let biases = try reader.readParameters(live.count)
    let partitions = try reader.readColumn(live.count, of: Int32.self)
    let offsets = try reader.readColumn(live.count, of: Int64.self)
    let times = try reader.readColumn(live.count, of: Int64.self)
    let moods = try reader.readColumn(live.count * 4, of: Float.self)
    guard moods.allSatisfy(\.isFinite) else { throw .malformed("a user's moving average is not finite") }
    for (index, row) in live.enumerated() {
      users.records[row].ratingBias = biases[index]
      users.records[row].mood = SIMD4(moods[index * 4..<index * 4 + 4])
      users.records[row].lastPartition = partitions[index]
      users.records[row].lastOffset = offsets[index]
      users.records[row].lastOccurredAt = times[index]
    }
    try readLogs(live, &reader)
    try users.towers.restore(live, try reader.read())
    try users.rating.restore(live, try reader.read())
  }

  private mutating func readLogs(_ live: [Int], _ reader: inout ByteReader) throws(CheckpointError) {
    let historyCounts = try reader.readColumn(live.count, of: UInt32.self)
    let shownCounts = try reader.readColumn(live.count, of: UInt32.self)
    let seenCounts = try reader.readColumn(live.count, of: UInt32.self)
    let histories = try reader.readColumn(historyCounts.reduce(0) { $0 + Int($1) }, of: UInt32.self)
    let shown = try reader.readColumn(shownCounts.reduce(0) { $0 + Int($1) }, of: UInt32.self)
    let seen = try reader.readColumn(seenCounts.reduce(0) { $0 + Int($1) }, of: UInt32.self)
    let weights = try reader.readColumn(seen.count, of: UInt8.self)
    let serials = UInt32(items.count)
    guard historyCounts.allSatisfy({ $0 <= UserLog.historyLimit }), seenCounts.allSatisfy({ $0 <= UserLog.seenLimit }),
      shownCounts.allSatisfy({ $0 <= UserLog.shownLimit }), shown.allSatisfy({ $0 < serials }),
      histories.allSatisfy({ $0 < serials }), seen.allSatisfy({ $0 < serials })
    else { throw .malformed("a user's history or seen set is out of bounds") }
    var (nextHistory, nextShown, nextSeen) = (0, 0, 0)
    for (index, row) in live.enumerated() {
      let (historyEnd, seenEnd) = (nextHistory + Int(historyCounts[index]), nextSeen + Int(seenCounts[index]))
      let shownEnd = nextShown + Int(shownCounts[index])
      users.records[row].log.restore(
        history: histories[nextHistory..<historyEnd], shown: shown[nextShown..<shownEnd],
        seen: seen[nextSeen..<seenEnd],
        weights: weights[nextSeen..<seenEnd])
      (nextHistory, nextShown, nextSeen) = (historyEnd, shownEnd, seenEnd)
    }
  }
}
