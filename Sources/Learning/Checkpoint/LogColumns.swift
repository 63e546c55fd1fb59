internal import Checkpoints

/// The logs of some users as a checkpoint has them, checked: counts for each, then what all of them hold in one piece.
struct LogColumns {
  /// Where the next user's entries begin.
  struct Position {
    fileprivate var history = 0
    fileprivate var shown = 0
    fileprivate var seen = 0
  }

  private let historyCounts: [UInt32]
  private let shownCounts: [UInt32]
  private let seenCounts: [UInt32]
  private let histories: [UInt32]
  private let shown: [UInt32]
  private let seen: [UInt32]
  private let weights: [UInt8]

  /// Reads the logs of `count` users.
  /// - Parameter nextSerial: no item has had this serial or a greater one.
  init(_ reader: inout ByteReader, count: Int, nextSerial: UInt32) throws(CheckpointError) {
    historyCounts = try reader.readColumn(count)
    shownCounts = try reader.readColumn(count)
    seenCounts = try reader.readColumn(count)
    histories = try reader.readColumn(historyCounts.reduce(0) { $0 + Int($1) })
    shown = try reader.readColumn(shownCounts.reduce(0) { $0 + Int($1) })
    seen = try reader.readColumn(seenCounts.reduce(0) { $0 + Int($1) })
    weights = try reader.readColumn(seen.count)
    guard historyCounts.allSatisfy({ $0 <= UserLog.historyLimit }), seenCounts.allSatisfy({ $0 <= UserLog.seenLimit }),
      shownCounts.allSatisfy({ $0 <= UserLog.shownLimit }), shown.allSatisfy({ $0 < nextSerial }),
      histories.allSatisfy({ $0 < nextSerial }), seen.allSatisfy({ $0 < nextSerial })
    else { throw .malformed("a user's history or seen set is out of bounds") }
  }

  /// Fills the log of the user at `index`, who has done nothing yet. Users come in their order.
  func restore(_ log: inout UserLog, of index: Int, at position: inout Position) {
    let history = position.history..<position.history + Int(historyCounts[index])
    let shown = position.shown..<position.shown + Int(shownCounts[index])
    let seen = position.seen..<position.seen + Int(seenCounts[index])
    log.restore(
      history: histories[history], shown: self.shown[shown], seen: self.seen[seen], weights: weights[seen])
    (position.history, position.shown, position.seen) = (history.upperBound, shown.upperBound, seen.upperBound)
  }
}

extension Learner {
  /// Writes the logs of the users in `live`.
  func writeLogs(of live: [Int], to writer: inout ByteWriter) {
    writer.write(live.map { UInt32(users.records[$0].log.historyCount) })
    writer.write(live.map { UInt32(users.records[$0].log.shown.count) })
    writer.write(live.map { UInt32(users.records[$0].log.seenCount) })
    // User by user: all logs together are large, and are not to be there once more.
    var (serials, weights): ([UInt32], [UInt8]) = ([], [])
    writer.write(UInt64(live.reduce(0) { $0 + users.records[$1].log.historyCount }))
    for row in live {
      let log = users.records[row].log
      for age in (0..<log.historyCount).reversed() { serials.append(log.history(age: age)) }
      writer.drain(&serials)
    }
    writer.write(UInt64(live.reduce(0) { $0 + users.records[$1].log.shown.count }))
    for row in live {
      let shown = users.records[row].log.shown
      for index in 0..<shown.count { serials.append(shown[index]) }
      writer.drain(&serials)
    }
    let seenCount = UInt64(live.reduce(0) { $0 + users.records[$1].log.seenCount })
    writer.write(seenCount)
    for row in live {
      let log = users.records[row].log
      for index in 0..<log.seenCount { serials.append(log.seen(at: index)) }
      writer.drain(&serials)
    }
    writer.write(seenCount)
    for row in live {
      let log = users.records[row].log
      for index in 0..<log.seenCount { weights.append(log.seenWeight(at: index)) }
      writer.drain(&weights)
    }
  }
}

extension ByteWriter {
  /// Writes what was gathered, without a count, and empties it.
  @inline(never)
  fileprivate mutating func drain<Value: FixedWidthValue>(_ gathered: inout [Value]) {
    write(uncounted: gathered.span)
    gathered.removeAll(keepingCapacity: true)
  }
}
