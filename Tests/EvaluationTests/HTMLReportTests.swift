import Foundation
import FoundationXML
import Learning
import Testing

@testable import Evaluation

@Suite struct HTMLReportTests {
  private static let hostile = #"<script>alert("1")</script> & 'x' ]]> \#u{0}\#u{1b}ü"#

  private func report(events count: Int, ranker: Bool = false, text: String = "some data") -> HTMLReport {
    var metrics = PrequentialMetrics()
    var recommendations = RecommendationCounts()
    for index in 0..<count {
      let rank = index * 37 % 150 + 1
      metrics.record(
        prediction: index == 0 ? nil : Float(index % 7) / 2 + 1, label: Float(index % 5 + 1),
        ranking: index % 11 == 0
          ? .miss
          : .ranked(
            .init(
              excludingSeen: rank, includingSeen: rank + 3, popularity: rank * 2, twoStage: ranker ? rank : nil)),
        familiarity: Familiarity(itemsMet: index / 3, positives: index % 11 == 0 ? 0 : index))
      recommendations.count([index % 10, 20 + index % 3])
    }
    var report = EvaluationReport(prequential: metrics, seconds: 1.5, peakRSSBytes: 1 << 25, digest: 7)
    report.coverage = recommendations.coverage(of: 50)
    report.gini = recommendations.gini(of: 50)
    let subject = HTMLReport.Subject(
      dataset: text, model: text, users: 12, knownItems: 50, catalogItems: 60,
      settings: [HTMLReport.Subject.Setting(key: text, value: text, standard: text)])
    return HTMLReport(report, of: subject, metrics: metrics, recommendations: recommendations)
  }

  /// The elements of a page, found by an XML parser, which is stricter than any browser.
  private final class Elements: NSObject, XMLParserDelegate {
    var names: [String: Int] = [:]
    var attributes: [(element: String, name: String, value: String)] = []
    var text = ""

    init(_ page: String) throws {
      super.init()
      let parser = XMLParser(data: Data(page.utf8))
      parser.delegate = self
      let isWellFormed = parser.parse()
      try #require(isWellFormed, "line \(parser.lineNumber): \(parser.parserError as Any)")
    }

    func parser(
      _: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes found: [String: String]
    ) {
      names[name, default: 0] += 1
      for (key, value) in found { attributes.append((name, key, value)) }
    }

    func parser(_: XMLParser, foundCharacters string: String) { text += string }

    func values(of name: String) -> [String] { attributes.filter { $0.name == name }.map(\.value) }
  }

  @Test(arguments: [0, 1, 2, 3, 49, 400], [false, true])
  func `a page is well-formed, whatever was measured`(events: Int, ranker: Bool) throws {
    let page = report(events: events, ranker: ranker).text
    let elements = try Elements(page)
    #expect(elements.names["h1"] == 1)
    for word in ["nan", "inf", "Optional"] {
      #expect(!page.contains("\"\(word)") && !page.contains(">\(word)") && !page.contains(" \(word) "), "\(word)")
    }
    if events == 400 {
      #expect(
        ["rmse", "hit-10", "hit-100", "age", "popularity", "calibration", "bins", "lorenz"].allSatisfy {
          elements.values(of: "id").contains("\($0)-title")
        })
      #expect(page.contains("line ranker") == ranker && page.contains("tick ranker") == ranker)
    }
  }

  @Test func `every picture says what it is, and has its numbers in a table`() throws {
    let elements = try Elements(report(events: 400).text)
    let pictures = elements.attributes.filter { $0.element == "svg" && $0.name == "role" }
    #expect(pictures.count == 8 && pictures.allSatisfy { $0.value == "img" })
    #expect(elements.names["desc"] == 8)
    let identifiers = elements.values(of: "id")
    #expect(Set(identifiers).count == identifiers.count)
    let labels = elements.values(of: "aria-labelledby").flatMap { $0.split(separator: " ").map(String.init) }
    #expect(labels.count == 16 && labels.allSatisfy(identifiers.contains))
    #expect(try #require(elements.names["table"]) == 7)
    #expect(elements.names["caption"] == elements.names["table"])
  }

  @Test func `a page asks nobody for anything`() throws {
    let page = report(events: 400).text
    let elements = try Elements(page)
    for name in ["script", "link", "img", "iframe", "image", "use", "object"] { #expect(elements.names[name] == nil) }
    for name in ["src", "href", "xlink:href", "onload", "style"] { #expect(elements.values(of: name).isEmpty) }
    #expect(!page.contains("url(") && !page.contains("@import"))
    #expect(page.components(separatedBy: "://").count == 2, "the namespace's name alone")
  }

  @Test func `what comes from outside is text, and nothing else`() throws {
    let page = report(events: 40, text: Self.hostile).text
    let elements = try Elements(page)
    #expect(elements.names["script"] == nil)
    let shown = #"<script>alert("1")</script> & 'x' ]]> \#u{fffd}\#u{fffd}ü"#
    // The title, the heading, data and model of the run, and a setting's key, value and default.
    #expect(elements.text.components(separatedBy: shown).count - 1 == 7)
  }

  @Test func `all five characters of markup are escaped, also in attributes`() {
    let value = #"<&>"'"#
    let markup: Markup = "<p title=\"\(value)\">\(value)</p>"
    #expect(markup.text == "<p title=\"&lt;&amp;&gt;&quot;&#39;\">&lt;&amp;&gt;&quot;&#39;</p>")
    let nested: Markup = "<b>\(markup)</b>"
    #expect(nested.text == "<b>\(markup.text)</b>", "markup is not escaped again")
  }

  @Test func `equal results give equal bytes`() {
    #expect(report(events: 300, ranker: true).text == report(events: 300, ranker: true).text)
  }

  @Test func `a random split has no curve over a stream that it has not`() throws {
    var quality = Quality()
    quality.rmse = 1
    let report = EvaluationReport(
      events: 10, procedure: .randomSplit, all: quality, lastHalf: nil, seconds: 1, peakRSSBytes: 0, digest: nil)
    let subject = HTMLReport.Subject(
      dataset: "d", model: "m", users: 1, knownItems: 1, catalogItems: 1, settings: [])
    let page = HTMLReport(report, of: subject, metrics: sampleMetrics()).text
    #expect(!page.contains("Over the stream") && page.contains("Every setting has its default value."))
    _ = try Elements(page)
  }

  @Test func `an axis marks round numbers and holds every value`() {
    for values in [[0.8, 1.58], [0, 0.263], [3, 3], [0, 0], [-2, 7], [1e-9, 2e-9], [0, 25_000_095]] {
      for isTight in [false, true] {
        let axis = ChartAxis(holding: values, intervals: 5, isTight: isTight)
        #expect(values.allSatisfy { (-1e-12...1 + 1e-12).contains(axis.position($0)) }, "\(values)")
        #expect(axis.ticks.allSatisfy { axis.range.contains($0) } && (1...8).contains(axis.ticks.count), "\(values)")
        #expect(Set(axis.ticks.map(axis.label)).count == axis.ticks.count, "\(values)")
      }
    }
  }
}
