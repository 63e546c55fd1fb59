internal import Learning
internal import Pipeline

/// How much memory the process may come to hold, computed from the configuration and printed at the start.
///
/// An upper bound of what the budgets allow, not a forecast: rows are made as ids come.
struct MemoryCeiling {
  /// Per user: two rows of 32 weights and accumulators, a full seen set, history and list of impressions, its map entry and
  /// id.
  static let userBytes = 512 + 4_096 * 5 + 100 * 4 + 256 * 4 + 160 + 256
  /// Per item or tag: two rows, popularity, map entry, id; once more its vector in a frozen copy and the index, and what the
  /// ranker is told of it.
  static let itemBytes = 512 + 192 + 256 + 3 * 160 + 512
  /// librdkafka: fetch queue and send queue; epochs in hand and in flight; the state while it is written.
  static let fixedBytes = (32 << 20) + (64 << 20) + (64 << 20)

  let bytes: Int

  init(_ configuration: Configuration) {
    let learning = configuration.journaled.learning
    let rows =
      learning.userRows * Self.userBytes + (learning.itemRows + learning.tagRows) * Self.itemBytes
    // A checkpoint is a copy of the rows.
    bytes = 2 * rows + 2 * configuration.pacing.epochBytes + Self.fixedBytes
  }
}
