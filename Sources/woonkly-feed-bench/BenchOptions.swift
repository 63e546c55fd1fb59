/// What is to be measured.
struct BenchOptions {
  enum Part: String, CaseIterable { case decode, learn, lists, consume, daemon }

  static let usage = """
    usage: woonkly-feed-bench [--events N] [--bootstrap-servers HOST:PORT] [--rounds N] [--only PART,…] [--json]
      --events N                      events in the log; 100,000 unless given, 1,000,000 with a real Kafka
      --bootstrap-servers HOST:PORT   a real Kafka, in which topics are created; otherwise an embedded cluster
      --rounds N                      rounds of which medians are taken; 5 unless given
      --only PART,…                   of decode, learn, lists, consume, daemon
      --json                          one JSON object instead of a table
    """

  var events = 100_000
  var bootstrapServers: String?
  var rounds = 5
  var parts = Set(Part.allCases)
  var isJSON = false

  struct UsageError: Error, CustomStringConvertible {
    let description: String
  }

  /// Nil: help is asked for.
  init?(_ arguments: [String]) throws(UsageError) {
    var rest = arguments[...]
    var events: Int?
    while let name = rest.popFirst() {
      switch name {
      case "--help", "-h": return nil
      case "--json": isJSON = true
      case "--events": events = try Self.number(name, rest.popFirst(), in: 1_000...50_000_000)
      case "--rounds": rounds = try Self.number(name, rest.popFirst(), in: 1...100)
      case "--bootstrap-servers":
        guard let servers = rest.popFirst() else { throw UsageError(description: "\(name) takes HOST:PORT") }
        bootstrapServers = servers
      case "--only":
        parts = []
        for word in (rest.popFirst() ?? "").split(separator: ",") {
          guard let part = Part(rawValue: String(word)) else {
            throw UsageError(description: "there is no part \(word) to measure")
          }
          parts.insert(part)
        }
      default: throw UsageError(description: "there is no option \(name)")
      }
    }
    self.events = events ?? (bootstrapServers == nil ? 100_000 : 1_000_000)
  }

  private static func number(_ name: String, _ text: String?, in range: ClosedRange<Int>) throws(UsageError) -> Int {
    guard let text, let number = Int(text), range.contains(number) else {
      throw UsageError(
        description: "\(name) takes a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}
