internal import Synchronization

/// A closure that is known later than the one who calls it: signals are blocked before there is anything to wake.
final class LateClosure: Sendable {
  private let closure = Mutex<(@Sendable () -> Void)?>(nil)

  func set(_ body: @escaping @Sendable () -> Void) { closure.withLock { $0 = body } }
  func callAsFunction() { closure.withLock { $0 }?() }
}
