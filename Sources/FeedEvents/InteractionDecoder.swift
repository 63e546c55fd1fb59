import CSimdjson

/// Reads interactions.
///
/// Make one and keep it: it owns a parser with room for the largest record (16 MiB of address space, of which the pages
/// that records reach are used). One decoder serves one task or thread at a time.
///
///     let decoder = InteractionDecoder()
///     let interaction = try decoder.decode(payload)
public final class InteractionDecoder {
  private let parser: RecordParser

  /// Creates a decoder.
  public init() {
    parser = RecordParser(limitBytes: RecordLimits.payloadLimitBytes, limitDepth: RecordLimits.depthLimit)
  }

  /// Decodes one payload. O(bytes).
  /// - Throws: the one reason for which the record cannot be used.
  public func decode(_ payload: [UInt8]) throws(RejectionReason) -> Interaction {
    try decode(payload.span)
  }

  /// Decodes one payload. O(bytes).
  /// - Throws: the one reason for which the record cannot be used.
  public func decode(_ payload: Span<UInt8>) throws(RejectionReason) -> Interaction {
    // SAFETY: the pointer is used within the closure only.
    try unsafe payload.withUnsafeBytes { bytes throws(RejectionReason) in try unsafe decode(bytes) }
  }

  // SAFETY: the caller vouches for the buffer, and for `readableBytesAfterEnd` bytes behind it, during the call.
  /// Decodes one payload. O(bytes).
  /// - Parameters:
  ///   - payload: The record's value. Nothing of the result points into it.
  ///   - readableBytesAfterEnd: How many bytes behind the payload may be read, whatever they are. With 64 or more the
  ///     payload is parsed where it lies, otherwise it is copied first.
  /// - Throws: the one reason for which the record cannot be used.
  public func decode(
    _ payload: UnsafeRawBufferPointer, readableBytesAfterEnd: Int = 0
  ) throws(RejectionReason) -> Interaction {
    try RecordParser.checkSize(payload.count)
    var fields = unsafe woonkly_json_interaction()
    let result = unsafe woonkly_json_decode_interaction(
      parser.handle, payload.bindMemory(to: UInt8.self).baseAddress, payload.count, readableBytesAfterEnd, &fields)
    try result.throwIfRejected()
    // SAFETY: the strings in `fields` stay valid until the parser's next call, which is after this function.
    return try unsafe Interaction.made(from: fields)
  }
}

@available(*, unavailable)
extension InteractionDecoder: Sendable {}

extension Interaction {
  // SAFETY: the strings of `fields` that are present must be valid.
  fileprivate static func made(from fields: woonkly_json_interaction) throws(RejectionReason) -> Interaction {
    let has = unsafe PresentFields(mask: fields.present)
    if has[.eventID] { try checkIdentifier(unsafe fields.event_id.count, .lengthOfEventID) }
    guard has[.userID] else { throw .missingUserID }
    try checkIdentifier(unsafe fields.user_id.count, .lengthOfUserID)
    guard has[.type] else { throw .missingType }
    guard unsafe fields.type.count > 0 else { throw .lengthOfType }
    let type = unsafe InteractionType(utf8: Span(_unsafeElements: fields.type.buffer))
    if has[.itemID] {
      try checkIdentifier(unsafe fields.item_id.count, .lengthOfItemID)
    } else if Interaction.needsItem(type, hasAuthor: has[.authorID]) {
      throw .missingItemID
    }
    if has[.value], unsafe !Float(fields.value).isFinite { throw .valueOutOfRange }
    guard has[.occurredAt] else { throw .missingOccurredAt }
    try checkTime(unsafe fields.occurred_at)
    if has[.listVersion], unsafe fields.list_version < 0 { throw .listVersionOutOfRange }
    if has[.position], unsafe fields.position < 0 { throw .positionOutOfRange }
    if has[.surface] {
      guard unsafe (1...RecordLimits.surfaceLimitBytes).contains(fields.surface.count) else { throw .lengthOfSurface }
    }
    if has[.authorID] { try checkIdentifier(unsafe fields.author_id.count, .lengthOfAuthorID) }

    return unsafe Interaction(
      eventID: has[.eventID] ? fields.event_id.copy() : nil,
      userID: fields.user_id.copy(),
      itemID: has[.itemID] ? fields.item_id.copy() : [],
      type: type,
      value: has[.value] ? fields.value : nil,
      occurredAt: fields.occurred_at,
      listVersion: has[.listVersion] ? fields.list_version : nil,
      position: has[.position] ? fields.position : nil,
      authorID: has[.authorID] ? fields.author_id.copy() : nil,
      surface: has[.surface] ? fields.surface.copy() : nil)
  }
}
