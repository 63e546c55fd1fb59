extension Learner {
  /// Takes a catalog item in, or what is new about it. An item without events has a vector (from its tags) and can be
  /// recommended, but ``rank(of:for:scratch:)`` does not count it.
  /// - Parameters:
  ///   - item: 1...256 bytes.
  ///   - tags: the first 32 different ones count; order matters only for which these are.
  ///   - expiresAt: milliseconds since 1970, 0 for never.
  ///   - active: false takes the item out of lists.
  public mutating func upsert(
    item: Span<UInt8>, tags names: [[UInt8]], expiresAt: Int64, active: Bool
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
    setActive(active, row)
    var rows: [UInt32] = []
    for name in names where IdentifierMap.lengthRange.contains(name.count) && rows.count < Recipe.tagsPerItemLimit {
      guard let tag = tagRow(name.span) else {
        tally.refusedTags += 1
        continue
      }
      if !rows.contains(UInt32(tag)) { rows.append(UInt32(tag)) }
    }
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

  private mutating func tagRow(_ name: Span<UInt8>) -> Int? {
    if let known = tags.map.row(of: name) { return known }
    guard tags.count < recipe.configuration.tagRows else { return nil }
    let row = tags.admit(name, recipe: recipe)
    scratch.tags.reserve(tags: tags.count)
    return row
  }
}
