/// One axis of a chart: from numbers to coordinates, with a few round numbers marked.
struct ChartAxis {
  /// The numbers at both ends.
  let range: ClosedRange<Double>
  /// The numbers that are marked.
  let ticks: [Double]
  private let places: Int

  /// An axis that holds all `values`; its ends are round numbers, unless `isTight`: then they are the least and the
  /// greatest value.
  init(holding values: [Double], including others: [Double] = [], intervals: Int, isTight: Bool = false) {
    let all = values + others
    let (least, greatest) = (all.min() ?? 0, all.max() ?? 1)
    let step = RoundStep.above(greatest > least ? (greatest - least) / Double(intervals) : max(abs(least), 1) / 2)
    places = RoundStep.places(step)
    // A single number has no tight axis.
    let isTight = isTight && greatest > least
    let first = isTight ? (least / step).rounded(.up) : (least / step).rounded(.down)
    var last = isTight ? (greatest / step).rounded(.down) : (greatest / step).rounded(.up)
    if !isTight, last == first { last += 1 }
    ticks = (0...Int(last - first)).map { (first + Double($0)) * step }
    range = isTight ? least...greatest : (first * step)...(last * step)
  }

  /// Where `value` lies, 0 at the lower end and 1 at the upper.
  func position(_ value: Double) -> Double {
    (value - range.lowerBound) / (range.upperBound - range.lowerBound)
  }

  /// A marked number in words.
  func label(_ tick: Double) -> String {
    EvaluationReport.shown(tick, places: places)
  }
}
