/// HTML or SVG text that is safe to put into a page.
///
/// Made from literals, into which text can only get escaped: what comes from outside cannot become an element or end an
/// attribute.
///
///     let cell: Markup = "<td title=\"\(title)\">\(name)</td>"
struct Markup: ExpressibleByStringInterpolation {
  private(set) var text: String

  init(stringLiteral value: String) { text = value }

  init(stringInterpolation: Interpolation) { text = stringInterpolation.text }

  private init(text: String) { self.text = text }

  /// One after the other.
  static func joined(_ parts: some Sequence<Markup>, separator: String = "\n") -> Markup {
    Markup(text: parts.map(\.text).joined(separator: separator))
  }

  struct Interpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity) }

    mutating func appendLiteral(_ literal: String) { text += literal }

    mutating func appendInterpolation(_ markup: Markup) { text += markup.text }

    mutating func appendInterpolation(_ outside: String) { text += Markup.escaped(outside) }

    mutating func appendInterpolation(_ number: Int) { text += String(number) }

    /// A coordinate, to a tenth.
    mutating func appendInterpolation(_ coordinate: Double) {
      text += EvaluationReport.rounded(coordinate, places: 1)
    }
  }

  /// The five characters of markup as entities; those that XML does not allow as U+FFFD.
  static func escaped(_ outside: String) -> String {
    var result = ""
    for scalar in outside.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{fffe}", "\u{ffff}": result += "\u{fffd}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
