extension HTMLReport {
  /// The table that a terminal gets.
  var results: Markup {
    let rows = report.rows
    let table = HTMLTable(
      caption: "Quality", head: rows[0].dropLast() + ["baseline is"], rows: Array(rows.dropFirst()), wordColumns: [5])
    return section(
      "All measures", "Errors are in the label’s unit, everything else is a share from 0 to 1.", table.markup)
  }

  /// What was run, and what it took.
  var run: Markup {
    let seconds = EvaluationReport.rounded(report.seconds, places: 1)
    let speed = report.eventsPerSecond.map { EvaluationReport.grouped(Int($0.rounded())) }
    let facts: [(name: String, value: String?)] = [
      ("Data", subject.dataset), ("Protocol", report.procedure.rawValue),
      ("Events", EvaluationReport.grouped(report.events)), ("Users", EvaluationReport.grouped(subject.users)),
      ("Items with an event", EvaluationReport.grouped(subject.knownItems)),
      ("Items in the catalog", EvaluationReport.grouped(subject.catalogItems)), ("Model", subject.model),
      ("Digest of the model", report.digestText), ("Time", "\(seconds) s"),
      ("Speed", speed.map { "\($0) events/s" }), ("Peak memory", report.peakMemory),
    ]
    let entries = facts.compactMap { fact -> Markup? in
      fact.value.map { "<div><dt>\(fact.name)</dt><dd>\($0)</dd></div>" }
    }
    let settings: Markup =
      subject.settings.isEmpty
      ? "<p class=\"note\">Every setting has its default value.</p>"
      : HTMLTable(
        caption: "Changed settings", head: ["setting", "value", "default"],
        rows: subject.settings.map { [$0.key, Self.shown($0.value), Self.shown($0.standard)] }
      ).markup
    return section(
      "The run", "The same data and settings give the same digest and the same page, but for time, speed and memory.",
      """
      <div class="grid two">
      <dl class="facts">
      \(.joined(entries))
      </dl>
      <div>\(settings)</div>
      </div>
      """)
  }

  private static func shown(_ value: String) -> String { value.isEmpty ? "(empty)" : value }
}
