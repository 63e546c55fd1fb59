extension HTMLReport {
  /// How evenly items are recommended.
  var spread: Markup {
    guard let recommendations, let coverage = report.coverage, let gini = report.gini else { return "" }
    let steps = 100
    let shares = recommendations.lorenz(of: subject.knownItems, steps: steps)
    let axis = ChartAxis(holding: [0, 1], intervals: 5)
    let chart = LineChart(
      id: "lorenz", title: "Lorenz curve of recommendations",
      description: """
        The share of all places in lists that the least recommended part of the items has. The farther below the dashed \
        line, the fewer items are shown. Numbers are in the table that follows.
        """,
      x: axis, xName: "share of known items, least recommended first", yName: "share of places in lists",
      series: [
        ChartSeries(
          name: "model", style: .model,
          points: shares.enumerated().map { (Double($0.offset) / Double(steps), $0.element) }),
        ChartSeries(name: "all items equally often", style: .baseline, points: [(0, 0), (1, 1)]),
      ],
      fromZero: true, width: 500, height: 330)
    let legend = ChartSeries.legend([("model", .model), ("all items equally often", .baseline)], mark: .line)
    let share = EvaluationReport.fourPlaces
    let rows =
      [
        ["lists counted", EvaluationReport.grouped(recommendations.lists)],
        ["places in them", EvaluationReport.grouped(recommendations.places)],
        ["known items", EvaluationReport.grouped(subject.knownItems)],
        ["recommended at least once", EvaluationReport.grouped(recommendations.recommended)],
        ["coverage", share(coverage)], ["Gini index", share(gini)],
      ]
      + [1, 10, 50].map { ["share of the most recommended \($0) %", share(1 - shares[steps - $0])] }
    let interval = PrequentialProbe.listInterval
    return section(
      "What is recommended",
      """
      The ten items that the user of every \(interval)th event would have been shown just before it, those already met left \
      out.
      """,
      """
      <div class="grid two">
      \(figure("Lorenz curve", legend: legend, chart.markup))
      \(HTMLTable(caption: "Spread of recommendations", head: ["", "value"], rows: rows).markup)
      </div>
      """)
  }
}
