public import Checkpoints

// Five sections, everything little-endian, rows in the order of their numbers:
//
//   learning.scalars   what is not a row: gates, popularity bank, scale of ratings, counts
//   learning.ring      head, serials of the last 65,536 positives
//   learning.users     rows: ids (empty: free), biases, last events; free rows; logs; the two tables
//   learning.items     rows: ids, counts, biases, flags, tags; the two tables
//   learning.tags      rows: ids, biases; the two tables
//
// Row numbers survive, since lists owed and serials refer to them. Hashes are not stored: they are made again, which checks
// that what was read is what the digest stands for.
extension Learner {
  static let sectionVersion: UInt16 = 1

  /// The whole state, exactly.
  public func sections() -> [Section] {
    [scalarSection(), ringSection(), usersSection(), itemsSection(), tagsSection()]
  }

  /// A learner that goes on bit for bit where the one that wrote `sections` was. Other sections are ignored.
  /// - Throws: ``CheckpointError`` if a section is missing or does not hang together.
  public init(configuration: LearningConfiguration, sections: [Section]) throws(CheckpointError) {
    self.init(configuration: configuration)
    try readScalars(Self.reader("learning.scalars", sections))
    try readTags(Self.reader("learning.tags", sections))
    try readItems(Self.reader("learning.items", sections))
    try readUsers(Self.reader("learning.users", sections))
    try readRing(Self.reader("learning.ring", sections))
    sealRestored()
  }

  private static func reader(_ name: String, _ sections: [Section]) throws(CheckpointError) -> ByteReader {
    guard let section = sections.first(where: { $0.name == name }) else {
      throw .missingSection(name)
    }
    guard section.version == sectionVersion else {
      throw .unknownSectionVersion(name, section.version)
    }
    return ByteReader(section.payload)
  }

  // MARK: Scalars

  func scalarSection() -> Section {
    var writer = ByteWriter()
    for gate in gates { writer.write(gate) }
    for logit in bank.logits { writer.write(logit) }
    writer.write(UInt8(bank.clock == nil ? 0 : 1))
    writer.write(bank.clock ?? 0)
    for speed in 0..<4 { writer.write(bank.totals[speed]) }
    writer.write(Int64(bank.items))
    writer.write(Int64(ratings.count))
    writer.write(ratings.sum)
    writer.write(ratings.deviations)
    writer.write(ratings.prior)
    writer.write(ratings.least)
    writer.write(ratings.greatest)
    writer.write(Int64(dwell.count))
    writer.write(dwell.sum)
    writer.write(Int64(tally.events))
    writer.write(Int64(tally.positives))
    writer.write(Int64(tally.refusedUsers))
    writer.write(Int64(tally.refusedItems))
    writer.write(Int64(tally.refusedTags))
    writer.write(Int64(tally.revertedSteps))
    return Section(name: "learning.scalars", version: Self.sectionVersion, payload: writer.bytes)
  }

  private mutating func readScalars(_ source: ByteReader) throws(CheckpointError) {
    var reader = source
    for index in gates.indices { gates[index] = try reader.readParameter() }
    var logits = bank.logits
    for index in logits.indices { logits[index] = try reader.readParameter() }
    let hasClock = try reader.read(UInt8.self) == 1
    let clock = try reader.read(Int64.self)
    var totals = SIMD4<Double>.zero
    for speed in 0..<4 { totals[speed] = try reader.readFiniteDouble() }
    bank = PopularityBank(
      clock: hasClock ? clock : nil, totals: totals, items: try reader.readCount(), logits: logits)
    ratings = RatingScale(
      count: try reader.readCount(), sum: try reader.readFiniteDouble(), deviations: try reader.readFiniteDouble(),
      prior: try reader.readFiniteDouble(), least: try reader.read(Float.self), greatest: try reader.read(Float.self))
    dwell = RunningMean(count: try reader.readCount(), sum: try reader.readFiniteDouble())
    tally = Tally(
      events: try reader.readCount(), positives: try reader.readCount(), refusedUsers: try reader.readCount(),
      refusedItems: try reader.readCount(), refusedTags: try reader.readCount(),
      revertedSteps: try reader.readCount())
    try reader.finish()
  }

  // MARK: Ring

  private func ringSection() -> Section {
    var writer = ByteWriter()
    writer.write(UInt32(ring.head))
    writer.write(ring.serials)
    return Section(name: "learning.ring", version: Self.sectionVersion, payload: writer.bytes)
  }

