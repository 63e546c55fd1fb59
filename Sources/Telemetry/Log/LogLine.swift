/// One line of the log, before it is written. Pure.
struct LogLine {
  /// The most bytes of one attached value that are written; a longer one ends in `…`.
  static let valueLimitBytes = 1_024

  let milliseconds: Int64
  let level: LogLevel
  let message: String
  let attributes: [(key: String, value: LogRepresentation)]

  /// The line in `format`, with its newline. Exactly one line, whatever the values contain.
  func text(_ format: LogFormat) -> String {
    switch format {
    case .text: plain
    case .json: json
    }
  }

  private var plain: String {
    var line = "\(Timestamp.rfc3339(milliseconds: milliseconds)) \(level.rawValue.uppercased()) \(message)"
    for (key, value) in attributes {
      line += " \(key)="
      switch value {
      case .literal(let literal): line += literal
      case .text(let text): line += Self.isPlain(text) ? text : Self.quoted(text)
      }
    }
    return line + "\n"
  }

  private var json: String {
    var line = "{\"time\":\"\(Timestamp.rfc3339(milliseconds: milliseconds))\",\"level\":\"\(level.rawValue)\","
    line += "\"message\":\(Self.quoted(message))"
    if !attributes.isEmpty {
      let pairs = attributes.map { key, value in
        switch value {
        case .literal(let literal): "\(Self.quoted(key)):\(literal)"
        case .text(let text): "\(Self.quoted(key)):\(Self.quoted(text))"
        }
      }
      line += ",\"attributes\":{\(pairs.joined(separator: ","))}"
    }
    return line + "}\n"
  }

  /// Whether text can stand without quotes: not empty, printable ASCII, no space, quote, backslash or `=`.
  private static func isPlain(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= valueLimitBytes
      && text.utf8.allSatisfy {
        (0x21...0x7e).contains($0) && ![UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "=")].contains($0)
      }
  }

  /// A JSON string. Control characters are escaped, so that no value can begin a line of its own or steer a terminal.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    var bytes = 0
    for scalar in text.unicodeScalars {
      bytes += UTF8.width(scalar)
      guard bytes <= valueLimitBytes else {
        result += "…"
        break
      }
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      // Besides C0: DEL, C1, and the two separators that some readers take for ends of lines.
      case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
