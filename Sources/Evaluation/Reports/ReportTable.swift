extension EvaluationReport {
  /// The report as a table for a terminal: one measure a line, the last half beside all events, baselines beside the model.
  public var table: String {
    ([heading, ""] + Self.aligned(rows) + ["", footing]).joined(separator: "\n") + "\n"
  }

  /// The table's cells, the head first.
  var rows: [[String]] {
    let (halves, none) = (lastHalf ?? Quality(), "–")
    var rows = [["", "all", "last half", "baseline", "last half", ""]]
    func add(
      _ name: String, _ value: (Quality) -> Double?, baseline: ((Quality) -> Double?)? = nil, _ note: String = ""
    ) {
      let cells = [value(all), value(halves), baseline?(all), baseline?(halves)]
      guard cells.contains(where: { $0 != nil }) else { return }
      rows.append([name] + cells.map { $0.map(Self.fourPlaces) ?? none } + [note])
    }
    add("RMSE", \.rmse, baseline: \.meanRMSE, "running mean")
    add("MAE", \.mae)
    for cutoff in HitRates.cutoffs {
      add("hit@\(cutoff)", { $0.hitRates?[cutoff] }, baseline: { $0.popularity?[cutoff] }, "popularity")
    }
    add("MRR", \.mrr)
    add("nDCG@10", \.ndcgAt10)
    for cutoff in HitRates.cutoffs { add("hit@\(cutoff), re-ranked", { $0.twoStage?[cutoff] }) }
    for cutoff in HitRates.cutoffs { add("hit@\(cutoff), seen included", { $0.includingSeen?[cutoff] }) }
    return rows
  }

  private var heading: String {
    (model == .online ? "" : "\(model.rawValue), ")
      + "\(procedure.rawValue): \(Self.grouped(events)) events in \(Self.rounded(seconds, places: 1)) s"
      + (seconds > 0 ? ", \(Self.grouped(Int((Double(events) / seconds).rounded()))) a second" : "")
  }

  private var footing: String {
    "peak memory \(peakMemory)" + (digestText.map { ", digest \($0)" } ?? "")
  }

  /// The most memory, in words.
  var peakMemory: String { "\(Self.grouped((peakRSSBytes + 524_288) / 1_048_576)) MiB" }

  /// First and last column to the left, numbers to the right.
  private static func aligned(_ rows: [[String]]) -> [String] {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return column == 0 || column == row.count - 1 ? row[column] + padding : padding + row[column]
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }

  static func fourPlaces(_ value: Double) -> String {
    rounded(value, places: 4)
  }

  static func rounded(_ value: Double, places: Int) -> String {
    var scale = 1
    for _ in 0..<places { scale *= 10 }
    let scaled = (value * Double(scale)).rounded()
    guard abs(scaled) < 0x1p53 else { return value.description }
    let digits = String(Int(abs(scaled)))
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    let point = padded.index(padded.endIndex, offsetBy: -places)
    return (scaled < 0 ? "-" : "") + padded[..<point] + "." + padded[point...]
  }

  /// Rounded to places; a whole number has its thousands set apart.
  static func shown(_ value: Double, places: Int) -> String {
    guard places == 0, abs(value) < 0x1p53 else { return rounded(value, places: places) }
    return grouped(Int(value.rounded()))
  }

  /// Thousands set apart by commas.
  static func grouped(_ value: Int) -> String {
    var result = ""
    for (position, digit) in String(value.magnitude).reversed().enumerated() {
      if position > 0, position % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return (value < 0 ? "-" : "") + String(result.reversed())
  }
}
