/// How quality moves along the stream: one measurement for each of many windows of equal length.
public struct LearningCurve: Equatable, Sendable {
  /// Some consecutive events.
  public struct Window: Equatable, Sendable {
    /// Their positions in the stream, counted from 0.
    public let positions: Range<Int>
    /// Quality over them. The running mean knows every label before.
    public let quality: Quality
  }

  /// The windows in order; together they are the whole stream.
  public let windows: [Window]
}

extension PrequentialMetrics {
  /// Quality in `windows` windows whose lengths differ by one event at most; fewer if there are fewer events. O(events).
  public func curve(windows: Int = 50) -> LearningCurve {
    precondition(windows > 0, "a curve has at least one window")
    let windows = min(windows, count)
    var labels = RunningLabels()
    return LearningCurve(
      windows: (0..<windows).map { window in
        let positions = count * window / windows..<count * (window + 1) / windows
        return LearningCurve.Window(positions: positions, quality: quality(of: positions, after: &labels))
      })
  }
}
