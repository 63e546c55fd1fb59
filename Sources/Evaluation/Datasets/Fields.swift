/// Cuts a line into fields and reads numbers from them, without making a `String` unless something is wrong.
enum Fields {
  /// The field that starts at `position`, which moves behind the separator; nil when the line has ended already.
  static func next(in line: Span<UInt8>, from position: inout Int, separator: [UInt8]) -> Range<Int>? {
    guard position <= line.count else { return nil }
    let start = position
    var end = start
    while end + separator.count <= line.count {
      if matches(separator, in: line, at: end) {
        position = end + separator.count
        return start..<end
      }
      end += 1
    }
    position = line.count + 1
    return start..<line.count
  }

  private static func matches(_ separator: [UInt8], in line: Span<UInt8>, at index: Int) -> Bool {
    for offset in separator.indices where line[index + offset] != separator[offset] { return false }
    return true
  }

  /// A plain decimal number as it would be printed: digits only, no leading zero, so that printing it gives the text back.
  static func natural(_ line: Span<UInt8>, _ range: Range<Int>) -> UInt32? {
    guard !range.isEmpty, range.count <= 10 else { return nil }
    if range.count > 1, line[range.lowerBound] == UInt8(ascii: "0") { return nil }
    var value: UInt64 = 0
    for index in range {
      guard let digit = digit(line[index]) else { return nil }
      value = value * 10 + UInt64(digit)
    }
    return UInt32(exactly: value)
  }

  /// A decimal number with at most three places, in thousandths: exact, where a `Float` would not be.
  static func thousandths(_ line: Span<UInt8>, _ range: Range<Int>) -> Int32? {
    var index = range.lowerBound
    let isNegative = index < range.upperBound && line[index] == UInt8(ascii: "-")
    if isNegative { index += 1 }
    var value: Int64 = 0
    var digits = 0
    var places: Int?
    while index < range.upperBound {
      if line[index] == UInt8(ascii: "."), places == nil {
        places = 0
      } else if let digit = digit(line[index]), digits < 10 {
        value = value * 10 + Int64(digit)
        digits += 1
        places = places.map { $0 + 1 }
      } else {
        return nil
      }
      index += 1
    }
    guard digits > 0, places ?? 0 <= 3 else { return nil }
    for _ in (places ?? 0)..<3 { value *= 10 }
    return Int32(exactly: isNegative ? -value : value)
  }

  /// The text of a field, for an error message.
  static func text(_ line: Span<UInt8>, _ range: Range<Int>) -> String {
    String(decoding: bytes(line, range), as: UTF8.self)
  }

  /// A copy of a field.
  static func bytes(_ line: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
    range.map { line[$0] }
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    let value = byte &- UInt8(ascii: "0")
    return value < 10 ? value : nil
  }
}

extension [UInt8] {
  /// The same text as UTF-8, when these bytes are ISO 8859-1 (whose codes are the first 256 of Unicode).
  var utf8FromLatin1: [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(count)
    for byte in self {
      if byte < 0x80 {
        result.append(byte)
      } else {
        result.append(0xC0 | byte >> 6)
        result.append(0x80 | byte & 0x3F)
      }
    }
    return result
  }

  /// These bytes if they are UTF-8, otherwise the text they are as ISO 8859-1: the `::` releases have used both.
  var utf8OrLatin1: [UInt8] {
    String(validating: self, as: UTF8.self) == nil ? utf8FromLatin1 : self
  }
}
