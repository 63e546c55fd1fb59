internal import Evaluation
internal import FeedEvents
internal import Learning
internal import Pipeline

/// Learns a random part of a data set in random order, then measures the rest without learning from it.
///
/// The protocol of the notebooks this project began with: it says nothing about tomorrow, since the split looks into the
/// future, but its figures can be compared with theirs. Items to be ranked are those that were learned, but for the user's
/// own.
struct RandomSplitRun: ~Copyable {
  private let events: [Interaction]
  private let split: RandomSplit
  private let configuration: JournaledConfiguration
  private var recommender: Recommender
  /// What the second part gave.
  private(set) var metrics = PrequentialMetrics()
  private var next: [Int64] = [0, 0]

  /// Holds the whole data set in memory, and folds its catalog.
  init(_ dataset: Dataset, configuration: JournaledConfiguration) throws {
    var events: [Interaction] = []
    events.reserveCapacity(dataset.count)
    try dataset.batches(of: PrequentialRun.batchRecords) { events += $0 }
    self.events = events
    self.configuration = configuration
    split = RandomSplit(count: events.count)
    let inputs = [InputRole.catalog, .interactions].map { InputPartition(role: $0, topic: "", partition: 0) }
    recommender = Recommender(
      configuration: configuration, positions: inputs.map { InputPosition(input: $0, next: 0) })
    var buffer = RecordBuffer(expecting: next)
    for item in dataset.catalog {
      buffer.append(input: 0, offset: next[0], timestamp: -1, key: item.itemID, value: item.encoded())
      next[0] += 1
    }
    _ = recommender.fold(buffer, to: next)
  }

  /// The digest of what was learned.
  var digest: UInt128 { recommender.digest }

  /// The model, to look at.
  func withLearner<Result>(_ body: (borrowing Learner) -> Result) -> Result { body(recommender.learner) }

  /// Learns and measures.
  /// - Parameter progress: is told how many events are done.
  mutating func measure(_ progress: (Int) -> Void) -> Quality {
    var done = 0
    var (sum, rated) = (0.0, 0)
    while done < split.train.count {
      let end = min(done + PrequentialRun.batchRecords, split.train.count)
      var buffer = RecordBuffer(expecting: next)
      for position in split.train[done..<end] {
        let event = events[position]
        buffer.append(
          input: 1, offset: next[1], timestamp: event.occurredAt, key: event.userID, value: event.encoded())
        next[1] += 1
        if event.type == .rating, let value = event.value {
          sum += value
          rated += 1
        }
      }
      _ = recommender.fold(buffer, to: next)
      done = end
      progress(done)
    }
    return test(mean: rated > 0 ? sum / Double(rated) : nil, done: done, progress)
  }

  private mutating func test(mean: Double?, done: Int, _ progress: (Int) -> Void) -> Quality {
    var scratch = RankScratch()
    var (squares, rated, done) = (0.0, 0, done)
    for position in split.test {
      done += 1
      progress(done)
      let event = events[position]
      guard configuration.events.isPositive(event.type) else { continue }
      let (user, item) = (event.userID.span, event.itemID.span)
      let isRepeat = recommender.learner.hasSeen(user: user, item: item)
      let label = event.type == .rating ? event.value : nil
      if let label, let mean, !isRepeat {
        squares += (label - mean) * (label - mean)
        rated += 1
      }
      var ranking = isRepeat ? RankOutcome.unmeasured : .miss
      if !isRepeat, let ranks = recommender.learner.rank(of: item, for: user, scratch: &scratch) {
        ranking = .ranked(
          RankOutcome.Standing(
            excludingSeen: ranks.excludingSeen, includingSeen: ranks.includingSeen, popularity: ranks.popularity))
      }
      metrics.record(
        prediction: isRepeat || label == nil ? nil : recommender.learner.predict(user: user, item: item),
        label: label.map { Float($0) }, ranking: ranking,
        familiarity: recommender.learner.familiarity(user: user, item: item))
    }
    var quality = metrics.all
    // What a constant could have learned from the same part.
    quality.meanRMSE = rated > 0 ? (squares / Double(rated)).squareRoot() : nil
    return quality
  }
}
