/// The fields of one line of comma-separated values (RFC 4180, without line breaks inside quotes).
struct CSVRow {
  /// The fields' bytes, quotes removed.
  let fields: [[UInt8]]

  /// Cuts a line.
  ///
  /// A quote inside a quoted field is doubled. A quote in the middle of an unquoted field stands for itself.
  init(_ line: Span<UInt8>) throws(DatasetError.Problem) {
    let (comma, quote) = (UInt8(ascii: ","), UInt8(ascii: "\""))
    var fields: [[UInt8]] = [[]]
    var isQuoted = false
    var index = 0
    while index < line.count {
      let byte = line[index]
      index += 1
      if isQuoted {
        if byte != quote {
          fields[fields.count - 1].append(byte)
        } else if index < line.count, line[index] == quote {
          fields[fields.count - 1].append(quote)
          index += 1
        } else {
          isQuoted = false
        }
      } else if byte == comma {
        fields.append([])
      } else if byte == quote, index == 1 || line[index - 2] == comma {
        isQuoted = true
      } else {
        fields[fields.count - 1].append(byte)
      }
    }
    if isQuoted { throw .unterminatedQuote }
    self.fields = fields
  }

  /// The field at a position.
  func field(_ index: Int, named name: String) throws(DatasetError.Problem) -> [UInt8] {
    guard index < fields.count else { throw .missingField(name) }
    return fields[index]
  }
}
