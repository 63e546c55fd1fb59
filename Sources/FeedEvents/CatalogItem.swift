/// What the catalogue says about one item, as the compacted topic `woonkly.items` carries it.
///
///     {"item_id":"p_99120","title":"Sunrise","tags":["nature","photo"],"author":"u_7","created":1795315000000}
///
/// A later record for the same item replaces the earlier one as a whole. A null payload takes the item out of the index.
public struct CatalogItem: Equatable, Sendable {
  /// Which item, in 1...256 bytes of UTF-8. Also the record's key in Kafka.
  public var itemID: [UInt8]
  /// For people, in UTF-8; nothing is learned from it.
  public var title: [UInt8]?
  /// What the item is about, at most ``RecordLimits/tagLimit`` tags of 1...256 bytes, each once.
  public var tags: [[UInt8]]
  /// Who made it, in 1...256 bytes.
  public var author: [UInt8]?
  /// When it was made, in milliseconds since 1970.
  public var created: Int64?
  /// From when on it is not to be listed, in milliseconds since 1970; nil if never.
  public var expires: Int64?
  /// Whether it may be listed.
  public var active: Bool

  /// Creates an item. ``validate()`` tells whether it can be sent.
  public init(
    itemID: [UInt8], title: [UInt8]? = nil, tags: [[UInt8]] = [], author: [UInt8]? = nil, created: Int64? = nil,
    expires: Int64? = nil, active: Bool = true
  ) {
    self.itemID = itemID
    self.title = title
    self.tags = tags
    self.author = author
    self.created = created
    self.expires = expires
    self.active = active
  }
}

extension CatalogItem {
  /// The record's value: one JSON object without spaces. O(bytes).
  ///
  /// The item must be valid (``validate()``), which every decoded one is. What is encoded decodes to an equal value.
  public func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.field("item_id", itemID)
    if let title { writer.field("title", title) }
    if !tags.isEmpty {
      writer.key("tags")
      writer.beginArray()
      for tag in tags { writer.string(tag) }
      writer.endArray()
    }
    if let author { writer.field("author", author) }
    if let created { writer.field("created", created) }
    if let expires { writer.field("expires", expires) }
    if !active {
      writer.key("active")
      writer.bool(false)
    }
    writer.endObject()
    return writer.bytes
  }

  /// Checks what a decoder would check, for those who make items.
  /// - Throws: the reason for which the encoded record would be rejected.
  public func validate() throws(RejectionReason) {
    for text in [itemID, title ?? [], author ?? []] + tags where !isUTF8(text) { throw .invalidUTF8 }
    if tags.count > RecordLimits.tagLimit { throw .tooManyTags }
    try checkIdentifier(itemID.count, .lengthOfItemID)
    for tag in tags { try checkIdentifier(tag.count, .lengthOfTag) }
    if let author { try checkIdentifier(author.count, .lengthOfAuthor) }
    if let created { try checkTime(created) }
    if let expires { try checkTime(expires) }
  }
}
