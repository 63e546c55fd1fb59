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
    guard let row = itemRow(orNew: item) else {
      tally.refusedItems += 1
      return .refused
    }
    items.details[row].expiresAt = expiresAt
    if let createdAt { items.details[row].bornAt = max(createdAt, ItemDetail.unborn + 1) }
    setActive(active, row)
    var rows: [UInt32] = []
    for name in names where IdentifierMap.lengthRange.contains(name.count) && rows.count < Recipe.tagsPerItemLimit {
      guard let tag = tagRow(name.span) else {
        tally.refusedTags += 1
        continue
      }
      guard !rows.contains(UInt32(tag)) else { continue }
      // At once, or the next one might take its row.
      tags.hold(tag)
      rows.append(UInt32(tag))
    }
    let author = author.isEmpty ? nil : authorRow(author)
    if let author {
      tags.hold(author)
      if rows.count < Recipe.tagsPerItemLimit {
        tags.hold(author)
        rows.append(UInt32(author))
      }
    }
    // Only now, so that what stays was never abandoned.
    releaseTags(of: row)
    items.details[row].author = author.map { Int32(truncatingIfNeeded: $0) } ?? -1
    items.setTags(rows, of: row)
    return .admitted(row: row)
  }

  /// What an item names is named by one item less.
  mutating func releaseTags(of row: Int) {
    for position in items.tags(of: row) { tags.release(items.tag(at: position)) }
    if items.details[row].author >= 0 { tags.release(Int(items.details[row].author)) }
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
    tags.hold(tag)
    let rows = items.tags(of: row).map { items.tagPool[$0] }
    guard rows.count < Recipe.tagsPerItemLimit else { return }
    tags.hold(tag)
    items.setTags(rows + [UInt32(tag)], of: row)
  }

  /// The tag of an author. Its name begins with a byte that no UTF-8 has, so that no tag of the catalog can be taken for it.
  mutating func authorRow(_ author: Span<UInt8>) -> Int? {
    guard author.count < IdentifierMap.lengthRange.upperBound else { return nil }
    var name: [UInt8] = [0xFF]
    for index in author.indices { name.append(author[index]) }
    return tagRow(name.span)
  }

  /// The row of a tag, which whoever asks has to hold or follow: a new one is neither carried nor abandoned. Nil for a new tag in a
  /// table full of tags that items carry.
  private mutating func tagRow(_ name: Span<UInt8>) -> Int? {
    if let known = tags.map.row(of: name) { return known }
    var vacated: Int?
    if tags.count >= recipe.configuration.tagRows {
      vacated = tags.evictOldest(recipe: recipe)
      guard vacated != nil else { return nil }
      tally.evicted.tags += 1
    }
    let row = tags.admit(name, row: vacated, recipe: recipe)
    scratch.tags.reserve(tags: tags.count)
    return row
  }
}