  private mutating func readRing(_ source: ByteReader) throws(CheckpointError) {
    var reader = source
    let head = Int(try reader.read(UInt32.self))
    let serials = try reader.read([UInt32].self)
    try reader.finish()
    guard serials.count <= PositiveRing.capacity, head == 0 || head < serials.count,
      serials.allSatisfy({ Int($0) < items.count })
    else { throw .malformed("the ring names items that are not there") }
    ring = PositiveRing(serials: serials, head: head)
    for serial in serials { items.records[items.row(ofSerial: serial)].ringCount += 1 }
  }

  // MARK: Users

  private func usersSection() -> Section {
    var writer = ByteWriter()
    let rows = users.records.count
    writer.write(UInt32(rows))
    for row in 0..<rows { writer.write(users.map.identifier(of: row)) }
    for row in 0..<rows where users.map.isLive(row) {
      let record = users.records[row]
      writer.write(record.ratingBias)
      writer.write(record.lastPartition)
      writer.write(record.lastOffset)
      writer.write(record.lastOccurredAt)
    }
    writer.write(users.free)
    let live = (0..<rows).filter { users.map.isLive($0) }
    let logs = live.map { users.records[$0].log }
    writer.write(logs.map { UInt32($0.historyCount) })
    writer.write(logs.flatMap { log in (0..<log.historyCount).reversed().map { log.history(age: $0) } })
    writer.write(logs.map { UInt32($0.seenCount) })
    writer.write(logs.flatMap { log in (0..<log.seenCount).map { log.seen(at: $0) } })
    writer.write(logs.flatMap { log in (0..<log.seenCount).map { UInt32(log.seenWeight(at: $0)) } })
    writer.write(users.towers.elements(live))
    writer.write(users.rating.elements(live))
    return Section(name: "learning.users", version: Self.sectionVersion, payload: writer.bytes)
  }

  private mutating func readUsers(_ source: ByteReader) throws(CheckpointError) {
    var reader = source
    let rows = Int(try reader.read(UInt32.self))
    var live: [Int] = []
    for row in 0..<rows {
      let id = try reader.read([UInt8].self)
      try users.restore(id, row: row, ratingBias: recipe.freshRatingBias)
      if !id.isEmpty { live.append(row) }
    }
    for row in live {
      users.records[row].ratingBias = try reader.readParameter()
      users.records[row].lastPartition = try reader.read(Int32.self)
      users.records[row].lastOffset = try reader.read(Int64.self)
      users.records[row].lastOccurredAt = try reader.read(Int64.self)
    }
    let free = try reader.read([UInt32].self)
    guard Set(free).count == free.count, free.count == rows - live.count,
      free.allSatisfy({ Int($0) < rows && !users.map.isLive(Int($0)) })
    else { throw .malformed("free user rows are not those without an id") }
    users.restore(free: free)
    try readLogs(live, &reader)
    try users.towers.restore(live, try reader.read([Float].self))
    try users.rating.restore(live, try reader.read([Float].self))
    try reader.finish()
  }

  private mutating func readLogs(_ live: [Int], _ reader: inout ByteReader) throws(CheckpointError) {
    let historyCounts = try reader.read([UInt32].self)
    let histories = try reader.read([UInt32].self)
    let seenCounts = try reader.read([UInt32].self)
    let seen = try reader.read([UInt32].self)
    let weights = try reader.read([UInt32].self)
    let serials = UInt32(items.count)
    guard historyCounts.count == live.count, seenCounts.count == live.count,
      historyCounts.allSatisfy({ $0 <= UserLog.historyLimit }), seenCounts.allSatisfy({ $0 <= UserLog.seenLimit }),
      historyCounts.reduce(0, { $0 + Int($1) }) == histories.count,
      seenCounts.reduce(0, { $0 + Int($1) }) == seen.count, weights.count == seen.count,
      histories.allSatisfy({ $0 < serials }), seen.allSatisfy({ $0 < serials }), weights.allSatisfy({ $0 <= 255 })
    else { throw .malformed("histories or seen sets do not fit their users") }
    var (nextHistory, nextSeen) = (0, 0)
    for (index, row) in live.enumerated() {
      var log = UserLog()
      let history = histories[nextHistory..<nextHistory + Int(historyCounts[index])]
      for serial in history { log.append(serial, limit: UserLog.historyLimit) }
      nextHistory += history.count
      let end = nextSeen + Int(seenCounts[index])
      for position in nextSeen..<end { log.see(seen[position], weight: UInt8(weights[position]), at: nil) }
      nextSeen = end
      users.records[row].log = log
      guard log.historyCount == history.count else { throw .malformed("a history names an item twice") }
    }
  }

