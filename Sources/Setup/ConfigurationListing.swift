internal import Settings

extension EffectiveConfiguration {
  /// The configuration as a YAML file with dotted keys, which reads back to the same values. A comment says where each one
  /// comes from. A secret is left out, as a comment; one from a file is there by the file's name.
  package var yaml: String {
    var text = ""
    var section = Substring()
    for key in Configuration.settings.map(\.key) + configuration.patternKeys {
      guard let setting = Configuration.setting(key) else { continue }
      let begin = key.prefix { $0 != "." }
      if begin != section { text += "\n" }
      section = begin
      let value = setting.text(in: configuration)
      let line = Self.isSecret(key) ? "# \(key): \(value)" : "\(key): \(Self.scalar(value))"
      text += line + String(repeating: " ", count: max(1, 52 - line.count)) + "# \(source(of: key))\n"
    }
    return text
  }

  /// Text as a YAML scalar: plain where that cannot be mistaken, else in double quotes.
  private static func scalar(_ text: String) -> String {
    let isPlain =
      text.utf8.first.map { isWord($0) || $0 == UInt8(ascii: "/") } ?? false
      && text.utf8.allSatisfy { isWord($0) || "._-/:,+".utf8.contains($0) } && !text.hasSuffix(":") && text != "null"
    guard !isPlain else { return text }
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{2028}", "\u{2029}", "\u{feff}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }
}
