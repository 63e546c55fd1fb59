/// Where a start comes to other states than the journal has, because an operator accepted that.
struct Refolding {
  private let accepts: Set<Acceptance.Kind>
  /// The first epoch of another learner that this one folded again.
  private(set) var learnerFrom: UInt64?
  /// The first epoch after which the state was another one than the journal has.
  private(set) var divergenceFrom: UInt64?

  init(accepts: Set<Acceptance.Kind>) { self.accepts = accepts }

  /// Whether digests mean nothing any more.
  var hasLeftJournal: Bool { learnerFrom != nil || divergenceFrom != nil }

  /// From `epoch` on the states are others, which is accepted; or the start ends.
  mutating func leave(
    _ kind: Acceptance.Kind, at epoch: UInt64, or stop: @autoclosure () -> Stop
  ) throws(Stop) {
    guard accepts.contains(kind) else { throw stop() }
    switch kind {
    case .learner: learnerFrom = learnerFrom ?? epoch
    case .divergence, .gap: divergenceFrom = divergenceFrom ?? epoch
    }
  }
}
