/// Prometheus' text format, version 0.0.4, written line by line.
struct Exposition {
  private(set) var text = ""

  /// `# HELP` and `# TYPE`, which come once before the samples of a name.
  mutating func header(_ name: String, help: String, type: String) {
    text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(type)\n"
  }

  mutating func sample(_ name: String, _ value: String, _ labels: [(name: String, value: String)] = []) {
    text += name
    if !labels.isEmpty {
      text += "{" + labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }.joined(separator: ",") + "}"
    }
    text += " \(value)\n"
  }

  /// The buckets are cumulative and the last one, `+Inf`, equals the count: both are read from one snapshot.
  mutating func histogram(
    _ name: String, _ labels: [(name: String, value: String)], _ distribution: Distribution
  ) {
    var cumulative: UInt64 = 0
    for (bound, count) in zip(distribution.bounds + [.infinity], distribution.counts) {
      cumulative += count
      sample("\(name)_bucket", "\(cumulative)", labels + [(name: "le", value: Self.number(bound))])
    }
    sample("\(name)_sum", Self.number(distribution.sum), labels)
    sample("\(name)_count", "\(cumulative)", labels)
  }

  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    // Bounds such as 1 and 60 are spelled as whole numbers, as every other client spells them.
    if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 { return "\(whole)" }
    return "\(value)"
  }

  private static func escaped(_ value: String, quotes: Bool) -> String {
    var result = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\"" where quotes: result += "\\\""
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
