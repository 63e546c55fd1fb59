internal import Checkpoints

/// The rows of items. Histories and seen sets name an item by its serial, which is never given out again: a row is, once the
/// table is full.
struct Items: ~Copyable {
  var map: IdentifierMap
  var towers = EmbeddingTable()
  var rating = EmbeddingTable()
  var records = BlockStorage<ItemRecord>()
  var details = BlockStorage<ItemDetail>()
  /// Which item was named by an event or the catalog when.
  var recency = Recency()
  private(set) var tagPool: [UInt32] = []
  private var tagGarbage = 0
  private var touched: [UInt32] = []
  /// What the next item will be called: one more than the greatest serial so far.
  private(set) var nextSerial: UInt32 = 0
  /// Of every item, once one was evicted; until then serials are rows.
  private(set) var serials = SerialMap()
  private var hasEvicted = false
  /// The sum of the rows' hashes, as of the last seal.
  private(set) var digest: UInt128 = 0

  init(seed: UInt64) { map = IdentifierMap(hashKey: CounterRandom.mix(seed ^ RowContent.Table.item.rawValue)) }

  /// The number of items.
  var count: Int { records.count }

  /// The row that holds the item of a serial; nil if the item is gone.
  @inline(__always)
  func row(ofSerial serial: UInt32) -> Int? { hasEvicted ? serials.row(of: serial) : Int(serial) }

  /// The serial of the item in a row.
  @inline(__always)
  func serial(ofRow row: Int) -> UInt32 { records[row].serial }

  /// True if there is no serial left for another item.
  var isExhausted: Bool { nextSerial == UserLog.noSerial }

  /// Gives `id`, which has none, a row and a serial.
  /// - Parameter vacated: a row that was evicted; nil for a new one.
  mutating func admit(_ id: Span<UInt8>, row vacated: Int? = nil, recipe: borrowing Recipe) -> Int {
    precondition(!isExhausted, "serials are never given twice")
    let row = vacated ?? append(recipe)
    records[row].serial = nextSerial
    if hasEvicted { serials.insert(nextSerial, row: row) }
    nextSerial += 1
    map.insert(id, row: row)
    recipe.initialize(towers: towers, rating: rating, row: row, id: id, table: .item)
    return row
  }

  private mutating func append(_ recipe: borrowing Recipe) -> Int {
    let row = records.append(repeating: ItemRecord(bias: recipe.freshBias))
    details.append(repeating: ItemDetail(ratingBias: recipe.freshRatingBias))
    towers.append()
    rating.append()
    recency.append()
    return row
  }

  /// Takes the item out of a row, which is the next newcomer's. Its tags are no longer counted by whoever counts them.
  mutating func evict(_ row: Int, recipe: borrowing Recipe) {
    if !hasEvicted { mapSerials() }
    serials.remove(records[row].serial)
    map.remove(row: row)
    recency.remove(row)
    digest &-= details[row].hash
    tagGarbage += Int(records[row].tagCount)
    let wasTouched = records[row].flags & ItemRecord.touchedFlag
    records[row] = ItemRecord(bias: recipe.freshBias)
    records[row].flags |= wasTouched
    details[row] = ItemDetail(ratingBias: recipe.freshRatingBias)
  }

  private mutating func mapSerials() {
    for row in 0..<count { serials.insert(records[row].serial, row: row) }
    hasEvicted = true
  }

  /// The door to every change of a row.
  @inline(__always)
  mutating func touch(_ row: Int) {
    if records[row].flags & ItemRecord.touchedFlag != 0 { return }
    records[row].flags |= ItemRecord.touchedFlag
    touched.append(UInt32(row))
  }

  /// Makes an item the one that was named last.
  @inline(__always)
  mutating func renew(_ row: Int) { details[row].lastTouch = recency.touch(row) }

  /// The rows of an item's tags.
  @inline(__always)
  func tags(of row: Int) -> Range<Int> {
    let record = records[row]
    return Int(record.tagStart)..<Int(record.tagStart) + Int(record.tagCount)
  }

  /// The tag row at a position of the pool.
  @inline(__always)
  func tag(at position: Int) -> Int { Int(tagPool[position]) }

  /// Gives an item other tags.
  mutating func setTags(_ tags: [UInt32], of row: Int) {
    let old = self.tags(of: row)
    guard !tagPool[old].elementsEqual(tags) else { return }
    tagGarbage += old.count
    records[row].tagStart = UInt32(tagPool.count)
    records[row].tagCount = UInt8(tags.count)
    tagPool += tags
    if tagGarbage > 4096, tagGarbage * 2 > tagPool.count { compactTags() }
  }

  private mutating func compactTags() {
    var packed: [UInt32] = []
    packed.reserveCapacity(tagPool.count - tagGarbage)
    for row in 0..<count {
      let old = tags(of: row)
      records[row].tagStart = UInt32(packed.count)
      packed += tagPool[old]
    }
    tagPool = packed
    tagGarbage = 0
  }

  /// Brings the digest up to date with every touched row.
  mutating func seal(_ content: inout RowContent) {
    for (index, row) in touched.lazy.map(Int.init).enumerated() {
      if index + RowContent.rowsAhead < touched.count { prefetch(Int(touched[index + RowContent.rowsAhead])) }
      records[row].flags &= ~ItemRecord.touchedFlag
      let hash = self.hash(row, &content)
      digest = digest &- details[row].hash &+ hash
      details[row].hash = hash
    }
    touched.removeAll(keepingCapacity: true)
  }

  /// Asks the cache for what a row's hash is over.
  private func prefetch(_ row: Int) {
    records.prefetch(row)
    details.prefetch(row)
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
    let (record, detail) = (records[row], details[row])
    content.append(record.popularity.counts)
    content.append(record.popularity.block)
    content.append(record.bias)
    content.append(detail.ratingBias)
    content.append(record.ringCount)
    content.append(record.order)
    content.append(record.flags & ItemRecord.activeFlag)
    content.append(detail.expiresAt)
    content.append(detail.bornAt)
    content.append(detail.author)
    content.append(detail.impressions)
    content.append(record.serial)
    content.append(detail.lastTouch)
    content.append(record.tagCount)
    for position in tags(of: row) { content.append(tagPool[position]) }
    return content.hash(.item)
  }

  /// Adds a row from a checkpoint.
  mutating func restore(_ id: [UInt8], serial: UInt32, recipe: borrowing Recipe) throws(CheckpointError) {
    guard IdentifierMap.lengthRange.contains(id.count), map.row(of: id.span) == nil else {
      throw .malformed("an item's id is empty, too long or there twice")
    }
    let row = append(recipe)
    records[row].serial = serial
    map.insert(id.span, row: row)
  }

  /// Takes over a checkpoint's count of serials, after its rows. Every item that ever was has taken one, so that none was evicted
  /// where there are as many rows.
  mutating func restore(nextSerial: UInt32) throws(CheckpointError) {
    self.nextSerial = nextSerial
    let isSound = (0..<count).allSatisfy { row in
      let serial = records[row].serial
      if nextSerial == count { return serial == row }
      guard serial < nextSerial, serials.row(of: serial) == nil else { return false }
      serials.insert(serial, row: row)
      return true
    }
    guard isSound, nextSerial >= count else { throw .malformed("the serials of items do not come from one count") }
    hasEvicted = nextSerial > count
  }

  /// Calls every row's hash up to date, after the rows were read from a checkpoint.
  mutating func rehash(_ content: inout RowContent) {
    digest = 0
    for row in 0..<count {
      details[row].hash = hash(row, &content)
      digest &+= details[row].hash
    }
  }
}
