/// What was observed over what was predicted, one dot per bin, its area the number of events; on the diagonal both agree.
struct CalibrationChart {
  let calibration: Calibration

  private static let greatestRadius = 11.0

  var markup: Markup {
    let bins = calibration.bins
    let values = bins.flatMap { [$0.predicted, $0.observed] }
    let axis = ChartAxis(holding: values, intervals: 6)
    let frame = ChartFrame(
      id: "calibration", title: "Observed mean over predicted value",
      description: """
        One dot for each of \(bins.count) bins, larger for more events. On the dashed diagonal, what was predicted is what \
        happened. Numbers are in the table that follows.
        """,
      x: axis, xName: "predicted, mean of the bin",
      y: axis, yName: "observed, mean of the bin", width: 500, height: 400)
    let (low, high) = (axis.range.lowerBound, axis.range.upperBound)
    let most = Double(bins.reduce(1) { max($0, $1.count) })
    // Large dots first, so that none hides another.
    let ordered = bins.sorted { $0.count == $1.count ? $0.lower < $1.lower : $0.count > $1.count }
    let dots = ordered.map { bin -> Markup in
      let radius = max(Self.greatestRadius * (Double(bin.count) / most).squareRoot(), 2.5)
      return """
        <circle class="dot" cx="\(frame.horizontal(bin.predicted))" cy="\(frame.vertical(bin.observed))" r="\(radius)"/>
        """
    }
    let content: Markup = """
      <path class="line baseline" d="M\(frame.horizontal(low)) \(frame.vertical(low)) \
      L\(frame.horizontal(high)) \(frame.vertical(high))"/>
      \(.joined(dots))
      """
    return frame.markup(content)
  }
}
