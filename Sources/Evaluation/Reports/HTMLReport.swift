/// An evaluation as one page: figures, tables, and pictures with the numbers they are made of.
///
/// The page needs nothing from elsewhere and runs no script. It is XML as well as HTML. Equal input gives equal bytes.
public struct HTMLReport: Sendable {
  /// What was evaluated.
  public struct Subject: Sendable {
    /// A setting that is not what it would be by default.
    public struct Setting: Equatable, Sendable {
      /// Its name.
      public let key: String
      /// Its value.
      public let value: String
      /// Its value by default.
      public let standard: String

      /// Creates a setting.
      public init(key: String, value: String, standard: String) {
        self.key = key
        self.value = value
        self.standard = standard
      }
    }

    /// Where the events came from.
    public var dataset: String
    /// What learned them.
    public var model: String
    /// How many users the model knew in the end.
    public var users: Int
    /// How many items had had an event in the end.
    public var knownItems: Int
    /// How many items the catalog had.
    public var catalogItems: Int
    /// What was set differently.
    public var settings: [Setting]

    /// Creates a subject from its parts.
    public init(
      dataset: String, model: String, users: Int, knownItems: Int, catalogItems: Int, settings: [Setting]
    ) {
      self.dataset = dataset
      self.model = model
      self.users = users
      self.knownItems = knownItems
      self.catalogItems = catalogItems
      self.settings = settings
    }
  }

  /// The figures.
  public let report: EvaluationReport
  let subject: Subject
  let metrics: PrequentialMetrics?
  let recommendations: RecommendationCounts?

  /// A page about a report.
  /// - Parameters:
  ///   - metrics: the outcomes, for pictures of how quality moves; nil leaves those out.
  ///   - recommendations: what was recommended; nil leaves that out.
  public init(
    _ report: EvaluationReport, of subject: Subject, metrics: PrequentialMetrics? = nil,
    recommendations: RecommendationCounts? = nil
  ) {
    self.report = report
    self.subject = subject
    self.metrics = metrics
    self.recommendations = recommendations
  }

  /// The page, UTF-8. O(events).
  public var text: String { page.text + "\n" }

  private var page: Markup {
    """
    <!DOCTYPE html>
    <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
    <head>
    <meta charset="utf-8"/>
    <meta name="viewport" content="width=device-width, initial-scale=1"/>
    <meta name="color-scheme" content="light dark"/>
    <title>Evaluation of \(subject.dataset)</title>
    <style>
    \(PageStyle.sheet)
    </style>
    </head>
    <body>
    <main>
    <header>
    <p class="kind">woonkly-feed evaluation, \(report.procedure.rawValue)</p>
    <h1>\(subject.dataset)</h1>
    <p>\(introduction)</p>
    </header>
    \(.joined([figures, stream, breakdowns, calibration, spread, results, run]))
    </main>
    </body>
    </html>
    """
  }

  private var introduction: String {
    let counts = """
      \(EvaluationReport.grouped(report.events)) events of \(EvaluationReport.grouped(subject.users)) users with \
      \(EvaluationReport.grouped(subject.knownItems)) items
      """
    return switch report.procedure {
    case .prequential: "\(counts). Each event is predicted just before it is learned."
    case .randomSplit: "\(counts). Four fifths are learned in random order, the rest is predicted."
    }
  }

  private var figures: Markup {
    var entries: [Markup] = []
    func add(_ name: String, _ value: Double?, _ beside: String?, places: Int = 4) {
      guard let value else { return }
      let note: Markup = beside.map { "<dd class=\"note\">\($0)</dd>" } ?? ""
      entries.append(
        "<div><dt>\(name)</dt><dd>\(EvaluationReport.rounded(value, places: places))</dd>\(note)</div>")
    }
    let all = report.all
    add("RMSE", all.rmse, all.meanRMSE.map { "running mean \(EvaluationReport.fourPlaces($0))" })
    for cutoff in [10, 100] {
      let ranked = all.twoStage?[cutoff].map { ", re-ranked \(EvaluationReport.fourPlaces($0))" } ?? ""
      add(
        "hit@\(cutoff)", all.hitRates?[cutoff],
        all.popularity?[cutoff].map { "popularity \(EvaluationReport.fourPlaces($0))\(ranked)" })
    }
    add("Coverage", report.coverage, "of the known items", places: 3)
    add("Gini index", report.gini, "0 is even, 1 uneven", places: 3)
    if let speed = report.eventsPerSecond {
      let note = "\(EvaluationReport.rounded(report.seconds, places: 1)) s, \(report.peakMemory)"
      entries.append(
        """
        <div><dt>Events per second</dt><dd>\(EvaluationReport.grouped(Int(speed.rounded())))</dd>\
        <dd class="note">\(note)</dd></div>
        """)
    }
    return "<dl class=\"figures\">\n\(.joined(entries))\n</dl>"
  }

  /// A part of the page with its heading.
  func section(_ heading: String, _ text: String, _ content: Markup) -> Markup {
    """
    <section>
    <h2>\(heading)</h2>
    <p>\(text)</p>
    \(content)
    </section>
    """
  }

  /// A picture with its heading.
  func figure(_ heading: String, legend: Markup = "", _ picture: Markup) -> Markup {
    """
    <figure>
    <figcaption><h3>\(heading)</h3>\(legend)</figcaption>
    \(picture)
    </figure>
    """
  }
}
