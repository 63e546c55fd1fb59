internal import Checkpoints

/// The rows of tags. A tag that an item carries stays; the row of one that none does is given out again, once the table is full.
struct Tags: ~Copyable {
  var map: IdentifierMap
  var towers = EmbeddingTable()
  var rating = EmbeddingTable()
  var records = BlockStorage<TagRecord>()
  /// The tags that no item carries, by when that began or somebody followed them.
  private(set) var abandoned = Recency()
  private var touched: [UInt32] = []
  /// The sum of the rows' hashes, as of the last seal.
  private(set) var digest: UInt128 = 0

  init(seed: UInt64) { map = IdentifierMap(hashKey: CounterRandom.mix(seed ^ RowContent.Table.tag.rawValue)) }

  /// The number of tags.
  var count: Int { records.count }

  /// Gives `id`, which has none, a row. It is carried by nothing and not among the abandoned: it waits for ``hold(_:)`` or
  /// ``follow(_:)``.
  /// - Parameter vacated: a row that was evicted; nil for a new one.
  mutating func admit(_ id: Span<UInt8>, row vacated: Int? = nil, recipe: borrowing Recipe) -> Int {
    let row = vacated ?? append(recipe)
    map.insert(id, row: row)
    recipe.initialize(towers: towers, rating: rating, row: row, id: id, table: .tag)
    touch(row)
    return row
  }

  private mutating func append(_ recipe: borrowing Recipe) -> Int {
    let row = records.append(repeating: TagRecord(ratingBias: recipe.freshRatingBias))
    towers.append()
    rating.append()
    abandoned.append()
    return row
  }

  /// Takes the tag that no item has carried for longest out of its row, and returns it; nil if every tag is carried.
  mutating func evictOldest(recipe: borrowing Recipe) -> Int? {
    guard let row = abandoned.oldest else { return nil }
    map.remove(row: row)
    abandoned.remove(row)
    digest &-= records[row].hash
    let wasTouched = records[row].isTouched
    records[row] = TagRecord(ratingBias: recipe.freshRatingBias)
    records[row].isTouched = wasTouched
    return row
  }

  /// Notes that one more item names a tag.
  mutating func hold(_ row: Int) {
    records[row].references += 1
    guard records[row].references == 1 else { return }
    abandoned.remove(row)
    records[row].abandonedAt = 0
    touch(row)
  }

  /// Notes that one item less names a tag.
  mutating func release(_ row: Int) {
    records[row].references -= 1
    guard records[row].references == 0 else { return }
    records[row].abandonedAt = abandoned.touch(row)
    touch(row)
  }

  /// Notes that somebody follows an author, whose tag is then the last to go of those that no item carries.
  mutating func follow(_ row: Int) {
    guard records[row].references == 0 else { return }
    records[row].abandonedAt = abandoned.touch(row)
    touch(row)
  }

  /// The door to every change of a row.
  @inline(__always)
  mutating func touch(_ row: Int) {
    if records[row].isTouched { return }
    records[row].isTouched = true
    touched.append(UInt32(row))
  }

  /// Brings the digest up to date with every touched row.
  mutating func seal(_ content: inout RowContent) {
    for (index, row) in touched.lazy.map(Int.init).enumerated() {
      if index + RowContent.rowsAhead < touched.count { prefetch(Int(touched[index + RowContent.rowsAhead])) }
      records[row].isTouched = false
      let hash = self.hash(row, &content)
      digest = digest &- records[row].hash &+ hash
      records[row].hash = hash
    }
    touched.removeAll(keepingCapacity: true)
  }

  /// Asks the cache for what a row's hash is over.
  private func prefetch(_ row: Int) {
    records.prefetch(row)
    towers.prefetch(row)
    rating.prefetch(row)
  }

  /// The digest from scratch.
  func recomputedDigest(_ content: inout RowContent) -> UInt128 {
    var sum: UInt128 = 0
    for row in 0..<count { sum &+= hash(row, &content) }
    return sum
  }

  private func hash(_ row: Int, _ content: inout RowContent) -> UInt128 {
    content.removeAll()
    map.withIdentifier(of: row) { id in
      content.append(UInt16(id.count))
      content.append(id)
    }
    content.append(towers[row])
    content.append(rating[row])
    content.append(records[row].ratingBias)
    content.append(records[row].abandonedAt)
    return content.hash(.tag)
  }

  /// Adds a row from a checkpoint.
  mutating func restore(_ id: [UInt8], recipe: borrowing Recipe) throws(CheckpointError) {
    guard IdentifierMap.lengthRange.contains(id.count), map.row(of: id.span) == nil else {
      throw .malformed("a tag's id is empty, too long or there twice")
    }
    let row = append(recipe)
    map.insert(id.span, row: row)
  }

  /// Takes over a checkpoint's clock.
  mutating func restore(clock: Int64) { abandoned.restore(clock: clock) }

  /// Takes over since when tags are abandoned, after everything that names them was read.
  mutating func restore(abandonedAt ordinals: [Int64], in order: [Int]) throws(CheckpointError) {
    guard ordinals.indices.allSatisfy({ (ordinals[$0] == 0) == (records[$0].references > 0) }) else {
      throw .malformed("a tag that an item carries is called abandoned, or one that none does is not")
    }
    for row in order { records[row].abandonedAt = ordinals[row] }
    abandoned.restore(in: order)
  }

  /// Calls every row's hash up to date, after the rows were read from a checkpoint.
  mutating func rehash(_ content: inout RowContent) {
    digest = 0
    for row in 0..<count {
      records[row].hash = hash(row, &content)
      digest &+= records[row].hash
    }
  }
}
