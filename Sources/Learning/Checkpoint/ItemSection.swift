internal import Checkpoints

extension Learner {
  func itemBytes() -> [UInt8] {
    let rows = Array(0..<items.count)
    var writer = ByteWriter(
      reserving: rows.count * (112 + 2 * EmbeddingTable.rowBytes) + items.map.byteCount + items.tagPool.count * 4 + 512)
    items.map.arena().encode(to: &writer)
    writer.write(rows.map { items.records[$0].serial })
    writer.write(rows.map { items.details[$0].lastTouch })
    writer.write(rows.flatMap { row in (0..<4).map { items.records[row].popularity.counts[$0] } })
    writer.write(rows.map { items.records[$0].popularity.block })
    writer.write(rows.map { items.records[$0].bias })
    writer.write(rows.map { items.details[$0].ratingBias })
    writer.write(rows.map { items.records[$0].order })
    writer.write(rows.map { items.records[$0].flags & ItemRecord.activeFlag })
    writer.write(rows.map { items.details[$0].expiresAt })
    writer.write(rows.map { items.details[$0].bornAt })
    writer.write(rows.map { items.details[$0].author })
    writer.write(rows.map { items.details[$0].impressions })
    writer.write(rows.map { items.records[$0].tagCount })
    writer.write(rows.flatMap { row in items.tags(of: row).map { items.tagPool[$0] } })
    items.towers.write(rows, to: &writer)
    items.rating.write(rows, to: &writer)
    return writer.bytes
  }

  mutating func readItems(_ reader: inout ByteReader, nextSerial: UInt32) throws(CheckpointError) {
    let identifiers = try IdentifierArena(from: &reader)
    let count = identifiers.count
    let serials = try reader.readColumn(count, of: UInt32.self)
    let ordinals = try reader.readColumn(count, of: Int64.self)
    let popularity = try reader.readColumn(count * 4, of: Double.self)
    let blocks = try reader.readColumn(count, of: Int32.self)
    let biases = try reader.readParameters(count)
    let ratingBiases = try reader.readParameters(count)
    let orders = try reader.readColumn(count, of: UInt32.self)
    let flags = try reader.readColumn(count, of: UInt8.self)
    let expiries = try reader.readColumn(count, of: Int64.self)
    let births = try reader.readColumn(count, of: Int64.self)
    let authors = try reader.readColumn(count, of: Int32.self)
    let impressions = try reader.readColumn(count, of: UInt32.self)
    let tagCounts = try reader.readColumn(count, of: UInt8.self)
    let tagRows = try reader.readColumn(tagCounts.reduce(0) { $0 + Int($1) }, of: UInt32.self)
    try reader.expectTables(of: count)
    let order = try items.recency.order(of: ordinals)
    let arrivals = orders.filter { $0 != ItemRecord.never }.sorted()
    guard order.count == count, arrivals.count == bank.items, arrivals.last.map({ $0 < bank.arrivals }) ?? true,
      zip(arrivals, arrivals.dropFirst()).allSatisfy({ $0 < $1 })
    else { throw .malformed("the order of items does not come from one count") }
    guard popularity.allSatisfy({ $0.isFinite && $0 >= 0 }), tagRows.allSatisfy({ Int($0) < tags.count }),
      tagCounts.allSatisfy({ $0 <= Recipe.tagsPerItemLimit }),
      authors.allSatisfy({ $0 >= -1 && Int($0) < tags.count })
    else { throw .malformed("an item's counts or tags are out of bounds") }
    var nextTag = 0
    for row in 0..<count {
      try items.restore(Array(identifiers[row]), serial: serials[row], recipe: recipe)
      let counts = SIMD4(
        popularity[row * 4], popularity[row * 4 + 1], popularity[row * 4 + 2], popularity[row * 4 + 3])
      items.records[row].popularity = ItemPopularity(counts: counts, block: blocks[row])
      items.records[row].bias = biases[row]
      items.details[row].ratingBias = ratingBiases[row]
      items.records[row].order = orders[row]
      items.records[row].flags = flags[row] & ItemRecord.activeFlag
      items.details[row].expiresAt = expiries[row]
      items.details[row].bornAt = births[row]
      items.details[row].author = authors[row]
      items.details[row].impressions = impressions[row]
      items.details[row].lastTouch = ordinals[row]
      let end = nextTag + Int(tagCounts[row])
      for tag in tagRows[nextTag..<end] { tags.hold(Int(tag)) }
      if authors[row] >= 0 { tags.hold(Int(authors[row])) }
      items.setTags(Array(tagRows[nextTag..<end]), of: row)
      nextTag = end
    }
    try items.restore(nextSerial: nextSerial)
    items.recency.restore(in: order)
    let rows = Array(0..<count)
    try items.towers.restore(rows, from: &reader)
    try items.rating.restore(rows, from: &reader)
  }
}