  // MARK: Items

  private func itemsSection() -> Section {
    var writer = ByteWriter()
    writer.write(UInt32(items.count))
    for row in 0..<items.count {
      let (record, detail) = (items.records[row], items.details[row])
      writer.write(items.map.identifier(of: row))
      for speed in 0..<4 { writer.write(record.popularity.counts[speed]) }
      writer.write(record.popularity.block)
      writer.write(record.bias)
      writer.write(detail.ratingBias)
      writer.write(record.order)
      writer.write(record.flags & ItemRecord.activeFlag)
      writer.write(detail.expiresAt)
      writer.write(items.tags(of: row).map { items.tagPool[$0] })
    }
    writer.write(items.towers.elements(Array(0..<items.count)))
    writer.write(items.rating.elements(Array(0..<items.count)))
    return Section(name: "learning.items", version: Self.sectionVersion, payload: writer.bytes)
  }

  private mutating func readItems(_ source: ByteReader) throws(CheckpointError) {
    var reader = source
    let rows = Int(try reader.read(UInt32.self))
    for row in 0..<rows {
      try items.restore(try reader.read([UInt8].self), recipe: recipe)
      var counts = SIMD4<Double>.zero
      for speed in 0..<4 { counts[speed] = try reader.readFiniteDouble() }
      items.records[row].popularity = ItemPopularity(counts: counts, block: try reader.read(Int32.self))
      items.records[row].bias = try reader.readParameter()
      items.details[row].ratingBias = try reader.readParameter()
      items.records[row].order = try reader.read(UInt32.self)
      items.records[row].flags = try reader.read(UInt8.self) & ItemRecord.activeFlag
      items.details[row].expiresAt = try reader.read(Int64.self)
      let tagRows = try reader.read([UInt32].self)
      guard tagRows.count <= Recipe.tagsPerItemLimit, tagRows.allSatisfy({ Int($0) < tags.count }) else {
        throw .malformed("an item names tags that are not there")
      }
      items.setTags(tagRows, of: row)
    }
    let all = Array(0..<rows)
    try items.towers.restore(all, try reader.read([Float].self))
    try items.rating.restore(all, try reader.read([Float].self))
    try reader.finish()
  }

  // MARK: Tags

  private func tagsSection() -> Section {
    var writer = ByteWriter()
    writer.write(UInt32(tags.count))
    for row in 0..<tags.count {
      writer.write(tags.map.identifier(of: row))
      writer.write(tags.records[row].ratingBias)
    }
    writer.write(tags.towers.elements(Array(0..<tags.count)))
    writer.write(tags.rating.elements(Array(0..<tags.count)))
    return Section(name: "learning.tags", version: Self.sectionVersion, payload: writer.bytes)
  }

  private mutating func readTags(_ source: ByteReader) throws(CheckpointError) {
    var reader = source
    let rows = Int(try reader.read(UInt32.self))
    for row in 0..<rows {
      try tags.restore(try reader.read([UInt8].self), recipe: recipe)
      tags.records[row].ratingBias = try reader.readParameter()
    }
    let all = Array(0..<rows)
    try tags.towers.restore(all, try reader.read([Float].self))
    try tags.rating.restore(all, try reader.read([Float].self))
    try reader.finish()
  }
}

extension ByteWriter {
  fileprivate mutating func write(_ parameter: Parameter) {
    write(parameter.weight)
    write(parameter.accumulator)
  }
}

extension ByteReader {
  fileprivate mutating func readParameter() throws(CheckpointError) -> Parameter {
    let parameter = Parameter(weight: try read(Float.self), accumulator: try read(Float.self))
    guard parameter.weight.isFinite, parameter.accumulator.isFinite, parameter.accumulator > 0 else {
      throw .malformed("a parameter is not finite")
    }
    return parameter
  }

  fileprivate mutating func readFiniteDouble() throws(CheckpointError) -> Double {
    let value = try read(Double.self)
    guard value.isFinite else { throw .malformed("a number is not finite") }
    return value
  }

  fileprivate mutating func readCount() throws(CheckpointError) -> Int {
    let value = try read(Int64.self)
    guard value >= 0 else { throw .malformed("a count is negative") }
    return Int(value)
  }
}
