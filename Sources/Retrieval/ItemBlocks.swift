import CMemory

/// The items' vectors, 64 to a block and one item to a lane, so that eight accumulators run down the dimensions together.
///
///     block: dimension 0: lanes 0..<64, dimension 1: lanes 0..<64, … dimension 31      8 KiB, fits the first cache
///
/// A lane's sum runs over the dimensions in order with one fused multiply-add each, which gives the bits of a plain loop
/// over one item, whatever the width of the machine's registers.
struct ItemBlocks: Sendable {
  static let lanes = 64
  static let vectorsPerRow = lanes / 8
  static let vectorsPerBlock = ItemIndex.dimension * vectorsPerRow

  /// `vectorsPerBlock` for each block.
  private var values: [SIMD8<Float>]
  /// `vectorsPerRow` for each block; −∞ in lanes without an item, so that their score passes no threshold.
  private var biases: [SIMD8<Float>]
  let count: Int

  /// Lays the rows out in the order given.
  init(order rows: [UInt32], vectors: [Float], biases rowBiases: [Float]) {
    count = (rows.count + Self.lanes - 1) / Self.lanes
    values = Array(repeating: .zero, count: count * Self.vectorsPerBlock)
    biases = Array(repeating: SIMD8(repeating: -.infinity), count: count * Self.vectorsPerRow)
    // SAFETY: position < count · lanes, so that the last index is (count − 1) · lanes · dimension + (dimension − 1) · lanes +
    // lanes − 1, the last float of `values`. Rows are checked by the arrays' own subscripts.
    unsafe values.withUnsafeMutableBytes { raw in
      unsafe Self.adviseHugePages(raw)
      let target = unsafe raw.assumingMemoryBound(to: Float.self)
      for (position, row) in rows.enumerated() {
        let source = Int(row) * ItemIndex.dimension
        let start = position / Self.lanes * Self.lanes * ItemIndex.dimension + position % Self.lanes
        for dimension in 0..<ItemIndex.dimension {
          unsafe target[start + dimension * Self.lanes] = vectors[source + dimension]
        }
      }
    }
    for (position, row) in rows.enumerated() {
      biases[position / 8][position % 8] = rowBiases[Int(row)]
    }
  }

  private static func adviseHugePages(_ raw: UnsafeMutableRawBufferPointer) {
    // The kernel takes whole pages only.
    let page = 4096
    guard let base = raw.baseAddress, raw.count >= 4 << 20 else { return }
    let skipped = (page - Int(bitPattern: base) % page) % page
    // SAFETY: the range from the next page boundary to the end lies inside the buffer; the advice changes no contents.
    unsafe woonkly_advise_huge_pages(base + skipped, raw.count - skipped)
  }

  /// The scores of one block's items.
  struct Scores {
    var v0: SIMD8<Float>, v1: SIMD8<Float>, v2: SIMD8<Float>, v3: SIMD8<Float>
    var v4: SIMD8<Float>, v5: SIMD8<Float>, v6: SIMD8<Float>, v7: SIMD8<Float>

    /// Whether a score is at least `threshold`.
    @inline(__always)
    func reach(_ threshold: Float) -> Bool {
      let limit = SIMD8(repeating: threshold)
      let low = (v0 .>= limit) .| (v1 .>= limit) .| (v2 .>= limit) .| (v3 .>= limit)
      let high = (v4 .>= limit) .| (v5 .>= limit) .| (v6 .>= limit) .| (v7 .>= limit)
      return any(low .| high)
    }
  }

  /// Scores one block. `query` has `ItemIndex.dimension` elements.
  @inline(__always)
  func scores(block: Int, query: Span<Float>) -> Scores {
    precondition(block < count && query.count == ItemIndex.dimension)
    var (v0, v1, v2, v3) = (SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero)
    var (v4, v5, v6, v7) = (SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero)
    // SAFETY: block < count and the query's length were checked above, so every index below is inside its array.
    unsafe values.withUnsafeBufferPointer { values in
      var row = unsafe values.baseAddress.unsafelyUnwrapped + block * Self.vectorsPerBlock
      for dimension in 0..<ItemIndex.dimension {
        let factor = unsafe SIMD8(repeating: query[unchecked: dimension])
        v0 = unsafe v0.addingProduct(factor, row[0])
        v1 = unsafe v1.addingProduct(factor, row[1])
        v2 = unsafe v2.addingProduct(factor, row[2])
        v3 = unsafe v3.addingProduct(factor, row[3])
        v4 = unsafe v4.addingProduct(factor, row[4])
        v5 = unsafe v5.addingProduct(factor, row[5])
        v6 = unsafe v6.addingProduct(factor, row[6])
        v7 = unsafe v7.addingProduct(factor, row[7])
        unsafe row += Self.vectorsPerRow
      }
    }
    let bias = block * Self.vectorsPerRow
    return Scores(
      v0: v0 + biases[bias], v1: v1 + biases[bias + 1], v2: v2 + biases[bias + 2], v3: v3 + biases[bias + 3],
      v4: v4 + biases[bias + 4], v5: v5 + biases[bias + 5], v6: v6 + biases[bias + 6], v7: v7 + biases[bias + 7])
  }
}
