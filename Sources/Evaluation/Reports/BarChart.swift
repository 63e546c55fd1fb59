/// One row per category, with a bar in each panel and, where there is one, a mark for what it is compared with.
struct BarChart {
  /// A column of bars on one scale.
  struct Panel {
    let name: String
    let values: [Double]
    /// Compared with; as many as values, or none.
    var marks: [(style: ChartStyle, values: [Double])] = []
    /// Decimal places of the numbers beside the bars; 0 groups thousands.
    let places: Int
    /// Whether bars go left as well, from a zero in the middle.
    var hasSigns = false
  }

  let id: String
  let title: String
  let description: String
  /// What the categories are.
  let rowName: String
  let labels: [String]
  let panels: [Panel]
  /// How many events each row is about, for a last column without bars; nil leaves it out.
  var events: [Int]?
  var width = 500.0
  var rowHeight = 22.0

  private static let (labelWidth, top, barHeight, gap, numberWidth) = (100.0, 30.0, 10.0, 18.0, 52.0)
  private static let eventsWidth = 50.0

  var markup: Markup {
    let height = Self.top + rowHeight * Double(labels.count) + 6
    let names = labels.indices.map { row -> Markup in
      "<text class=\"end\" x=\"\(Self.labelWidth - 13)\" y=\"\(middle(row) + 4)\">\(labels[row])</text>"
    }
    let end = events == nil ? width : width - Self.eventsWidth - Self.gap
    let panelWidth = (end - Self.labelWidth - Self.gap * Double(panels.count - 1)) / Double(panels.count)
    let drawn = panels.indices.map { index in
      draw(panels[index], from: Self.labelWidth + Double(index) * (panelWidth + Self.gap), panelWidth, height)
    }
    return """
      <svg viewBox="0 0 \(Int(width)) \(Int(height))" role="img" aria-labelledby="\(id)-title \(id)-text">
      <title id="\(id)-title">\(title)</title>
      <desc id="\(id)-text">\(description)</desc>
      <text class="name end" x="\(Self.labelWidth - 13)" y="11">\(rowName)</text>
      \(.joined(names))
      \(.joined(drawn))
      \(eventsColumn)
      </svg>
      """
  }

  private var eventsColumn: Markup {
    guard let events else { return "" }
    let cells = events.indices.map { row -> Markup in
      "<text class=\"end\" x=\"\(width)\" y=\"\(middle(row) + 4)\">\(EvaluationReport.grouped(events[row]))</text>"
    }
    return """
      <text class="name end" x="\(width)" y="11">events</text>
      \(.joined(cells))
      """
  }

  private func middle(_ row: Int) -> Double { Self.top + (Double(row) + 0.5) * rowHeight }

  private func draw(_ panel: Panel, from left: Double, _ panelWidth: Double, _ height: Double) -> Markup {
    let greatest = (panel.values + panel.marks.flatMap(\.values)).reduce(0) { max($0, abs($1)) }
    let zero = panel.hasSigns ? left + panelWidth / 2 : left
    let length = (panel.hasSigns ? panelWidth / 2 : panelWidth) - Self.numberWidth
    func reach(_ value: Double) -> Double { greatest > 0 ? length * value / greatest : 0 }
    let bars = panel.values.indices.map { row -> Markup in
      let (value, y) = (panel.values[row], middle(row))
      let marks = panel.marks.map { mark -> Markup in
        let x = zero + reach(mark.values[row])
        return """
          <line class="halo" x1="\(x)" y1="\(y - 8)" x2="\(x)" y2="\(y + 8)"/>\
          <line class="tick \(mark.style.rawValue)" x1="\(x)" y1="\(y - 8)" x2="\(x)" y2="\(y + 8)"/>
          """
      }
      let isLeft = value < 0
      // At the bar's end, or beyond a mark that leaves no room there.
      var free = reach(abs(value)) + 6
      for mark in panel.marks.map({ reach($0.values[row]) }).sorted() where mark > free - 8 && mark < free + 36 {
        free = mark + 6
      }
      let end = isLeft ? zero - free : zero + free
      let start = isLeft ? zero + reach(value) : zero
      return """
        <rect class="bar" x="\(start)" y="\(y - Self.barHeight / 2)" width="\(abs(reach(value)))" height="\(Self.barHeight)"/>\
        \(.joined(marks, separator: ""))\
        <text class="number\(isLeft ? " end" : "")" x="\(end)" y="\(y + 4)">\(text(value, panel))</text>
        """
    }
    return """
      <text class="name\(panel.hasSigns ? " middle" : "")" x="\(zero)" y="11">\(panel.name)</text>
      <line class="rule" x1="\(zero)" y1="\(Self.top - 4)" x2="\(zero)" y2="\(height - 2)"/>
      \(.joined(bars))
      """
  }

  private func text(_ value: Double, _ panel: Panel) -> String {
    let text = EvaluationReport.shown(value, places: panel.places)
    return panel.hasSigns ? EvaluationReport.signed(text) : text
  }
}

extension EvaluationReport {
  /// A number's text with its sign, also in front of what is positive, and none in front of zero.
  static func signed(_ text: String) -> String {
    let digits = text.hasPrefix("-") ? String(text.dropFirst()) : text
    let isZero = digits.allSatisfy { $0 == "0" || $0 == "." }
    return isZero ? digits : (text.hasPrefix("-") ? "−" : "+") + digits
  }
}
