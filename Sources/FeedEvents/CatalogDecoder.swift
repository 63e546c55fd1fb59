import CSimdjson

/// Reads catalogue items. What ``InteractionDecoder`` says about keeping and sharing holds here too.
public final class CatalogDecoder {
  private let parser: RecordParser

  /// Creates a decoder.
  public init() {
    parser = RecordParser(limitBytes: RecordLimits.payloadLimitBytes, limitDepth: RecordLimits.depthLimit)
  }

  /// Decodes one payload. O(bytes + tags²), of which there are at most 64.
  /// - Throws: the one reason for which the record cannot be used.
  public func decode(_ payload: [UInt8]) throws(RejectionReason) -> CatalogItem {
    try decode(payload.span)
  }

  /// Decodes one payload. O(bytes + tags²), of which there are at most 64.
  /// - Throws: the one reason for which the record cannot be used.
  public func decode(_ payload: Span<UInt8>) throws(RejectionReason) -> CatalogItem {
    // SAFETY: the pointer is used within the closure only.
    try unsafe payload.withUnsafeBytes { bytes throws(RejectionReason) in try unsafe decode(bytes) }
  }

  // SAFETY: the caller vouches for the buffer, and for `readableBytesAfterEnd` bytes behind it, during the call.
  /// Decodes one payload, as ``InteractionDecoder`` does.
  /// - Throws: the one reason for which the record cannot be used.
  public func decode(
    _ payload: UnsafeRawBufferPointer, readableBytesAfterEnd: Int = 0
  ) throws(RejectionReason) -> CatalogItem {
    try RecordParser.checkSize(payload.count)
    var fields = unsafe woonkly_json_item()
    let result = unsafe woonkly_json_decode_item(
      parser.handle, payload.bindMemory(to: UInt8.self).baseAddress, payload.count, readableBytesAfterEnd, &fields)
    try result.throwIfRejected()
    // SAFETY: the strings in `fields` stay valid until the parser's next call, which is after this function.
    return try unsafe CatalogItem(&fields)
  }
}

@available(*, unavailable)
extension CatalogDecoder: Sendable {}

extension CatalogItem {
  // SAFETY: the strings of `fields` that are present must be valid.
  fileprivate init(_ fields: inout woonkly_json_item) throws(RejectionReason) {
    let has = unsafe PresentFields(mask: fields.present)
    guard has[.itemID] else { throw .missingItemID }
    try checkIdentifier(unsafe fields.item_id.count, .lengthOfItemID)
    let tags = has[.tags] ? try unsafe Self.tags(&fields) : []
    if has[.author] { try checkIdentifier(unsafe fields.author.count, .lengthOfAuthor) }
    if has[.created] { try checkTime(unsafe fields.created) }
    if has[.expires] { try checkTime(unsafe fields.expires) }
    unsafe self.init(
      itemID: fields.item_id.copy(),
      title: has[.title] ? fields.title.copy() : nil,
      tags: tags,
      author: has[.author] ? fields.author.copy() : nil,
      created: has[.created] ? fields.created : nil,
      expires: has[.expires] ? fields.expires : nil,
      active: has[.active] ? fields.active != 0 : true)
  }

  // SAFETY: as for the initializer.
  /// The tags in order, each once: a tag said twice says nothing more.
  private static func tags(_ fields: inout woonkly_json_item) throws(RejectionReason) -> [[UInt8]] {
    let count = unsafe fields.tag_count
    // SAFETY: an imported C array is a tuple of as many elements, laid out in order; `count` of them are set.
    return try unsafe withUnsafeBytes(of: &fields.tags) { bytes throws(RejectionReason) in
      let strings = unsafe bytes.bindMemory(to: woonkly_json_string.self)
      var tags: [[UInt8]] = []
      for index in 0..<count {
        let tag = unsafe strings[index].copy()
        try checkIdentifier(tag.count, .lengthOfTag)
        if !tags.contains(tag) { tags.append(tag) }
      }
      return tags
    }
  }
}
