internal import Synchronization

/// A number that goes up and down. One atomic store, from any thread.
public final class Gauge: Sendable {
  private let bits = Atomic<UInt64>(0)

  init() {}

  /// Replaces the value.
  public func set(_ value: Double) {
    bits.store(value.bitPattern, ordering: .relaxed)
  }

  /// Replaces the value.
  public func set(_ value: Int) {
    set(Double(value))
  }

  /// The value set last, 0 before the first.
  public var value: Double {
    Double(bitPattern: bits.load(ordering: .relaxed))
  }
}
