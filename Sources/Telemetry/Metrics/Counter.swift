internal import Synchronization

/// A number that only grows while the process lives. One atomic addition, from any thread.
public final class Counter: Sendable {
  private let count = Atomic<UInt64>(0)

  init() {}

  /// Adds `amount`, which defaults to one.
  public func increment(by amount: UInt64 = 1) {
    count.wrappingAdd(amount, ordering: .relaxed)
  }

  /// What has been counted so far.
  public var value: UInt64 {
    count.load(ordering: .relaxed)
  }
}
