public import FeedEvents
public import Learning

/// Looks at the state just before an event is learned, for metrics that predict first. It can change nothing.
public protocol FoldProbe: AnyObject {
  /// `interaction` is about to be learned with `effect`.
  func willLearn(_ interaction: Interaction, effect: Effect, learner: borrowing Learner)
}
