/// What was measured: one line each, the median of the rounds with the extremes beside it.
struct BenchReport {
  struct Row {
    let name: String
    let median: Double
    let low: Double
    let high: Double
    let unit: String
    /// Against what, and how many times as much.
    var comparison: (name: String, ratio: Double)?
  }

  let options: BenchOptions
  private(set) var rows: [Row] = []

  init(_ options: BenchOptions) { self.options = options }

  /// Adds the rounds of one measurement and returns their median.
  @discardableResult
  mutating func add(
    _ name: String, _ rounds: [Double], _ unit: String, against base: (name: String, median: Double)? = nil
  ) -> Double {
    let sorted = rounds.sorted()
    let median = sorted[sorted.count / 2]
    rows.append(
      Row(
        name: name, median: median, low: sorted[0], high: sorted[sorted.count - 1], unit: unit,
        comparison: base.map { ($0.name, median / $0.median) }))
    Bench.note("\(name): \(Self.text(median)) \(unit)")
    return median
  }

  var table: String {
    var cells = [["", "median", "lowest", "highest", "", ""]]
    for row in rows {
      cells.append([
        row.name, Self.text(row.median), Self.text(row.low), Self.text(row.high), row.unit,
        row.comparison.map { "\(Self.text($0.ratio)) x \($0.name)" } ?? "",
      ])
    }
    let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    let lines = cells.map { row in
      row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return (1...3).contains(column) ? padding + row[column] : row[column] + padding
      }.joined(separator: "  ")
    }
    return (["\(options.events) events, \(options.rounds) rounds", ""] + lines).joined(separator: "\n")
  }

  /// Names and units are this program's own words: nothing in them has to be escaped.
  var json: String {
    let results = rows.map { row in
      #"{"name":"\#(row.name)","unit":"\#(row.unit)","median":\#(row.median),"low":\#(row.low),"high":\#(row.high)"#
        + (row.comparison.map { #","against":"\#($0.name)","ratio":\#($0.ratio)"# } ?? "") + "}"
    }
    return #"{"events":\#(options.events),"rounds":\#(options.rounds),"results":[\#(results.joined(separator: ","))]}"#
  }

  /// Three digits that matter.
  static func text(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    if value >= 100 {
      var text = ""
      for (index, digit) in String(Int(value.rounded())).reversed().enumerated() {
        if index > 0, index % 3 == 0 { text.append(",") }
        text.append(digit)
      }
      return String(text.reversed())
    }
    let scale = value >= 10 ? 10.0 : value >= 1 ? 100.0 : 1_000.0
    return "\((value * scale).rounded() / scale)"
  }
}
