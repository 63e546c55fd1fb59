extension HTMLReport {
  /// What the rating head says beside what happens.
  var calibration: Markup {
    guard let calibration = metrics?.calibration() else { return "" }
    let bins = calibration.bins
    let step = bins.map { $0.upper - $0.lower }.min() ?? 1
    let places = RoundStep.places(step)
    func bound(_ value: Double) -> String {
      places == 0 ? EvaluationReport.grouped(Int(value.rounded())) : EvaluationReport.rounded(value, places: places)
    }
    let labels = bins.map { "\(bound($0.lower))–\(bound($0.upper))" }
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
      Where the model says x, people give x on average, but for the bin’s error. Weighted by events, errors are \
      \(EvaluationReport.fourPlaces(calibration.error)) on average.
      """,
      """
      <div class="grid two">
      \(figure("Observed over predicted", CalibrationChart(calibration: calibration).markup))
      \(figure("Error and events by bin", bars.markup))
      </div>
      \(table.folded)
      """)
  }
}
