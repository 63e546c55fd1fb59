internal import FeedEvents
internal import Host
internal import Synchronization

/// Where the demo's threads meet: each hangs up what it knows as a value of its own, and nothing else is shared.
final class DemoBoard: Sendable {
  private struct State {
    var isCatalogSent = false
    var isServing = false
    var isInterrupted = false
    var failure: Failure?
    var model = DemoModel()
    var crowd = DemoCrowdReport()
    var lists = DemoListReport()
    var deliveries: [Recommendations] = []
  }

  /// More lists than this wait for nobody: the next ones will be newer anyway.
  static let deliveryLimit = 50_000

  /// Makes the daemon's loop turn.
  let wake = LateClosure()
  private let state = Monitor(State())
  private let stopping = Atomic(false)
  private let ending = Atomic(false)

  /// Whether people go home and the daemon finishes what it has in hand.
  var isStopping: Bool { stopping.load(ordering: .acquiring) }
  /// Whether the reader of lists goes home too.
  var isEnding: Bool { ending.load(ordering: .acquiring) }

  func stop() {
    stopping.store(true, ordering: .releasing)
    wake()
    state.update { _ in }
  }

  func end() { ending.store(true, ordering: .releasing) }

  // MARK: What happens

  func catalogIsSent() { state.update { $0.isCatalogSent = true } }
  func serving() { state.update { $0.isServing = true } }
  func interrupt() { state.update { $0.isInterrupted = true } }
  func fail(_ failure: Failure) { state.update { $0.failure = $0.failure ?? failure } }

  var failure: Failure? { state.update { $0.failure } }

  /// Waits until the catalog's first items are in the log; false if the demo ends before.
  func waitForCatalog() -> Bool { wait { $0.isCatalogSent } }

  /// Waits until the daemon has started; false if the demo ends before.
  func waitForService() -> Bool { wait { $0.isServing } }

  private func wait(for condition: (State) -> Bool) -> Bool {
    state.wait { state -> Bool? in
      if condition(state) { return true }
      return state.failure != nil || state.isInterrupted || self.isStopping ? false : nil
    } ?? false
  }

  /// Waits until a moment; false at once when there is no reason to go on.
  /// - Parameter deadline: nanoseconds of the monotonic clock.
  func pause(until deadline: Int64) -> Bool {
    state.wait(until: deadline) { $0.failure != nil || $0.isInterrupted ? false : nil } ?? true
  }

  // MARK: What is known

  func publish(_ model: DemoModel) { state.update { $0.model = model } }
  func publish(_ crowd: DemoCrowdReport) { state.update { $0.crowd = crowd } }
  func publish(_ lists: DemoListReport) { state.update { $0.lists = lists } }

  /// Everything as of now.
  var frame: DemoFrame {
    state.update { DemoFrame(model: $0.model, crowd: $0.crowd, lists: $0.lists) }
  }

  func deliver(_ lists: [Recommendations]) {
    state.update {
      let room = Self.deliveryLimit - $0.deliveries.count
      $0.deliveries += lists.prefix(max(0, room))
    }
  }

  func takeDeliveries() -> [Recommendations] {
    state.update { state in
      defer { state.deliveries = [] }
      return state.deliveries
    }
  }
}

/// What there is to show.
struct DemoFrame: Sendable {
  var model = DemoModel()
  var crowd = DemoCrowdReport()
  var lists = DemoListReport()
}
