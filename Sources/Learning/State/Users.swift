internal import Checkpoints

/// The rows of users. Rows of forgotten and evicted users are given out again, the last freed first.
struct Users: ~Copyable {
  var map: IdentifierMap
  var towers = EmbeddingTable()
  var rating = EmbeddingTable()
  var records = BlockStorage<UserRecord>()
  /// Who had an event when.
  var recency = Recency()
  private(set) var free: [UInt32] = []
  /// What all logs hold together.
  var logEntries = 0
  private var touched: [UInt32] = []
  /// The sum of the rows' hashes, as of the last seal.
  private(set) var digest: UInt128 = 0

  init(seed: UInt64) { map = IdentifierMap(hashKey: CounterRandom.mix(seed ^ RowContent.Table.user.rawValue)) }

  deinit {
    for row in 0..<records.count { records[row].log.destroy() }
  }

  /// The number of users.
  var count: Int { map.count }

  /// Gives `id`, which has none, a row.
  mutating func admit(_ id: Span<UInt8>, recipe: borrowing Recipe) -> Int {
    let row: Int
    if let reused = free.popLast() {
      row = Int(reused)
    } else {
      row = records.append(repeating: UserRecord(ratingBias: recipe.freshRatingBias))
      towers.append()
      rating.append()
      recency.append()
    }
    map.insert(id, row: row)
    recipe.initialize(towers: towers, rating: rating, row: row, id: id, table: .user)
    return row
  }

  /// The door to every change of a row.
  @inline(__always)
  mutating func touch(_ row: Int) {
    if records[row].isTouched { return }
    records[row].isTouched = true
    touched.append(UInt32(row))
  }

  /// Makes a user the one whose event is the latest.
  @inline(__always)
  mutating func renew(_ row: Int) { records[row].lastTouch = recency.touch(row) }

  /// Forgets a user, whose row is free from now on. Nil if nobody has this id.
  mutating func forget(_ id: Span<UInt8>, recipe: borrowing Recipe) -> Int? {
    guard let row = map.remove(id) else { return nil }
    vacate(row, recipe: recipe)
    return row
  }

  /// Makes the row of the user whose last event is longest ago free, and returns it.
  mutating func evictOldest(recipe: borrowing Recipe) -> Int {
    guard let row = recency.oldest else { preconditionFailure("there are no users") }
    map.remove(row: row)
    vacate(row, recipe: recipe)
    return row
  }

  private mutating func vacate(_ row: Int, recipe: borrowing Recipe) {
    digest &-= records[row].hash
    recency.remove(row)
    logEntries -= records[row].log.entryCount
    records[row].log.destroy()
    let wasTouched = records[row].isTouched
    records[row] = UserRecord(ratingBias: recipe.freshRatingBias)
    records[row].isTouched = wasTouched
    free.append(UInt32(row))
  }

  /// Brings the digest up to date with every touched row.
  mutating func seal(_ content: inout RowContent) {
    for (index, row) in touched.lazy.map(Int.init).enumerated() {
      if index + RowContent.rowsAhead < touched.count { prefetch(Int(touched[index + RowContent.rowsAhead])) }
      records[row].isTouched = false
      guard map.isLive(row) else { continue }
      let hash = self.hash(row, &content)
      digest = digest &- records[row].hash &+ hash
      records[row].hash = hash
    }
    touched.removeAll(keepingCapacity: true)
  }

  /// Asks the cache for what a row's hash is over.
  private func prefetch(_ row: Int) {
    records.prefetch(row, bytes: MemoryLayout<UserRecord>.size)
    towers.prefetch(row)
    rating.prefetch(row)
  }

  /// The digest from scratch.
  func recomputedDigest(_ content: inout RowContent) -> UInt128 {
    var sum: UInt128 = 0
    for row in 0..<records.count where map.isLive(row) { sum &+= hash(row, &content) }
    return sum
  }

  private func hash(_ row: Int, _ content: inout RowContent) -> UInt128 {
    content.removeAll()
    append(identifierOf: row, to: &content)
    content.append(towers[row])
    content.append(rating[row])
    let record = records[row]
    content.append(record.ratingBias)
    content.append(record.mood)
    content.append(record.lastPartition)
    content.append(record.lastOffset)
    content.append(record.lastOccurredAt)
    content.append(record.lastTouch)
    content.append(UInt32(record.log.historyCount))
    for age in 0..<record.log.historyCount { content.append(record.log.history(age: age)) }
    content.append(UInt32(record.log.shown.count))
    record.log.shown.append(to: &content)
    content.append(UInt32(record.log.seenCount))
    record.log.appendSeen(to: &content)
    return content.hash(.user)
  }

  func append(identifierOf row: Int, to content: inout RowContent) {
    map.withIdentifier(of: row) { id in
      content.append(UInt16(id.count))
      content.append(id)
    }
  }

  /// Calls every row's hash up to date, after the rows were read from a checkpoint.
  mutating func rehash(_ content: inout RowContent) {
    digest = 0
    for row in 0..<records.count where map.isLive(row) {
      records[row].hash = hash(row, &content)
      digest &+= records[row].hash
    }
  }

  /// Adds a row from a checkpoint; an empty id is a free row.
  mutating func restore(_ id: [UInt8], row: Int, ratingBias: Parameter) throws(CheckpointError) {
    records.append(repeating: UserRecord(ratingBias: ratingBias))
    towers.append()
    rating.append()
    recency.append()
    guard !id.isEmpty else { return map.skip(row) }
    guard IdentifierMap.lengthRange.contains(id.count), map.row(of: id.span) == nil else {
      throw .malformed("a user's id is too long or there twice")
    }
    map.insert(id.span, row: row)
  }

  /// Takes over a checkpoint's free rows.
  mutating func restore(free rows: [UInt32]) { free = rows }
}
