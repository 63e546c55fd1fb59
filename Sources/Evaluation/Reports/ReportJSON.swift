extension EvaluationReport {
  /// The report as one JSON object on one line.
  ///
  /// Numbers are the shortest text that reads back as the same `Double`. Parts that were not measured are null.
  public var json: String {
    let quality = Self.fields(all)
    let lastHalf = lastHalf.map { object(Self.fields($0)) }
    let baselines = object([
      ("popularity", all.popularity.map { object([("hit_rate", Self.json($0))]) }),
      ("mean", all.meanRMSE.map { object([("rmse", $0.description)]) }),
    ])
    let fields: [(String, String?)] =
      [
        ("events", "\(events)"), ("protocol", "\"\(procedure.rawValue)\""), ("model", "\"\(model.rawValue)\""),
      ] + quality + [
        ("last_half", lastHalf),
        ("two_stage", Self.twoStage(all)),
        ("including_seen", all.includingSeen.map { object([("hit_rate", Self.json($0))]) }),
        ("baselines", baselines),
        ("seconds", seconds.description),
        ("peak_rss_bytes", "\(peakRSSBytes)"),
        ("digest", digestText.map { "\"\($0)\"" }),
        ("events_per_second", eventsPerSecond?.description),
        ("coverage", coverage?.description),
        ("gini", gini?.description),
      ]
    return object(fields)
  }

  private static func twoStage(_ quality: Quality) -> String? {
    quality.twoStage.map { rates in
      let liked = quality.liked.map {
        object([("hit_rate", json($0.twoStage)), ("retrieval_hit_rate", json($0.retrieval))])
      }
      return object([("hit_rate", json(rates)), ("liked", liked)])
    }
  }

  private static func fields(_ quality: Quality) -> [(String, String?)] {
    [
      ("rmse", quality.rmse?.description),
      ("mae", quality.mae?.description),
      ("hit_rate", quality.hitRates.map(json)),
      ("mrr", quality.mrr?.description),
      ("ndcg", quality.ndcgAt10.map { object([("10", $0.description)]) }),
    ]
  }

  private static func json(_ hitRates: HitRates) -> String {
    object(zip(HitRates.cutoffs, hitRates.rates).map { ("\($0)", $1.description) })
  }
}

/// Fields in their order. Names and values are JSON already and need no escaping; a missing value is null.
private func object(_ fields: [(String, String?)]) -> String {
  "{" + fields.map { "\"\($0)\":\($1 ?? "null")" }.joined(separator: ",") + "}"
}
