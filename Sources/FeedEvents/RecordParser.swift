import CSimdjson

// SAFETY: the handle is made in `init`, freed once in `deinit`, and not copied in between.
/// Owns simdjson's parser.
@safe struct RecordParser: ~Copyable {
  let handle: OpaquePointer

  init(limitBytes: Int, limitDepth: Int) {
    guard let handle = unsafe woonkly_json_parser_create(limitBytes, limitDepth) else {
      preconditionFailure("no memory for a parser of \(limitBytes) bytes")
    }
    unsafe self.handle = unsafe handle
  }

  deinit {
    // SAFETY: nothing else owns the handle.
    unsafe woonkly_json_parser_destroy(handle)
  }

  /// Before a byte is looked at.
  static func checkSize(_ count: Int) throws(RejectionReason) {
    if count == 0 { throw .emptyPayload }
    if count > RecordLimits.payloadLimitBytes { throw .tooLarge }
  }
}

/// Which fields a decoded record has.
struct PresentFields {
  let mask: UInt32

  @inline(__always)
  subscript(field: woonkly_json_field) -> Bool { mask & (1 << field.rawValue) != 0 }
}

extension woonkly_json_string {
  // SAFETY: valid until the parser is called again, see CSimdjson.h.
  var buffer: UnsafeBufferPointer<UInt8> { unsafe UnsafeBufferPointer(start: bytes, count: count) }

  // SAFETY: the string must be present and the parser not called since.
  func copy() -> [UInt8] { unsafe [UInt8](buffer) }
}

extension woonkly_json_result {
  func throwIfRejected() throws(RejectionReason) {
    if let reason = status.reason(field) { throw reason }
  }
}

extension woonkly_json_status {
  /// Nil for success.
  func reason(_ field: woonkly_json_field) -> RejectionReason? {
    switch self {
    case .ok: nil
    case .tooLarge: .tooLarge
    case .malformed: .malformedJSON
    case .invalidUTF8: .invalidUTF8
    case .tooDeep: .tooDeep
    case .notAnObject: .notAnObject
    case .duplicateField: .duplicateField
    case .wrongType: field.wrongType
    case .belowRange: field.outOfRange(below: true)
    case .aboveRange: field.outOfRange(below: false)
    case .tooManyTags: .tooManyTags
    }
  }
}

extension woonkly_json_field {
  fileprivate var wrongType: RejectionReason {
    switch self {
    case .eventID: .wrongTypeOfEventID
    case .userID: .wrongTypeOfUserID
    case .itemID: .wrongTypeOfItemID
    case .type: .wrongTypeOfType
    case .value: .wrongTypeOfValue
    case .occurredAt: .wrongTypeOfOccurredAt
    case .listVersion: .wrongTypeOfListVersion
    case .position: .wrongTypeOfPosition
    case .surface: .wrongTypeOfSurface
    case .authorID: .wrongTypeOfAuthorID
    case .title: .wrongTypeOfTitle
    case .tags: .wrongTypeOfTags
    case .author: .wrongTypeOfAuthor
    case .created: .wrongTypeOfCreated
    case .expires: .wrongTypeOfExpires
    case .active: .wrongTypeOfActive
    }
  }

  fileprivate func outOfRange(below: Bool) -> RejectionReason {
    switch self {
    case .listVersion: .listVersionOutOfRange
    case .position: .positionOutOfRange
    case .occurredAt, .created, .expires: below ? .timeNegative : .timeTooLate
    case .value: .valueOutOfRange
    case .eventID, .userID, .itemID, .type, .surface, .authorID, .title, .tags, .author, .active:
      preconditionFailure("not a number field")
    }
  }
}
