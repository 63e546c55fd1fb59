/// Lines over a common horizontal axis.
struct LineChart {
  let frame: ChartFrame
  let series: [ChartSeries]

  /// - Parameters:
  ///   - fromZero: whether the vertical axis begins at zero, as shares should.
  init(
    id: String, title: String, description: String, x: ChartAxis, xName: String, yName: String, series: [ChartSeries],
    fromZero: Bool, width: Double = 340, height: Double = 230
  ) {
    let heights = series.flatMap { $0.points.compactMap(\.y) }
    self.series = series
    frame = ChartFrame(
      id: id, title: title, description: description, x: x, xName: xName,
      y: ChartAxis(holding: heights, including: fromZero ? [0] : [], intervals: 5), yName: yName,
      width: width, height: height)
  }

  var markup: Markup {
    // The model last, on top of what it is compared with.
    let ordered = series.filter { $0.style == .baseline } + series.filter { $0.style != .baseline }
    return frame.markup(.joined(ordered.map(line)))
  }

  private func line(_ series: ChartSeries) -> Markup {
    var path: [Markup] = []
    var isDrawing = false
    for (index, point) in series.points.enumerated() {
      guard let height = point.y else {
        isDrawing = false
        continue
      }
      let (x, y) = (frame.horizontal(point.x), frame.vertical(height))
      path.append(isDrawing ? "L\(x) \(y)" : "M\(x) \(y)")
      let isAlone = !isDrawing && (index + 1 == series.points.count || series.points[index + 1].y == nil)
      // A line of no length, which round caps show as a dot.
      if isAlone { path.append("l0 0") }
      isDrawing = true
    }
    return "<path class=\"line \(series.style.rawValue)\" d=\"\(.joined(path, separator: " "))\"/>"
  }
}
