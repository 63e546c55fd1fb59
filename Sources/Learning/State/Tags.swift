internal import Checkpoints

/// The rows of tags. Rows are never given out again.
struct Tags: ~Copyable {
  var map: IdentifierMap
  var towers = EmbeddingTable()
  var rating = EmbeddingTable()
  var records = BlockStorage<TagRecord>()
  private var touched: [UInt32] = []
  /// The sum of the rows' hashes, as of the last seal.
  private(set) var digest: UInt128 = 0

  init(seed: UInt64) { map = IdentifierMap(hashKey: CounterRandom.mix(seed ^ RowContent.Table.tag.rawValue)) }

  /// The number of tags.
  var count: Int { records.count }

  /// Gives `id`, which has none, a row.
  mutating func admit(_ id: Span<UInt8>, recipe: borrowing Recipe) -> Int {
    let row = records.append(repeating: TagRecord(ratingBias: recipe.freshRatingBias))
    towers.append()
    rating.append()
    map.insert(id, row: row)
    recipe.initialize(towers: towers, rating: rating, row: row, id: id, table: .tag)
    touch(row)
    return row
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
    for row in touched.lazy.map(Int.init) {
      records[row].isTouched = false
      let hash = self.hash(row, &content)
      digest = digest &- records[row].hash &+ hash
      records[row].hash = hash
    }
    touched.removeAll(keepingCapacity: true)
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
    return content.hash(.tag)
  }

  /// Adds a row from a checkpoint.
  mutating func restore(_ id: [UInt8], recipe: borrowing Recipe) throws(CheckpointError) {
    guard IdentifierMap.lengthRange.contains(id.count), map.row(of: id.span) == nil else {
      throw .malformed("a tag's id is empty, too long or there twice")
    }
    _ = admit(id.span, recipe: recipe)
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
