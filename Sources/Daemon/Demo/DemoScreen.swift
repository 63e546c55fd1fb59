internal import Evaluation

/// What people see: a picture that is drawn over itself in a terminal, or a line a second elsewhere.
struct DemoScreen {
  private var drawnLines = 0

  /// The picture in place of the last one.
  mutating func redraw(_ frame: DemoFrame, seconds: Int) -> String {
    let lines = picture(frame, seconds: seconds)
    // Up to where the last picture began; each line is cleared behind its end.
    let start = drawnLines > 0 ? "\u{1B}[\(drawnLines)A" : ""
    drawnLines = lines.count
    // Without wrapping meanwhile: in a narrow terminal a line must stay one line.
    return start + "\u{1B}[?7l" + lines.map { $0 + "\u{1B}[K\n" }.joined() + "\u{1B}[?7h"
  }

  private func picture(_ frame: DemoFrame, seconds: Int) -> [String] {
    let (model, lists) = (frame.model, frame.lists)
    var lines = [
      "",
      "  \(Self.padded("\(seconds) s", 8))\(Self.whole(model.eventsPerSecond)) events/s, "
        + "\(Self.grouped(model.events)) events, \(Self.grouped(model.users)) people, "
        + "\(Self.grouped(model.items)) posts",
      "          epoch \(model.epoch), lag \(model.lag), \(Self.grouped(model.lists)) lists published",
      "          event to list in a consumer's hands: "
        + "p50 \(Self.milliseconds(lists.delayMedian)), p99 \(Self.milliseconds(lists.delayP99))",
      "",
      "  Predicted before learned      newest \(Self.grouped(DemoDaemon.recentEvents))    since the start",
    ]
    lines += Self.qualityRows(model).map { row in
      "  \(Self.padded(row.name, 28))\(Self.padded(row.recent, 18))\(row.total)"
    }
    if frame.crowd.everyone.count > 0 {
      lines.append("  Planted liking of what is in a list: \(Self.worthText(frame.crowd.everyone.value))")
    }
    lines.append("")
    guard let watched = frame.crowd.watched else { return lines + ["  Looking for somebody to watch …"] }
    lines.append(
      "  \(watched.user) likes \(watched.topics.joined(separator: ", ")); list no. \(watched.count), version "
        + "\(watched.version), \(watched.newCount) of \(watched.length) new")
    lines.append("  and likes what is in it: \(Self.worthText(watched.worth))")
    lines += watched.entries.map { entry in
      let bar = String(repeating: "█", count: Int((entry.affinity * 10).rounded()))
      return "  \(entry.isNew ? "+" : " ") \(Self.padded(entry.title, 44)) \(Self.fixed(entry.affinity, 2)) \(bar)"
    }
    return lines
  }

  /// One line of what a second brought.
  static func line(_ frame: DemoFrame, seconds: Int) -> String {
    let (model, quality) = (frame.model, frame.model.recent)
    var text =
      "\(seconds) s: \(whole(model.eventsPerSecond)) events/s, epoch \(model.epoch), lag \(model.lag), "
      + "RMSE \(fixed(quality.rmse, 3)) (mean \(fixed(quality.meanRMSE, 3))), "
      + "hit@10 \(fixed(quality.hitRates?[10], 3)) (popularity \(fixed(quality.popularity?[10], 3))), "
      + "\(model.lists) lists, delay p50 \(milliseconds(frame.lists.delayMedian)) p99 "
      + "\(milliseconds(frame.lists.delayP99))"
    if let watched = frame.crowd.watched {
      text += "; \(watched.user) list \(watched.version), \(watched.newCount) new: \(worthText(watched.worth))"
    }
    return text + "\n"
  }

  /// What it came to.
  static func summary(_ frame: DemoFrame, seconds: Double) -> String {
    let model = frame.model
    var lines = [
      "", "learned \(model.learned) of \(model.events) events in \(fixed(seconds, 1)) s, \(model.epoch) epochs",
      "published \(model.lists) lists, \(frame.lists.lists) of them read: delay p50 "
        + "\(milliseconds(frame.lists.delayMedian)), p99 \(milliseconds(frame.lists.delayP99))",
    ]
    lines += qualityRows(model).map { "\($0.name): newest \($0.recent), since the start \($0.total)" }
    if frame.crowd.everyone.count > 0 {
      lines.append("planted liking of what is in a list: \(worthText(frame.crowd.everyone.value))")
    }
    if let watched = frame.crowd.watched {
      lines.append("\(watched.user), after \(watched.count) lists: \(worthText(watched.worth))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func qualityRows(_ model: DemoModel) -> [(name: String, recent: String, total: String)] {
    func row(_ name: String, _ value: (Quality) -> Double?) -> (name: String, recent: String, total: String) {
      (name, fixed(value(model.recent), 3), fixed(value(model.total), 3))
    }
    return [
      row("RMSE of ratings") { $0.rmse }, row("  of the running mean") { $0.meanRMSE },
      row("hit@10") { $0.hitRates?[10] }, row("  of popularity") { $0.popularity?[10] },
    ]
  }

  private static func worthText(_ worth: ListWorth) -> String {
    "\(fixed(worth.mean, 2)) of \(fixed(worth.best, 2)) possible, \(fixed(worth.chance, 2)) by chance"
  }

  // MARK: Text

  private static func milliseconds(_ value: Int64?) -> String { value.map { "\($0) ms" } ?? "–" }

  private static func whole(_ value: Double) -> String { grouped(Int(value.rounded())) }

  /// Thousands apart: 12,345.
  static func grouped(_ value: Int) -> String {
    var text = ""
    for (index, digit) in String(value.magnitude).reversed().enumerated() {
      if index > 0, index % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (value < 0 ? "-" : "") + String(text.reversed())
  }

  /// So many decimal places; a dash for what is not known.
  static func fixed(_ value: Double?, _ places: Int) -> String {
    guard let value, value.isFinite else { return "–" }
    let scale = [1, 10, 100, 1_000][places]
    let scaled = Int((value.magnitude * Double(scale)).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard places > 0 else { return "\(sign)\(scaled)" }
    let fraction = String(scaled % scale)
    return "\(sign)\(scaled / scale)." + String(repeating: "0", count: places - fraction.count) + fraction
  }

  /// Exactly so many characters.
  static func padded(_ text: String, _ width: Int) -> String {
    text.count > width
      ? text.prefix(width - 1) + "…" : text + String(repeating: " ", count: width - text.count)
  }
}
