import FeedEvents

extension ClosedLoopReport {
  /// What part of all places and of all impressions posts of one age have, and what they are worth there.
  struct AgeShares {
    var listed: Double?
    var best: Double?
    var popular: Double?
    var shown: Double?
    /// The share in lists over that in the best possible ones: below 1, posts of this age come too seldom.
    var relative: Double?
    var listedAffinity: Double?
    var bestAffinity: Double?
  }

  func ageShares(_ age: ClosedLoopDiary.Age) -> AgeShares {
    func share(_ count: (ClosedLoopDiary.Age) -> Int) -> Double? {
      let all = diary.ages.reduce(0) { $0 + count($1) }
      return all > 0 ? Double(count(age)) / Double(all) : nil
    }
    var shares = AgeShares(
      listed: share(\.listed), best: share(\.best), popular: share(\.popular), shown: share(\.shown))
    if let listed = shares.listed, let best = shares.best, best > 0 { shares.relative = listed / best }
    if age.listed > 0 { shares.listedAffinity = age.listedAffinity / Double(age.listed) }
    if age.best > 0 { shares.bestAffinity = age.bestAffinity / Double(age.best) }
    return shares
  }

  /// The report as tables for a terminal.
  public var table: String {
    ([heading, ""] + Self.aligned(qualityRows) + [""] + Self.aligned(ageRows) + [""] + notes)
      .joined(separator: "\n") + "\n"
  }

  private var heading: String {
    "closed loop: \(EvaluationReport.grouped(events)) events of \(EvaluationReport.grouped(users)) people about "
      + "\(EvaluationReport.grouped(posts)) posts in \(Self.fixed(Double(simulatedMilliseconds) / 3_600_000, 1)) simulated "
      + "hours, \(Self.fixed(seconds, 1)) s"
  }

  /// Shares of the best possible.
  private var qualityRows: [[String]] {
    var rows = [["of the best possible", "lists", "popularity", "random", "above chance", "number of lists"]]
    func add(_ name: String, _ quality: ListQuality) {
      guard quality.lists > 0 else { return }
      let cells = [quality.listShare, quality.popularShare, quality.randomShare, quality.aboveChance]
      rows.append([name] + cells.map { Self.fixed($0) } + [EvaluationReport.grouped(quality.lists)])
    }
    add("from the middle to the flip", settled)
    for (index, quality) in windows.enumerated() {
      let end = EvaluationReport.grouped(diary.parameters.events * (index + 1) / windows.count)
      add("  up to event \(end)", quality)
      if index < arriving.count { add("    found on arrival", arriving[index]) }
    }
    add("people of the start", oldUsers)
    for (name, quality) in zip(Self.rangeNames(ClosedLoopDiary.newcomerEnds, from: 0), newUsers) {
      add("  new people, event \(name)", quality)
    }
    guard diary.hasFlipped else { return rows }
    add("flipped, before", beforeFlip)
    for (name, comeback) in zip(Self.rangeNames(ClosedLoopDiary.flipEnds, from: 0), diary.flipRanges) {
      add("  \(name) events after: \(Self.fixed(comeback.ofBefore, 2)) of that", comeback.quality)
    }
    add("not flipped, after", diary.unflipped)
    return rows
  }

  private var ageRows: [[String]] {
    let names = [
      "age of posts", "in lists", "in best lists", "ratio", "in popular", "impressions", "liking", "in best",
    ]
    return [names]
      + zip(Self.ageNames, diary.ages).map { name, age in
        let shares = ageShares(age)
        let cells = [
          shares.listed, shares.best, shares.relative, shares.popular, shares.shown, shares.listedAffinity,
          shares.bestAffinity,
        ]
        return [name] + cells.map { Self.fixed($0) }
      }
  }

  private var notes: [String] {
    func percent(_ part: Int, of whole: Int) -> String {
      whole > 0 ? Self.fixed(100 * Double(part) / Double(whole), 1) + " %" : "–"
    }
    var lines = [
      "clicks per impression by place: " + clickRates.map { Self.fixed($0) }.joined(separator: " "),
      "places taken by posts already looked at: \(percent(diary.seenPlaces, of: diary.placesTaken)), on arrival "
        + "\(percent(diary.arrivingSeenPlaces, of: diary.arrivingPlacesTaken)); by expired ones on arrival "
        + percent(diary.arrivingExpiredPlaces, of: diary.arrivingPlacesTaken),
    ]
    if diary.hasFlipped {
      func count(_ events: Int?) -> String { events.map { "\($0) events" } ?? "not reached" }
      lines.append(
        "90 % of the level before the flip: \(count(recoveryEvents)); of what is above chance: "
          + count(recoveryEventsAboveChance))
    }
    if let tasteFlip {
      for (name, part) in [("ratings", tasteFlip.rating), ("lists", tasteFlip.lists)] {
        guard let part else { continue }
        lines.append(
          "\(name) follow a flipped taste after \(Self.updates(part.young)) and \(Self.updates(part.old)): "
            + "\(part.ratio.map { Self.fixed($0, 2) } ?? "–") times as long")
      }
    }
    return lines + [
      "peak memory \(EvaluationReport.grouped((peakRSSBytes + 524_288) / 1_048_576)) MiB, digest \(digestText)"
    ]
  }

  private static func updates(_ outcome: TasteFlip.Outcome) -> String {
    (outcome.followed.map { EvaluationReport.grouped($0) } ?? "never")
      + " (of \(EvaluationReport.grouped(outcome.updates)))"
  }

  private static func fixed(_ value: Double?, _ places: Int = 3) -> String {
    value.map { EvaluationReport.rounded($0, places: places) } ?? "–"
  }

  /// First column to the left, numbers to the right.
  private static func aligned(_ rows: [[String]]) -> [String] {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return column == 0 ? row[column] + padding : padding + row[column]
      }.joined(separator: "  ")
    }
  }
}
