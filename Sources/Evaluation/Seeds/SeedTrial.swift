/// The notebooks' protocol: a random 80 % of the events is learned in three epochs of batches of 8,192, the rest measured.
///
/// Their input is shuffled, cut at 80 %, shuffled once more, cut into batches and cached, so that every epoch sees the same
/// batches in the same order. Here ``RandomSplit`` gives the training part in shuffled order already; batches are its
/// consecutive slices, the last one shorter, the same in every epoch.
public struct SeedTrial: Sendable {
  /// Passes over the training part.
  public static let epochs = 3
  /// Events per optimizer step.
  public static let batchEvents = 8_192

  private let train: [SeedExample]
  private let test: [SeedExample]
  private let (users, items): (Int, Int)

  /// Splits the events.
  public init(_ examples: SeedExamples) {
    let split = RandomSplit(count: examples.count)
    train = split.train.map { examples.all[$0] }
    test = split.test.map { examples.all[$0] }
    (users, items) = (examples.userCount, examples.itemCount)
  }

  /// How many events a run handles, those of every epoch counted.
  public var work: Int { train.count * Self.epochs + test.count }

  /// Learns and measures a new model.
  /// - Parameters:
  ///   - seed: of the model's initial values; the split does not depend on it.
  ///   - progress: is told how many events of ``work`` are done.
  public func run<Model: SeedModel>(_ model: Model.Type, seed: UInt64, progress: (Int) -> Void) -> Quality {
    var model = Model(users: users, items: items, seed: seed)
    var done = 0
    for _ in 0..<Self.epochs {
      for start in stride(from: 0, to: train.count, by: Self.batchEvents) {
        let batch = train[start..<min(start + Self.batchEvents, train.count)]
        model.learn(SeedBatch(batch))
        done += batch.count
        progress(done)
      }
    }
    let learned = done
    return model.quality(on: SeedBatch(test[...]), after: SeedBatch(train[...])) { progress(learned + $0) }
  }
}
