extension HTMLReport {
  /// Hit rates by user age and item popularity.
  var breakdowns: Markup {
    guard let metrics else { return "" }
    let parts = [
      part(
        metrics.byUserAge.rows, id: "age", heading: "By user age", rowName: "n-th item",
        caption: "Hit rates by the number of items that the user had met, this one included"),
      part(
        metrics.byItemPopularity.rows, id: "popularity", heading: "By item popularity", rowName: "users before",
        caption: "Hit rates by the number of users who had turned to the item before"),
    ].compactMap { $0 }
    guard !parts.isEmpty else { return "" }
    return section(
      "Newcomers and the long tail",
      """
      Hit rates for the n-th item that a user turns to, and for items that so many users had turned to before. An item \
      that nobody has met can be in no list.
      """,
      """
      <div class="grid two">
      \(.joined(parts.map(\.figure)))
      </div>
      \(HTMLTable.folded(parts.map(\.table)))
      """)
  }

  private func part(
    _ rows: [Breakdown.Row], id: String, heading: String, rowName: String, caption: String
  ) -> (figure: Markup, table: HTMLTable)? {
    guard let first = rows.first else { return nil }
    let panels = [10, 100].map { cutoff in
      var marks: [(style: ChartStyle, values: [Double])] = []
      if first.popularity != nil { marks.append((.baseline, rows.map { $0.popularity?[cutoff] ?? 0 })) }
      if first.twoStage != nil { marks.append((.ranker, rows.map { $0.twoStage?[cutoff] ?? 0 })) }
      return BarChart.Panel(
        name: "hit@\(cutoff), share", values: rows.map { $0.hitRates[cutoff] ?? 0 }, marks: marks, places: 3)
    }
    let chart = BarChart(
      id: id, title: "\(heading): hit@10 and hit@100",
      description: "\(caption). Numbers are in the table that follows.",
      rowName: rowName, labels: rows.map(\.label), panels: panels,
      events: rows.map(\.events))
    var legend: [(name: String, style: ChartStyle)] = [("model", .model)]
    if first.popularity != nil { legend.append(("popularity", .baseline)) }
    if first.twoStage != nil { legend.append(("re-ranked", .ranker)) }
    return (
      figure(heading, legend: ChartSeries.legend(legend, mark: .bar), chart.markup),
      Self.table(rows, caption: caption, rowName: rowName)
    )
  }

  private static func table(_ rows: [Breakdown.Row], caption: String, rowName: String) -> HTMLTable {
    var columns: [(head: String, value: (Breakdown.Row) -> Double?)] = []
    for cutoff in [10, 100] {
      columns.append(("hit@\(cutoff)", { $0.hitRates[cutoff] }))
      if rows[0].popularity != nil { columns.append(("hit@\(cutoff), popularity", { $0.popularity?[cutoff] })) }
      if rows[0].twoStage != nil { columns.append(("hit@\(cutoff), re-ranked", { $0.twoStage?[cutoff] })) }
    }
    return HTMLTable(
      caption: caption, head: [rowName, "events"] + columns.map(\.head),
      rows: rows.map { row in
        [row.label, EvaluationReport.grouped(row.events)]
          + columns.map { $0.value(row).map(EvaluationReport.fourPlaces) ?? "–" }
      })
  }
}
