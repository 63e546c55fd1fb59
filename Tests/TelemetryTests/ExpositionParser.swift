/// A strict reader of Prometheus' text format 0.0.4, written from its specification: the oracle for our writer.
struct ExpositionParser {
  struct Sample: Equatable {
    var name: String
    var labels: [String: String]
    var value: Double
  }

  struct Malformed: Error, CustomStringConvertible {
    var description: String
  }

  private(set) var types: [String: String] = [:]
  private(set) var help: [String: String] = [:]
  private(set) var samples: [Sample] = []

  init(_ text: String) throws {
    guard text.isEmpty || text.hasSuffix("\n") else { throw Malformed(description: "no newline at the end") }
    var current = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      if line.hasPrefix("# HELP ") || line.hasPrefix("# TYPE ") {
        let words = line.dropFirst(7).split(separator: " ", maxSplits: 1)
        guard words.count == 2 else { throw Malformed(description: "a bare header: \(line)") }
        let name = String(words[0])
        if line.hasPrefix("# HELP ") {
          guard help.updateValue(String(words[1]), forKey: name) == nil else {
            throw Malformed(description: "HELP twice: \(name)")
          }
        } else {
          guard types.updateValue(String(words[1]), forKey: name) == nil else {
            throw Malformed(description: "TYPE twice: \(name)")
          }
          guard ["counter", "gauge", "histogram"].contains(words[1]) else {
            throw Malformed(description: "no such type: \(words[1])")
          }
          current = name
        }
        continue
      }
      let sample = try Self.sample(line)
      let suffixes = types[current] == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
      guard suffixes.contains(where: { current + $0 == sample.name }) else {
        throw Malformed(description: "\(sample.name) stands under \(current)")
      }
      guard !samples.contains(where: { $0.name == sample.name && $0.labels == sample.labels }) else {
        throw Malformed(description: "the same series twice: \(line)")
      }
      samples.append(sample)
    }
  }

  func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
    samples.first { $0.name == name && $0.labels == labels }?.value
  }

  private static func sample(_ line: Substring) throws -> Sample {
    var rest = line
    let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == ":" }
    guard let first = name.first, !first.isNumber else { throw Malformed(description: "no name: \(line)") }
    rest = rest.dropFirst(name.count)
    var labels: [String: String] = [:]
    if rest.first == "{" {
      rest = rest.dropFirst()
      while rest.first != "}" {
        let label = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        rest = rest.dropFirst(label.count)
        guard !label.isEmpty, rest.hasPrefix("=\"") else { throw Malformed(description: "no label: \(line)") }
        rest = rest.dropFirst(2)
        var value = String.UnicodeScalarView()
        var scalars = rest.unicodeScalars[...]
        scan: while true {
          guard let scalar = scalars.popFirst() else { throw Malformed(description: "an open quote: \(line)") }
          switch scalar {
          case "\"": break scan
          case "\\":
            switch scalars.popFirst() {
            case "n": value.append("\n")
            case "\\": value.append("\\")
            case "\"": value.append("\"")
            default: throw Malformed(description: "an unknown escape: \(line)")
            }
          default: value.append(scalar)
          }
        }
        rest = Substring(scalars)
        guard labels.updateValue(String(value), forKey: String(label)) == nil else {
          throw Malformed(description: "a label twice: \(line)")
        }
        if rest.first == "," { rest = rest.dropFirst() }
      }
      rest = rest.dropFirst()
    }
    guard rest.first == " " else { throw Malformed(description: "no value: \(line)") }
    let text = rest.dropFirst()
    let special: [Substring: Double] = ["+Inf": .infinity, "-Inf": -.infinity, "NaN": .nan]
    guard let value = special[text] ?? (text.first!.isLetter ? nil : Double(text)) else {
      throw Malformed(description: "no number: \(line)")
    }
    return Sample(name: String(name), labels: labels, value: value)
  }
}
