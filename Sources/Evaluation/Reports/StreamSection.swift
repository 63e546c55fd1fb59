extension HTMLReport {
  /// Learning curves.
  var stream: Markup {
    guard let metrics, report.procedure == .prequential, metrics.count > 1 else { return "" }
    let curve = metrics.curve()
    let measures = StreamMeasure.all.filter { measure in curve.windows.contains { measure.model($0.quality) != nil } }
    guard !measures.isEmpty else { return "" }
    let (unit, unitName) = Self.unit(of: metrics.count)
    let axis = ChartAxis(holding: [0, Double(metrics.count) / unit], intervals: 5, isTight: true)
    let figures = measures.map { measure -> Markup in
      let series = measure.series(curve, unit: unit)
      let chart = LineChart(
        id: measure.id, title: "\(measure.name) over the stream",
        description: """
          \(measure.name) of \(series.map(\.name).joined(separator: ", ")), in \(curve.windows.count) windows. Numbers are in \
          the table that follows.
          """,
        x: axis, xName: unitName, yName: measure.unit, series: series, fromZero: measure.isShare)
      return figure(
        measure.name, legend: ChartSeries.legend(series.map { ($0.name, $0.style) }, mark: .line), chart.markup)
    }
    let length = EvaluationReport.grouped(curve.windows[0].positions.count)
    return section(
      "Over the stream", "\(curve.windows.count) windows of about \(length) events, each measured by itself.",
      """
      <div class="grid three">
      \(.joined(figures))
      </div>
      \(HTMLTable.folded([table(curve, measures)]))
      """)
  }

  private func table(_ curve: LearningCurve, _ measures: [StreamMeasure]) -> HTMLTable {
    let columns = measures.flatMap { measure in
      measure.lines.filter { line in curve.windows.contains { line.value($0.quality) != nil } }
        .map { (head: $0.style == .model ? measure.name : "\(measure.name), \($0.name)", value: $0.value) }
    }
    return HTMLTable(
      caption: "Quality by window", head: ["events"] + columns.map(\.head),
      rows: curve.windows.map { window in
        let positions = window.positions
        return [
          "\(EvaluationReport.grouped(positions.lowerBound + 1))–\(EvaluationReport.grouped(positions.upperBound))"
        ] + columns.map { $0.value(window.quality).map(EvaluationReport.fourPlaces) ?? "–" }
      })
  }

  /// What to count events in, so that the axis has short numbers.
  private static func unit(of events: Int) -> (Double, String) {
    switch events {
    case ..<10_000: (1, "events")
    case ..<10_000_000: (1_000, "events, thousands")
    default: (1_000_000, "events, millions")
    }
  }
}

/// One measure of the learning curves, with what it is compared with.
private struct StreamMeasure {
  typealias Line = (name: String, style: ChartStyle, value: (Quality) -> Double?)

  let id: String
  let name: String
  let unit: String
  let isShare: Bool
  let lines: [Line]

  var model: (Quality) -> Double? { lines[0].value }

  static var all: [StreamMeasure] {
    [
      StreamMeasure(
        id: "rmse", name: "RMSE", unit: "in the label’s unit", isShare: false,
        lines: [("model", .model, { $0.rmse }), ("running mean", .baseline, { $0.meanRMSE })]),
      share(of: 10), share(of: 100),
    ]
  }

  private static func share(of cutoff: Int) -> StreamMeasure {
    StreamMeasure(
      id: "hit-\(cutoff)", name: "hit@\(cutoff)", unit: "share of events", isShare: true,
      lines: [
        ("model", .model, { $0.hitRates?[cutoff] }), ("popularity", .baseline, { $0.popularity?[cutoff] }),
        ("re-ranked", .ranker, { $0.twoStage?[cutoff] }),
      ])
  }

  /// Each window stands at its middle.
  func series(_ curve: LearningCurve, unit: Double) -> [ChartSeries] {
    lines.map { line in
      ChartSeries(
        name: line.name, style: line.style,
        points: curve.windows.map { window in
          (Double(window.positions.lowerBound + window.positions.upperBound) / 2 / unit, line.value(window.quality))
        })
    }
    .filter(\.hasPoints)
  }
}
