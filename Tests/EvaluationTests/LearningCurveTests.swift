import Testing

@testable import Evaluation

@Suite struct LearningCurveTests {
  @Test(arguments: [1, 2, 3, 6, 7, 50]) func `windows are the stream, each measured as a range of it`(windows: Int) {
    let metrics = sampleMetrics()
    let curve = metrics.curve(windows: windows)
    #expect(curve.windows.count == min(windows, 7))
    #expect(curve.windows.flatMap { Array($0.positions) } == Array(0..<7))
    for window in curve.windows {
      #expect(window.quality == metrics.quality(of: window.positions), "the running mean knows all labels before")
      #expect([7 / curve.windows.count, 7 / curve.windows.count + 1].contains(window.positions.count))
    }
  }

  @Test func `one window is all events, and nothing has none`() {
    #expect(sampleMetrics().curve(windows: 1).windows.map(\.quality) == [sampleMetrics().all])
    #expect(PrequentialMetrics().curve().windows.isEmpty)
  }
}
