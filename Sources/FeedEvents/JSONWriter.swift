/// Appends JSON to one array of bytes. Commas come by themselves.
///
///     writer.beginObject()
///     writer.field("epoch", 8813)
///     writer.endObject()          // {"epoch":8813}
///
/// Strings must be UTF-8, which everything decoded is: they are escaped (quotes, backslashes, control characters), not
/// checked. Numbers must be finite.
package struct JSONWriter: Sendable {
  /// What has been written so far.
  package private(set) var bytes: [UInt8] = []
  private var needsComma = false

  package init(capacity: Int = 256) {
    bytes.reserveCapacity(capacity)
  }

  package mutating func beginObject() {
    separate()
    bytes.append(UInt8(ascii: "{"))
    needsComma = false
  }

  package mutating func endObject() {
    bytes.append(UInt8(ascii: "}"))
    needsComma = true
  }

  package mutating func beginArray() {
    separate()
    bytes.append(UInt8(ascii: "["))
    needsComma = false
  }

  package mutating func endArray() {
    bytes.append(UInt8(ascii: "]"))
    needsComma = true
  }

  /// A key that needs no escaping.
  package mutating func key(_ name: StaticString) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    // SAFETY: a static string's bytes live forever.
    name.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  package mutating func key(_ name: Span<UInt8>) {
    string(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  package mutating func string(_ text: Span<UInt8>) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    var mustEscape = false
    for index in text.indices { mustEscape = mustEscape || Self.mustEscape(text[index]) }
    if mustEscape {
      appendEscaped(text)
    } else {
      // SAFETY: the pointer is used within the closure only.
      unsafe text.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  package mutating func string(_ text: [UInt8]) {
    string(text.span)
  }

  package mutating func string(_ text: String) {
    string(Array(text.utf8).span)
  }

  package mutating func integer(_ value: Int64) {
    separate()
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    appendDigits(value.magnitude)
    needsComma = true
  }

  package mutating func integer(_ value: UInt64) {
    separate()
    appendDigits(value)
    needsComma = true
  }

  /// The shortest text that reads back as the same number.
  package mutating func number(_ value: Double) {
    precondition(value.isFinite, "JSON has no \(value)")
    append(value.description)
  }

  /// The shortest text that reads back as the same number.
  package mutating func number(_ value: Float) {
    precondition(value.isFinite, "JSON has no \(value)")
    append(value.description)
  }

  package mutating func bool(_ value: Bool) {
    append(value ? "true" : "false")
  }

  package mutating func null() {
    append("null")
  }

  package mutating func field(_ name: StaticString, _ value: [UInt8]) {
    key(name)
    string(value)
  }

  package mutating func field(_ name: StaticString, _ value: Int64) {
    key(name)
    integer(value)
  }

  /// Text that stands in every record in one piece, commas and all. The caller knows what comes before and after:
  /// a value if `endsValue`.
  mutating func fragment(_ json: StaticString, endsValue: Bool) {
    // SAFETY: a static string's bytes live forever.
    json.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
    needsComma = endsValue
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
  }

  private mutating func append(_ literal: String) {
    separate()
    bytes.append(contentsOf: literal.utf8)
    needsComma = true
  }

  private mutating func appendDigits(_ value: UInt64) {
    // 20 digits are the most that 64 bits have.
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var start = 20
    var rest = value
    repeat {
      start -= 1
      digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    while start < 20 {
      bytes.append(digits[start])
      start += 1
    }
  }

  private static func mustEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private mutating func appendEscaped(_ text: Span<UInt8>) {
    for index in text.indices {
      let byte = text[index]
      guard Self.mustEscape(byte) else {
        bytes.append(byte)
        continue
      }
      bytes.append(UInt8(ascii: "\\"))
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
      case 0x08: bytes.append(UInt8(ascii: "b"))
      case 0x09: bytes.append(UInt8(ascii: "t"))
      case 0x0A: bytes.append(UInt8(ascii: "n"))
      case 0x0C: bytes.append(UInt8(ascii: "f"))
      case 0x0D: bytes.append(UInt8(ascii: "r"))
      default:
        bytes.append(contentsOf: "u00".utf8)
        for digit in [byte >> 4, byte & 15] {
          bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
      }
    }
  }
}
