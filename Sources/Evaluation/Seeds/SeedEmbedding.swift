/// A table of embeddings with the gradients of one batch: 32 numbers a row, four blocks of eight lanes.
struct SeedEmbedding: Sendable {
  /// Blocks in a row.
  static let blocksPerRow = 4
  /// Initial values are within ± this, Keras's `Embedding` default.
  private static let limit: Float = 0.05

  var weights: Blocks
  var gradients: Blocks
  private var accumulators: Blocks

  /// The number of rows.
  var rows: Int { weights.count / Self.blocksPerRow }

  init(rows: Int, _ random: inout SplitMix64) {
    weights = (0..<rows * Self.blocksPerRow).map { _ in SIMD8.uniform(8, limit: Self.limit, &random) }
    gradients = Blocks(repeating: .zero, count: weights.count)
    accumulators = Blocks(repeating: SIMD8(repeating: KerasAdagrad.start), count: weights.count)
  }

  /// Where the blocks of a row are.
  @inline(__always)
  static func blocks(of row: Int) -> Range<Int> { row * blocksPerRow..<(row + 1) * blocksPerRow }

  /// One optimizer step on a row; its gradient is zero afterwards, so a second step on the same row changes nothing.
  mutating func step(_ row: Int) {
    for block in Self.blocks(of: row) {
      KerasAdagrad.step(&weights[block], &accumulators[block], gradient: gradients[block])
      gradients[block] = .zero
    }
  }
}
