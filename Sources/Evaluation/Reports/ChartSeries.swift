/// How something is drawn throughout the page: the same thing always looks the same.
enum ChartStyle: String {
  /// The model's own.
  case model
  /// What it is compared with.
  case baseline
  /// After the ranker.
  case ranker
}

/// Points of a chart that belong together.
struct ChartSeries {
  let name: String
  let style: ChartStyle
  /// Left to right. A point without height interrupts the line.
  let points: [(x: Double, y: Double?)]

  var hasPoints: Bool { points.contains { $0.y != nil } }

  /// Names beside samples, for a chart with more than one kind of mark.
  static func legend(_ entries: [(name: String, style: ChartStyle)], mark: Mark) -> Markup {
    let items = entries.map { entry -> Markup in
      "<span><svg class=\"key\" viewBox=\"0 0 22 10\" aria-hidden=\"true\">\(mark.sample(entry.style))</svg>\(entry.name)</span>"
    }
    return "<p class=\"legend\">\(.joined(items, separator: " "))</p>"
  }

  /// What the samples of a legend look like.
  enum Mark {
    case line
    case bar

    fileprivate func sample(_ style: ChartStyle) -> Markup {
      switch (self, style) {
      case (.bar, .model): "<rect class=\"bar\" x=\"0\" y=\"1\" width=\"20\" height=\"8\"/>"
      case (.bar, _): "<line class=\"tick \(style.rawValue)\" x1=\"11\" y1=\"0\" x2=\"11\" y2=\"10\"/>"
      case (.line, _): "<line class=\"line \(style.rawValue)\" x1=\"0\" y1=\"5\" x2=\"22\" y2=\"5\"/>"
      }
    }
  }
}
