/// How far a long task has come, as one line of text. Pure.
///
///     [=========>          ]  47 %  4,700,000 of 10,000,000  1,213,000/s  0:04 left
public struct ProgressBar: Equatable, Sendable {
  /// What is counted, for example `events`. May be empty.
  public var unit: String
  /// How many there are; `nil`: nobody knows.
  public var total: Int?

  /// A bar for `total` things.
  public init(unit: String = "", total: Int?) {
    self.unit = unit
    self.total = total
  }

  /// The line after `done` things in `seconds`.
  /// - Parameter width: The number of cells of the bar itself.
  public func line(done: Int, seconds: Double, width: Int = 20) -> String {
    var parts: [String] = []
    let rate = seconds > 0 ? Double(done) / seconds : 0
    if let total, total > 0 {
      let share = min(1, max(0, Double(done) / Double(total)))
      let cells = Int(share * Double(width))
      let head = cells < width ? ">" : ""
      let rest = String(repeating: " ", count: max(0, width - cells - 1))
      parts.append("[" + String(repeating: "=", count: cells) + head + rest + "]")
      // Rounded down: 100 % means done.
      let percent = "\(Int(share * 100))"
      parts.append(String(repeating: " ", count: 3 - percent.count) + percent + " %")
      parts.append("\(Self.grouped(done)) of \(Self.grouped(total))" + (unit.isEmpty ? "" : " " + unit))
    } else {
      parts.append(Self.grouped(done) + (unit.isEmpty ? "" : " " + unit))
    }
    parts.append("\(rate < 10 ? "\((rate * 10).rounded() / 10)" : Self.grouped(Int(rate)))/s")
    if let total, done < total, rate > 0 {
      parts.append("\(Self.clock(Double(total - done) / rate)) left")
    } else {
      parts.append(Self.clock(seconds))
    }
    return parts.joined(separator: "  ")
  }

  /// Digits in groups of three.
  static func grouped(_ value: Int) -> String {
    var digits = Array("\(value.magnitude)")
    for index in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: index) }
    return (value < 0 ? "-" : "") + String(digits)
  }

  /// `m:ss`, or `h:mm:ss` from an hour on.
  static func clock(_ seconds: Double) -> String {
    // Beyond 1,000 hours nobody reads the seconds, and infinity has none.
    let whole = Int(min(max(0, seconds.isFinite ? seconds.rounded() : 3_600_000), 3_600_000))
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let (minutes, rest) = (whole / 60, whole % 60)
    return minutes < 60 ? "\(minutes):\(two(rest))" : "\(minutes / 60):\(two(minutes % 60)):\(two(rest))"
  }
}
