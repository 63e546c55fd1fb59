/// One row of an ``EmbeddingTable``: 32 weights, then the 32 accumulators of their squared gradients, 256 bytes.
///
/// A handle, not a copy. It is sound because a table's rows never move and a row handle never leaves the step that took it.
@safe struct EmbeddingRow {
  // SAFETY: eight vectors of one row of a table that outlives the handle.
  private let base: UnsafeMutablePointer<SIMD8<Float>>

  @inline(__always)
  init(_ base: UnsafeMutablePointer<SIMD8<Float>>) {
    unsafe self.base = base
  }

  /// The embedding.
  @inline(__always)
  var weights: Vector32 {
    get { unsafe Vector32(a: base[0], b: base[1], c: base[2], d: base[3]) }
    nonmutating set {
      unsafe base[0] = newValue.a
      unsafe base[1] = newValue.b
      unsafe base[2] = newValue.c
      unsafe base[3] = newValue.d
    }
  }

  /// What the step sizes are adapted by.
  @inline(__always)
  var accumulators: Vector32 {
    get { unsafe Vector32(a: base[4], b: base[5], c: base[6], d: base[7]) }
    nonmutating set {
      unsafe base[4] = newValue.a
      unsafe base[5] = newValue.b
      unsafe base[6] = newValue.c
      unsafe base[7] = newValue.d
    }
  }

  // SAFETY: the caller has room for ``EmbeddingTable/rowBytes`` bytes at `target`, outside of the table.
  /// Copies the weights, then the accumulators.
  @inline(__always)
  func copy(to target: UnsafeMutableRawPointer) {
    unsafe target.copyMemory(from: base, byteCount: EmbeddingTable.rowBytes)
  }
}
