extension Learner {
  /// Takes a catalog item in, or what is new about it. An item without events has a vector (from its tags) and can be
  /// recommended, but ``rank(of:for:scratch:)`` does not count it.
  /// - Parameters:
  ///   - item: 1...256 bytes.
  ///   - tags: the first 32 different ones count; order matters only for which these are.
  ///   - author: who made it, a tag as well; empty where that is not known.
  ///   - createdAt: milliseconds since 1970; nil for the time of its first event.
  ///   - expiresAt: milliseconds since 1970, 0 for never.
  ///   - active: false takes the item out of lists.
  public mutating func upsert(
    item: Span<UInt8>, tags names: [[UInt8]], author: Span<UInt8> = Span(), createdAt: Int64? = nil, expiresAt: Int64,
    active: Bool
  ) -> Admission {
    let row: Int
    if let known = items.map.row(of: item) {
      row = known
    } else if items.count < recipe.configuration.itemRows {
      row = items.admit(item, recipe: recipe)
    } else {
      tally.refusedItems += 1
      return .refused
    }
    items.touch(row)
    items.details[row].expiresAt = expiresAt
    if let createdAt { items.details[row].bornAt = max(createdAt, ItemDetail.unborn + 1) }
    setActive(active, row)
    var rows: [UInt32] = []
    for name in names where IdentifierMap.lengthRange.contains(name.count) && rows.count < Recipe.tagsPerItemLimit {
      guard let tag = tagRow(name.span) else {
        tally.refusedTags += 1
        continue
      }
      if !rows.contains(UInt32(tag)) { rows.append(UInt32(tag)) }
    }
    let author = author.isEmpty ? -1 : authorRow(author).map { Int32(truncatingIfNeeded: $0) } ?? -1
    items.details[row].author = author
    if author >= 0, rows.count < Recipe.tagsPerItemLimit { rows.append(UInt32(author)) }
    items.setTags(rows, of: row)
    return .admitted(row: row)
  }

  /// Takes an item out of lists. What was learned about it stays.
  public mutating func remove(item: Span<UInt8>) {
    guard let row = items.map.row(of: item) else { return }
    items.touch(row)
    setActive(false, row)
  }

  private mutating func setActive(_ active: Bool, _ row: Int) {
    if active {
      items.records[row].flags |= ItemRecord.activeFlag
    } else {
      items.records[row].flags &= ~ItemRecord.activeFlag
    }
  }

  /// Makes `author` a tag of an item that has no author yet.
  mutating func setAuthor(_ author: Span<UInt8>, of row: Int) {
    guard items.details[row].author < 0, let tag = authorRow(author) else { return }
    items.details[row].author = Int32(truncatingIfNeeded: tag)
    let rows = items.tags(of: row).map { items.tagPool[$0] }
    if rows.count < Recipe.tagsPerItemLimit { items.setTags(rows + [UInt32(tag)], of: row) }
  }

  /// The tag of an author. Its name begins with a byte that no UTF-8 has, so that no tag of the catalog can be taken for it.
  mutating func authorRow(_ author: Span<UInt8>) -> Int? {
    guard author.count < IdentifierMap.lengthRange.upperBound else { return nil }
    var name: [UInt8] = [0xFF]
    for index in author.indices { name.append(author[index]) }
    return tagRow(name.span)
  }

  private mutating func tagRow(_ name: Span<UInt8>) -> Int? {
    if let known = tags.map.row(of: name) { return known }
    guard tags.count < recipe.configuration.tagRows else { return nil }
    let row = tags.admit(name, recipe: recipe)
    scratch.tags.reserve(tags: tags.count)
    return row
  }
}
