internal import Synchronization

/// A ``Distribution`` that one thread records into and another reads. One uncontended lock per value.
public final class Histogram: Sendable {
  private let distribution: Mutex<Distribution>

  init(bounds: [Double]) {
    distribution = Mutex(Distribution(bounds: bounds))
  }

  /// Counts one value.
  public func record(_ value: Double) {
    distribution.withLock { $0.record(value) }
  }

  /// A copy of what was recorded so far.
  public var snapshot: Distribution {
    distribution.withLock { $0 }
  }
}
