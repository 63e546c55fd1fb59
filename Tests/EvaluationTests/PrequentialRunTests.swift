import FeedEvents
import Learning
import Pipeline
import Testing

@testable import Evaluation

struct PrequentialRunTests {
  private struct Outcome: Equatable {
    var quality: Quality
    var digest: UInt128
  }

  private func outcome(epochs lengths: [Int], _ events: [Interaction], _ catalog: [CatalogItem]) -> Outcome {
    var run = PrequentialRun(configuration: JournaledConfiguration(), hasCatalog: true)
    run.fold(catalog)
    var (next, turn) = (0, 0)
    while next < events.count {
      let end = min(next + lengths[turn % lengths.count], events.count)
      run.fold(events[next..<end])
      (next, turn) = (end, turn + 1)
    }
    return Outcome(quality: run.probe.metrics.all, digest: run.digest)
  }

  @Test func `numbers are the same at any size of epoch`() {
    let stream = SmallStream(events: 1_500)
    let catalog = stream.movies.map { movie in
      CatalogItem(itemID: Array("p\(movie.id)".utf8), tags: movie.genres.map { Array($0.utf8) })
    }
    var events: [Interaction] = []
    for rating in stream.ratings {
      let time = Int64(rating.second) * 1_000
      // Impressions too, so that a mini-batch of the ranker has both kinds of labels.
      events.append(
        Interaction(
          userID: Array("u\(rating.user)".utf8), itemID: Array("p\(rating.item % 7 + 1)".utf8), type: .impression,
          occurredAt: time, authorID: Array("a\(rating.item % 9)".utf8)))
      events.append(
        Interaction(
          userID: Array("u\(rating.user)".utf8), itemID: Array("p\(rating.item)".utf8), type: .rating,
          value: Double(rating.stars), occurredAt: time))
    }
    let whole = outcome(epochs: [events.count], events, catalog)
    #expect(whole.quality.rmse != nil && whole.quality.twoStage != nil)
    #expect(whole.quality.twoStage != whole.quality.hitRates, "the ranker should have a say")
    for lengths in [[1], [7, 1, 300], [64], [1_000]] {
      #expect(outcome(epochs: lengths, events, catalog) == whole, "epochs of \(lengths)")
    }
  }

  @Test func `the digest is the daemon's, events sent twice included`() {
    let stream = SmallStream(events: 900)
    var events = stream.ratings.enumerated().map { number, rating in
      Interaction(
        eventID: number % 3 == 0 ? nil : Array("e\(number)".utf8), userID: Array("u\(rating.user)".utf8),
        itemID: Array("p\(rating.item)".utf8), type: .rating, value: Double(rating.stars),
        occurredAt: Int64(rating.second) * 1_000)
    }
    let before = outcome(epochs: [events.count], events, []).quality
    // Of the last hundred those with an id come again, and one of the first.
    events += events.suffix(100).filter { $0.eventID != nil } + [events[1]]
    var run = PrequentialRun(configuration: JournaledConfiguration(), hasCatalog: true)
    run.fold(events)

    let inputs = [
      InputPartition(role: .catalog, topic: "items", partition: 0),
      InputPartition(role: .interactions, topic: "interactions", partition: 0),
    ]
    var recommender = Recommender(
      configuration: JournaledConfiguration(), positions: inputs.map { InputPosition(input: $0, next: 0) })
    var duplicates = 0
    for (start, end) in [(0, 950), (950, events.count)] {
      var buffer = RecordBuffer(expecting: [0, Int64(start)])
      for offset in start..<end {
        let event = events[offset]
        buffer.append(
          input: 1, offset: Int64(offset), timestamp: event.occurredAt, key: event.userID, value: event.encoded())
      }
      duplicates += recommender.fold(buffer, to: [0, Int64(end)]).counts.duplicates
    }
    #expect(run.digest == recommender.digest)
    #expect(duplicates == 67 + 1)
    #expect(run.probe.metrics.all == before, "a duplicate is not predicted either")
  }
}
