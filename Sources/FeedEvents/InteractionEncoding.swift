extension Interaction {
  /// The record's value: one JSON object without spaces, its fields in the order of the contract.
  ///
  /// The interaction must be valid (``validate()``), which every decoded one is. What is encoded decodes to an equal
  /// value. O(bytes).
  public func encoded() -> [UInt8] {
    var writer = JSONWriter(capacity: 160 + userID.count + itemID.count)
    writer.beginObject()
    if let eventID { writer.field("event_id", eventID) }
    writer.field("user_id", userID)
    if !itemID.isEmpty { writer.field("item_id", itemID) }
    writer.key("type")
    writer.string(type.name)
    if let value {
      writer.key("value")
      writer.number(value)
    }
    writer.field("occurred_at", occurredAt)
    if let listVersion { writer.field("list_version", listVersion) }
    if let position { writer.field("position", position) }
    if let surface { writer.field("surface", surface) }
    if let authorID { writer.field("author_id", authorID) }
    writer.endObject()
    return writer.bytes
  }

  /// Checks what a decoder would check, for those who make interactions.
  /// - Throws: the reason for which the encoded record would be rejected.
  public func validate() throws(RejectionReason) {
    for text in [eventID, userID, itemID, surface, authorID] {
      if let text, !isUTF8(text) { throw .invalidUTF8 }
    }
    if let eventID { try checkIdentifier(eventID.count, .lengthOfEventID) }
    try checkIdentifier(userID.count, .lengthOfUserID)
    if type.name.isEmpty { throw .lengthOfType }
    if !itemID.isEmpty {
      try checkIdentifier(itemID.count, .lengthOfItemID)
    } else if Interaction.needsItem(type, hasAuthor: authorID != nil) {
      throw .missingItemID
    }
    if let value, !Float(value).isFinite { throw .valueOutOfRange }
    try checkTime(occurredAt)
    if let listVersion, listVersion < 0 { throw .listVersionOutOfRange }
    if let position, position < 0 { throw .positionOutOfRange }
    if let surface, !(1...RecordLimits.surfaceLimitBytes).contains(surface.count) { throw .lengthOfSurface }
    if let authorID { try checkIdentifier(authorID.count, .lengthOfAuthorID) }
  }
}
