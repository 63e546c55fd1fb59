internal import CYaml

/// A YAML document of nested maps, read as dotted keys with their places.
///
///     kafka:
///       bootstrap_servers: broker:9092       kafka.bootstrap_servers = broker:9092   at 2:3
///     http.port: 0                           http.port = 0                           at 3:1
///
/// A value is one scalar, or a list of scalars. Anchors, aliases, tags, keys given twice, second documents and
/// anything that is not UTF-8 are errors: a configuration file has no use for them, and they hide mistakes.
package struct FlatYAML: Equatable {
  package static let limitBytes = 1 << 20
  package static let limitDepth = 8
  package static let limitEntries = 4_096

  /// One setting.
  package struct Entry: Equatable {
    /// The dotted key.
    package var key: String
    /// The scalar, or the list's scalars joined by commas.
    package var value: String
    /// Whether it was a list.
    package var isList: Bool
    /// Where the key stands, from 1.
    package var line: Int
    /// Where the key stands, from 1, in characters.
    package var column: Int

    /// A setting with its place.
    package init(key: String, value: String, isList: Bool = false, line: Int, column: Int) {
      self.key = key
      self.value = value
      self.isList = isList
      self.line = line
      self.column = column
    }
  }

  /// In the order of the file.
  package private(set) var entries: [Entry] = []
  /// By the keys' bytes.
  private var positions: [[UInt8]: Int] = [:]

  /// Reads a document. An empty one has no entries.
  package init(_ bytes: [UInt8]) throws(YAMLError) {
    guard bytes.count <= Self.limitBytes else {
      throw YAMLError(line: 1, column: 1, problem: "the file is larger than \(Self.limitBytes) bytes")
    }
    if let invalid = Self.invalidPlace(bytes) {
      throw YAMLError(line: invalid.line, column: invalid.column, problem: "not UTF-8")
    }
    let content = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? Array(bytes.dropFirst(3)) : bytes
    let reader = YAMLEventReader(content)
    while true {
      let event = try reader.next()
      switch event.kind {
      case .documentStart: try readDocument(reader)
      case .streamEnd: return
      default: throw event.error("a map of settings is expected here")
      }
    }
  }

  private mutating func readDocument(_ reader: YAMLEventReader) throws(YAMLError) {
    guard entries.isEmpty else { throw reader.place.error("a second document") }
    let top = try reader.next()
    switch top.kind {
    case .mappingStart: try readMap(reader, prefix: "", depth: 1)
    // A file of comments only, or "---" alone.
    case .scalar(let text, isPlain: true) where text.isEmpty: break
    default: throw top.error("a map of settings is expected here")
    }
    let end = try reader.next()
    guard case .documentEnd = end.kind else { throw end.error("the document does not end here") }
  }

  private mutating func readMap(_ reader: YAMLEventReader, prefix: String, depth: Int) throws(YAMLError) {
    while true {
      let key = try reader.next()
      switch key.kind {
      case .mappingEnd: return
      case .scalar(let name, _):
        guard !name.isEmpty else { throw key.error("an empty key") }
        try readValue(reader, of: Entry(key: prefix + name, value: "", line: key.line, column: key.column), depth)
      default: throw key.error("a key has to be a word")
      }
    }
  }

  private mutating func readValue(_ reader: YAMLEventReader, of key: Entry, _ depth: Int) throws(YAMLError) {
    var entry = key
    let value = try reader.next()
    switch value.kind {
    case .mappingStart:
      guard depth < Self.limitDepth else { throw value.error("maps are nested deeper than \(Self.limitDepth)") }
      try readMap(reader, prefix: entry.key + ".", depth: depth + 1)
      return
    case .sequenceStart:
      entry.value = try readList(reader, of: entry.key).joined(separator: ",")
      entry.isList = true
    case .scalar(let text, let isPlain):
      guard !isPlain || !["", "~", "null"].contains(text) else { throw key.error("\(entry.key) has no value") }
      entry.value = text
    default: throw value.error("\(entry.key) needs a value")
    }
    if let position = positions.updateValue(entries.count, forKey: Array(entry.key.utf8)) {
      let first = entries[position]
      throw key.error("\(entry.key) is given twice, first at \(first.line):\(first.column)")
    }
    guard entries.count < Self.limitEntries else { throw key.error("more than \(Self.limitEntries) settings") }
    entries.append(entry)
  }

  private func readList(_ reader: YAMLEventReader, of key: String) throws(YAMLError) -> [String] {
    var values: [String] = []
    while true {
      let element = try reader.next()
      switch element.kind {
      case .sequenceEnd: return values
      case .scalar(let text, _) where !text.isEmpty: values.append(text)
      default: throw element.error("the list of \(key) may hold words only")
      }
    }
  }

  /// Line and column, from 1, of the first byte that is no UTF-8.
  private static func invalidPlace(_ bytes: [UInt8]) -> (line: Int, column: Int)? {
    do {
      _ = try UTF8Span(validating: bytes.span)
      return nil
    } catch {
      let before = bytes[..<error.byteOffsets.lowerBound]
      let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
      let line = 1 + before.count { $0 == UInt8(ascii: "\n") }
      return (line, 1 + String(decoding: before[lineStart...], as: UTF8.self).unicodeScalars.count)
    }
  }
}

extension FlatYAML.Entry {
  fileprivate func error(_ problem: String) -> YAMLError {
    YAMLError(line: line, column: column, problem: problem)
  }
}
