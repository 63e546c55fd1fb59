internal import CYaml

/// libyaml's parser as a row of events with places. Refuses what no configuration file needs: anchors, aliases, tags.
@safe final class YAMLEventReader {
  struct Event {
    enum Kind: Equatable {
      case streamStart, streamEnd, documentStart, documentEnd
      case mappingStart, mappingEnd, sequenceStart, sequenceEnd
      case scalar(String, isPlain: Bool)
    }

    var kind: Kind
    /// From 1.
    var line: Int
    var column: Int

    func error(_ problem: String) -> YAMLError {
      YAMLError(line: line, column: column, problem: problem)
    }
  }

  // SAFETY: both are allocated by `init`, used by one thread, and freed by `deinit` only; the parser reads `input`.
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let input: UnsafeMutableBufferPointer<UInt8>
  /// The event read last.
  private(set) var place = Event(kind: .streamStart, line: 1, column: 1)

  /// Reads `bytes`, which must be UTF-8 without a byte order mark.
  init(_ bytes: [UInt8]) {
    // SAFETY: each block is initialized in full before it is used. libyaml keeps the address of the input, which lives as
    // long as the parser.
    unsafe input = .allocate(capacity: bytes.count)
    _ = unsafe input.initialize(from: bytes)
    unsafe parser = .allocate(capacity: 1)
    unsafe parser.initialize(to: yaml_parser_t())
    let initialized = unsafe yaml_parser_initialize(parser)
    precondition(initialized == 1, "out of memory")
    // Said, not guessed: otherwise two bytes at the begin would make it UTF-16. SAFETY: as above.
    unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    unsafe yaml_parser_set_input_string(parser, input.baseAddress, input.count)
  }

  deinit {
    // SAFETY: nobody else has the pointers; the parser goes before what it reads.
    unsafe yaml_parser_delete(parser)
    unsafe parser.deallocate()
    unsafe input.deallocate()
  }

  /// The next event; never `streamStart`.
  func next() throws(YAMLError) -> Event {
    repeat { place = try read() } while place.kind == .streamStart
    return place
  }

  private func read() throws(YAMLError) -> Event {
    // SAFETY: the parser fills the event; it is deleted below, after everything in it has been copied. Its type says which
    // member of the union is the one that was filled.
    var event = unsafe yaml_event_t()
    guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw problem() }
    defer { unsafe yaml_event_delete(&event) }
    var result = unsafe Event(
      kind: .streamStart, line: event.start_mark.line + 1, column: event.start_mark.column + 1)
    switch unsafe event.type {
    case YAML_STREAM_START_EVENT: result.kind = .streamStart
    case YAML_STREAM_END_EVENT: result.kind = .streamEnd
    case YAML_DOCUMENT_START_EVENT: result.kind = .documentStart
    case YAML_DOCUMENT_END_EVENT: result.kind = .documentEnd
    case YAML_MAPPING_START_EVENT:
      // SAFETY: the member that this type fills.
      let start = unsafe event.data.mapping_start
      try unsafe refuse(anchor: start.anchor, tag: start.tag, in: result)
      result.kind = .mappingStart
    case YAML_MAPPING_END_EVENT: result.kind = .mappingEnd
    case YAML_SEQUENCE_START_EVENT:
      // SAFETY: as above.
      let start = unsafe event.data.sequence_start
      try unsafe refuse(anchor: start.anchor, tag: start.tag, in: result)
      result.kind = .sequenceStart
    case YAML_SEQUENCE_END_EVENT: result.kind = .sequenceEnd
    case YAML_SCALAR_EVENT:
      // SAFETY: as above.
      let scalar = unsafe event.data.scalar
      try unsafe refuse(anchor: scalar.anchor, tag: scalar.tag, in: result)
      // SAFETY: libyaml owns `length` bytes at `value` until the event is deleted.
      let text = unsafe String(
        decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      result.kind = unsafe .scalar(text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
    default:
      throw result.error("aliases are not allowed")
    }
    return result
  }

  private func refuse(
    anchor: UnsafeMutablePointer<UInt8>?, tag: UnsafeMutablePointer<UInt8>?, in event: Event
  ) throws(YAMLError) {
    // SAFETY: only compared, never read.
    if unsafe anchor != nil { throw event.error("anchors are not allowed") }
    if unsafe tag != nil { throw event.error("tags are not allowed") }
  }

  private func problem() -> YAMLError {
    // SAFETY: after a failed call the parser's problem is a constant string of libyaml's, or nil.
    let text = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "out of memory"
    // The reader, which meets forbidden characters, knows only the offset of the byte.
    if unsafe parser.pointee.error == YAML_READER_ERROR {
      // SAFETY: the parser is initialized, and its offset lies inside the input or at its end.
      let before = unsafe Array(input.prefix(parser.pointee.problem_offset))
      let line = 1 + before.count { $0 == UInt8(ascii: "\n") }
      let tail = before.reversed().prefix { $0 != UInt8(ascii: "\n") }
      return YAMLError(line: line, column: 1 + tail.count { $0 & 0xc0 != 0x80 }, problem: text)
    }
    // SAFETY: the parser is initialized.
    let mark = unsafe parser.pointee.problem_mark
    return YAMLError(line: mark.line + 1, column: mark.column + 1, problem: text)
  }
}
