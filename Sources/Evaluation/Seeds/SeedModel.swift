/// One of the two models of the notebooks that this project began with (TensorFlow Recommenders, *Recommending movies:
/// retrieval* and *ranking*): learned in large batches over several epochs, then frozen.
///
/// Both have 32 dimensions and Keras's Adagrad with a learning rate of .1; neither knows time, history or tags. They are here
/// to be compared with, and learn nothing in the daemon.
public protocol SeedModel: Sendable {
  /// Begins with random values.
  init(users: Int, items: Int, seed: UInt64)

  /// Takes one optimizer step.
  mutating func learn(_ batch: SeedBatch)

  /// Measures events that were not learned.
  /// - Parameters:
  ///   - test: the events to measure.
  ///   - train: the events that were learned, for what users have met and for baselines.
  ///   - progress: is told how many events of `test` are done.
  func quality(on test: SeedBatch, after train: SeedBatch, progress: (Int) -> Void) -> Quality
}

/// Some of a data set's events.
public struct SeedBatch: Sendable {
  let examples: ArraySlice<SeedExample>

  init(_ examples: ArraySlice<SeedExample>) {
    self.examples = examples
  }
}
