extension HTMLReport {
  /// What the rating head says beside what happens.
  var calibration: Markup {
    guard let calibration = metrics?.calibration() else { return "" }
    let bins = calibration.bins
    let step = bins.map { $0.upper - $0.lower }.min() ?? 1
    let places = RoundStep.places(step)
    let labels = bins.map { bin in
      [bin.lower, bin.upper].map { EvaluationReport.shown($0, places: places) }.joined(separator: "–")
    }
    let bars = BarChart(
      id: "bins", title: "Error and number of events by predicted value",
      description: "Two bars for each of \(bins.count) bins. Numbers are in the table that follows.",
      rowName: "predicted", labels: labels,
      panels: [
        BarChart.Panel(name: "observed − predicted", values: bins.map(\.error), places: 3, hasSigns: true),
        BarChart.Panel(name: "events", values: bins.map { Double($0.count) }, places: 0),
      ],
      rowHeight: min(22, 366 / Double(bins.count)))
    let table = HTMLTable(
      caption: "Calibration by predicted value, in the label’s unit",
      head: ["predicted", "events", "mean predicted", "mean observed", "error"],
      rows: zip(bins, labels).map { bin, label in
        [
          label, EvaluationReport.grouped(bin.count), EvaluationReport.fourPlaces(bin.predicted),
          EvaluationReport.fourPlaces(bin.observed), EvaluationReport.signed(EvaluationReport.fourPlaces(bin.error)),
        ]
      })
    return section(
      "Calibration of predicted ratings",
      """
      Events are grouped by what the rating head predicted; the mean of what it predicted should be the mean of what \
      happened. The error of a bin is \(EvaluationReport.fourPlaces(calibration.error)) on average over events.
      """,
      """
      <div class="grid two">
      \(figure("Observed over predicted", CalibrationChart(calibration: calibration).markup))
      \(figure("Error and events by bin", bars.markup))
      </div>
      \(HTMLTable.folded([table]))
      """)
  }
}
