/// Holds the journal to its tiling: epochs follow each other, and per input each range begins where the range or the journaled
/// gap before it ends.
///
/// It asks nothing but the journal, so that epochs of which nothing can be folded again are held to it, too.
struct Tiling {
  private var next: [InputPartition: Int64] = [:]
  private var epoch: UInt64?
  /// Gaps gone over.
  private(set) var gaps = 0

  /// The next record of the journal.
  /// - Throws: ``Stop`` naming what does not fit.
  mutating func take(_ content: JournalContent) throws(Stop) {
    switch content {
    case .start(let start):
      guard let era = start.era else { return }
      if let epoch, era.baseEpoch != epoch {
        throw Stop(
          .internalError, "era \(era.number) begins behind epoch \(era.baseEpoch), the journal is at epoch \(epoch)")
      }
      for gap in era.accepted?.gaps ?? [] {
        guard gap.from < gap.to, next[gap.input] ?? gap.from == gap.from else {
          throw broken("the gap of era \(era.number)", gap.input, gap.from)
        }
        next[gap.input] = gap.to
        gaps += 1
      }
      for position in era.positions {
        guard next[position.input] ?? position.next == position.next else {
          throw broken("era \(era.number)", position.input, position.next)
        }
        next[position.input] = position.next
      }
      epoch = era.baseEpoch
    case .epoch(let entry):
      for range in entry.ranges {
        guard next[range.input] ?? range.from == range.from else {
          throw broken("epoch \(entry.epoch)", range.input, range.from)
        }
        next[range.input] = range.to
      }
      epoch = entry.epoch
    }
  }

  private func broken(_ what: String, _ input: InputPartition, _ from: Int64) -> Stop {
    Stop(
      .internalError,
      "ranges do not tile: \(what) begins \(input.topic) partition \(input.partition) at \(from), not "
        + "\(next[input] ?? 0)")
  }
}
