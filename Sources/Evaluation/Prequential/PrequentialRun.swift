public import FeedEvents
public import Pipeline

/// A stream folded as the daemon folds it, without a broker: the same decoder, the same fold, the same digest as one
/// interactions partition (and one catalog partition) from offset 0.
public struct PrequentialRun: ~Copyable {
  /// What has been measured so far.
  public let probe: PrequentialProbe
  private var recommender: Recommender
  private var offsets: [Int64]

  /// The number of records folded at a time. The result does not depend on it.
  public static let batchRecords = 1_000

  /// Begins with a model that knows nothing.
  public init(configuration: JournaledConfiguration, hasCatalog: Bool) {
    probe = PrequentialProbe(reranking: configuration.lists.candidates)
    let inputs =
      (hasCatalog ? [InputPartition(role: .catalog, topic: "", partition: 0)] : [])
      + [InputPartition(role: .interactions, topic: "", partition: 0)]
    offsets = inputs.map { _ in 0 }
    recommender = Recommender(
      configuration: configuration, positions: inputs.map { InputPosition(input: $0, next: 0) })
  }

  /// Folds catalog records.
  public mutating func fold(_ items: some Sequence<CatalogItem>) {
    precondition(offsets.count == 2, "the run was begun without a catalog")
    var buffer = RecordBuffer(expecting: offsets)
    for item in items {
      buffer.append(input: 0, offset: offsets[0], timestamp: -1, key: item.itemID, value: item.encoded())
      offsets[0] += 1
    }
    _ = recommender.fold(buffer, to: offsets)
  }

  /// Measures and folds interactions, at most ``batchRecords`` to keep memory small.
  public mutating func fold(_ interactions: some Sequence<Interaction>) {
    let input = offsets.count - 1
    var buffer = RecordBuffer(expecting: offsets)
    for interaction in interactions {
      buffer.append(
        input: input, offset: offsets[input], timestamp: interaction.occurredAt, key: interaction.userID,
        value: interaction.encoded())
      offsets[input] += 1
    }
    _ = recommender.fold(buffer, to: offsets, probe: probe)
  }

  /// The digest of what was learned.
  public var digest: UInt128 { recommender.digest }

  /// The model, to look at.
  public func withRecommender<Result>(_ body: (borrowing Recommender) -> Result) -> Result { body(recommender) }
}
