import CSimdjson

/// Reads any JSON document into a ``JSONValue``. Checks it completely, and that no object has a key twice.
package final class JSONReader {
  private let parser: RecordParser
  private let limitBytes: Int

  /// A reader for documents of up to `limitBytes` bytes that nest up to `limitDepth` deep.
  package init(limitBytes: Int = RecordLimits.payloadLimitBytes, limitDepth: Int = RecordLimits.depthLimit) {
    parser = RecordParser(limitBytes: limitBytes, limitDepth: limitDepth)
    self.limitBytes = limitBytes
  }

  /// O(bytes).
  /// - Throws: `emptyPayload`, `tooLarge`, `malformedJSON` (also for a number beyond a double), `invalidUTF8`,
  ///   `tooDeep` or `duplicateField`.
  package func read(_ document: [UInt8]) throws(RejectionReason) -> JSONValue {
    try read(document.span)
  }

  /// As for an array.
  package func read(_ document: Span<UInt8>) throws(RejectionReason) -> JSONValue {
    if document.isEmpty { throw .emptyPayload }
    if document.count > limitBytes { throw .tooLarge }
    // SAFETY: the parser copies the document.
    let status = unsafe document.withUnsafeBufferPointer { bytes in
      unsafe woonkly_json_walk_begin(parser.handle, bytes.baseAddress, bytes.count)
    }
    if let reason = status.reason(.value) { throw reason }
    // SAFETY: strings are copied out before the parser is called again.
    return try unsafe value(from: woonkly_json_walk_next(parser.handle))
  }

  // SAFETY: the token must be the walk's latest.
  private func value(from token: woonkly_json_token) throws(RejectionReason) -> JSONValue {
    switch unsafe token.kind {
    case .null: return .null
    case .false: return .bool(false)
    case .true: return .bool(true)
    case .int64: return .int64(unsafe token.int64)
    case .uint64: return .uint64(unsafe token.uint64)
    case .double: return .double(unsafe token.real)
    case .string: return .string(unsafe token.string.copy())
    case .arrayStart: return .array(try elements())
    case .objectStart: return .object(try members())
    case .arrayEnd, .objectEnd, .documentEnd: preconditionFailure("the parser's walk is out of step")
    }
  }

  private func elements() throws(RejectionReason) -> [JSONValue] {
    var elements: [JSONValue] = []
    while true {
      // SAFETY: copied out before the next call.
      let token = unsafe woonkly_json_walk_next(parser.handle)
      if unsafe token.kind == .arrayEnd { return elements }
      elements.append(try unsafe value(from: token))
    }
  }

  private func members() throws(RejectionReason) -> [JSONMember] {
    var members: [JSONMember] = []
    while true {
      // SAFETY: copied out before the next call.
      let token = unsafe woonkly_json_walk_next(parser.handle)
      if unsafe token.kind == .objectEnd { break }
      let key = unsafe token.string.copy()
      members.append(JSONMember(key: key, value: try unsafe value(from: woonkly_json_walk_next(parser.handle))))
    }
    guard Self.keysDiffer(members) else { throw .duplicateField }
    return members
  }

  private static func keysDiffer(_ members: [JSONMember]) -> Bool {
    Set(members.map(\.key)).count == members.count
  }
}

@available(*, unavailable)
extension JSONReader: Sendable {}
