/// Per assigned partition the smallest offset that may still come.
///
/// librdkafka 2.0.2 can deliver records again after it validated an offset (fixed in 2.1.1 and 2.4.0). An offset that
/// was passed already is a repeat, whatever the reason; a gap is normal.
struct NextOffsets {
  /// By the topic's index, then by partition.
  private var offsets: [[Int64]]

  init(topics: Int) {
    offsets = [[Int64]](repeating: [], count: topics)
  }

  /// Expects `offset` of a partition, whatever came before.
  mutating func expect(_ offset: Int64, topic: Int, partition: Int32) {
    let missing = Int(partition) + 1 - offsets[topic].count
    if missing > 0 { offsets[topic] += [Int64](repeating: 0, count: missing) }
    offsets[topic][Int(partition)] = offset
  }

  /// Whether a record is new; if so, only later ones are from now on.
  mutating func admit(_ offset: Int64, topic: Int, partition: Int32) -> Bool {
    guard offset >= offsets[topic][Int(partition)] else { return false }
    offsets[topic][Int(partition)] = offset + 1
    return true
  }
}
