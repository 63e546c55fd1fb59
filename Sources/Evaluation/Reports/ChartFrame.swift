/// What every chart with two axes has: an SVG with name and description, grid, marked numbers, names of the axes.
struct ChartFrame {
  /// Names the chart's elements; made of letters, digits and hyphens, and no other chart's.
  let id: String
  /// What is shown, for those who do not see it.
  let title: String
  /// What can be seen in it, in a sentence.
  let description: String
  /// The horizontal axis, and its name with the unit.
  let x: ChartAxis
  let xName: String
  /// The vertical axis, and its name with the unit.
  let y: ChartAxis
  let yName: String
  let width: Double
  let height: Double

  private static let (left, right, top, bottom) = (44.0, 10.0, 26.0, 42.0)

  func horizontal(_ value: Double) -> Double {
    Self.left + x.position(value) * (width - Self.left - Self.right)
  }

  func vertical(_ value: Double) -> Double {
    height - Self.bottom - y.position(value) * (height - Self.top - Self.bottom)
  }

  /// The picture, with `content` on the grid.
  func markup(_ content: Markup) -> Markup {
    let (end, floor) = (width - Self.right, height - Self.bottom)
    let rows = y.ticks.map { tick -> Markup in
      let at = vertical(tick)
      return """
        <line class="grid" x1="\(Self.left)" y1="\(at)" x2="\(end)" y2="\(at)"/>\
        <text class="end" x="\(Self.left - 7)" y="\(at + 4)">\(y.label(tick))</text>
        """
    }
    let columns = x.ticks.map { tick -> Markup in
      let at = horizontal(tick)
      return """
        <line class="rule" x1="\(at)" y1="\(floor)" x2="\(at)" y2="\(floor + 4)"/>\
        <text class="middle" x="\(at)" y="\(floor + 17)">\(x.label(tick))</text>
        """
    }
    return """
      <svg viewBox="0 0 \(Int(width)) \(Int(height))" role="img" aria-labelledby="\(id)-title \(id)-text">
      <title id="\(id)-title">\(title)</title>
      <desc id="\(id)-text">\(description)</desc>
      <text class="name" x="0" y="11">\(yName)</text>
      \(.joined(rows))
      <line class="rule" x1="\(Self.left)" y1="\(floor)" x2="\(end)" y2="\(floor)"/>
      \(.joined(columns))
      <text class="name end" x="\(end)" y="\(height - 6)">\(xName)</text>
      \(content)
      </svg>
      """
  }
}
