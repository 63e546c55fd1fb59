import FeedEvents
import Pipeline

extension ClosedLoopReport {
  /// The report as one JSON object on one line. Parts that were not measured are null.
  public var json: String {
    object([
      ("events", "\(events)"),
      ("protocol", "\"closed-loop\""),
      ("simulated_hours", (Double(simulatedMilliseconds) / 3_600_000).description),
      ("users", "\(users)"),
      ("posts", "\(posts)"),
      ("learned", "\(diary.counts.learned)"),
      ("dead_letters", "\(diary.counts.deadLetters.values.reduce(0, +))"),
      ("types", object(zip(InteractionType.known, diary.types).map { ($0.name, "\($1)") })),
      ("settled", Self.json(settled)),
      ("windows", array(windows.map(Self.json))),
      ("arriving", array(arriving.map(Self.json))),
      ("old_users", Self.json(oldUsers)),
      ("new_users", ranges(newUsers, Self.rangeNames(ClosedLoopDiary.newcomerEnds, from: 0))),
      ("post_ages", array(zip(Self.ageNames, diary.ages).map(json))),
      ("click_rates", array(clickRates.map { $0?.description ?? "null" })),
      ("seen_places", Self.share(diary.seenPlaces, of: diary.placesTaken)),
      ("arriving_seen_places", Self.share(diary.arrivingSeenPlaces, of: diary.arrivingPlacesTaken)),
      ("arriving_expired_places", Self.share(diary.arrivingExpiredPlaces, of: diary.arrivingPlacesTaken)),
      ("flip", diary.hasFlipped ? flip : nil),
      ("taste_flip", tasteFlip?.json),
      ("seconds", seconds.description),
      ("peak_rss_bytes", "\(peakRSSBytes)"),
      ("digest", "\"\(digestText)\""),
    ])
  }

  private var flip: String {
    object([
      ("users", "\(diary.flippedUsers)"),
      ("before", Self.json(beforeFlip)),
      ("since", array(zip(Self.rangeNames(ClosedLoopDiary.flipEnds, from: 0), diary.flipRanges).map(json))),
      ("others", Self.json(diary.unflipped)),
      ("recovery_events", recoveryEvents.map { "\($0)" }),
      ("recovery_events_above_chance", recoveryEventsAboveChance.map { "\($0)" }),
    ])
  }

  private static func json(_ quality: ListQuality) -> String {
    object([
      ("lists", "\(quality.lists)"),
      ("list", quality.listShare?.description),
      ("popularity", quality.popularShare?.description),
      ("random", quality.randomShare?.description),
      ("above_chance", quality.aboveChance?.description),
    ])
  }

  private func ranges(_ qualities: [ListQuality], _ names: [String]) -> String {
    array(zip(names, qualities).map { "{\"events\":\"\($0)\"," + Self.json($1).dropFirst() })
  }

  private func json(_ name: String, _ comeback: ClosedLoopDiary.Comeback) -> String {
    "{\"events\":\"\(name)\",\"of_before\":\(comeback.ofBefore?.description ?? "null"),"
      + Self.json(comeback.quality).dropFirst()
  }

  private func json(_ name: String, _ age: ClosedLoopDiary.Age) -> String {
    let shares = ageShares(age)
    return object([
      ("age", "\"\(name)\""),
      ("list_places", shares.listed?.description),
      ("best_places", shares.best?.description),
      ("popularity_places", shares.popular?.description),
      ("impressions", shares.shown?.description),
      ("list_over_best", shares.relative?.description),
      ("list_affinity", shares.listedAffinity?.description),
      ("best_affinity", shares.bestAffinity?.description),
    ])
  }

  private static func share(_ part: Int, of whole: Int) -> String? {
    whole > 0 ? (Double(part) / Double(whole)).description : nil
  }

  /// The digest as 32 hexadecimal digits.
  var digestText: String {
    let digits = String(digest, radix: 16)
    return String(repeating: "0", count: 32 - digits.count) + digits
  }
}

extension TasteFlip {
  /// Both parts of the model, each with its two ages and their ratio.
  var json: String {
    func part(_ part: Part?) -> String? {
      part.map {
        object([
          ("young_updates", "\($0.young.updates)"), ("young", $0.young.followed.map { "\($0)" }),
          ("old_updates", "\($0.old.updates)"), ("old", $0.old.followed.map { "\($0)" }),
          ("ratio", $0.ratio?.description),
        ])
      }
    }
    return object([("rating", part(rating)), ("lists", part(lists))])
  }
}

/// Fields in their order. Names and values are JSON already and need no escaping; a missing value is null.
private func object(_ fields: [(String, String?)]) -> String {
  "{" + fields.map { "\"\($0)\":\($1 ?? "null")" }.joined(separator: ",") + "}"
}

private func array(_ values: [String]) -> String {
  "[" + values.joined(separator: ",") + "]"
}
