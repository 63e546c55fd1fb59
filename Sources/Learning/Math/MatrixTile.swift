/// Sixteen columns of a product.
///
/// Kernels keep their sums in registers over the whole depth. Six rows are twelve chains: a fused product takes four cycles and two
/// begin in each, so that the eight of four rows would just do if nothing ever had to wait.
@safe struct MatrixTile {
  // SAFETY: the first of sixteen floats in each row of C and of where its chains begin; whoever makes a tile vouches for the rows.
  private let c: UnsafeMutablePointer<Float>
  private let columns: Int
  private let start: UnsafePointer<Float>
  private let startStride: Int
  private let rectifies: Bool

  /// - Parameters:
  ///   - columns: from one row of C to the next.
  ///   - start: where chains begin: C itself, or the biases, `startStride` apart from row to row.
  ///   - rectifies: whether max(0, x) is what remains of a sum.
  @inline(__always)
  init(
    _ c: UnsafeMutablePointer<Float>, _ columns: Int, from start: UnsafePointer<Float>, _ startStride: Int,
    rectifies: Bool
  ) {
    unsafe self.c = c
    self.columns = columns
    unsafe self.start = start
    self.startStride = startStride
    self.rectifies = rectifies
  }

  /// Takes all rows through the depth. Elements of B are `bColumns` apart from row to row.
  func fill(
    rows: Int, depth: Int, _ a: UnsafePointer<Float>, _ strides: MatrixProduct.Strides, _ b: UnsafePointer<Float>,
    _ bColumns: Int
  ) {
    // SAFETY: every kernel stays within the rows below `rows` and the depth below `depth`, for which the caller vouches; the panel
    // holds sixteen floats for each of the depth.
    guard rows >= 4 else {
      for row in 0..<rows { unsafe oneRow(row, depth, a + row * strides.row, strides, b, bColumns) }
      return
    }
    // Sixteen columns side by side: rows of B a power of two apart would meet in few sets of the cache.
    unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: depth * 16) { panel in
      let panel = panel.baseAddress!
      for k in 0..<depth {
        unsafe store(load(b + k * bColumns), panel + k * 16)
        unsafe store(load(b + k * bColumns + 8), panel + k * 16 + 8)
      }
      var row = 0
      // Eight rows are two fours: after a six, two would be left over that cost as much as four.
      while row + 6 <= rows, rows - row != 8 {
        unsafe sixRows(row, depth, a + row * strides.row, strides, panel)
        row += 6
      }
      while row + 4 <= rows {
        unsafe fourRows(row, depth, a + row * strides.row, strides, panel)
        row += 4
      }
      while row < rows {
        unsafe oneRow(row, depth, a + row * strides.row, strides, panel, 16)
        row += 1
      }
    }
  }

  @inline(__always)
  private func sixRows(
    _ first: Int, _ depth: Int, _ a: UnsafePointer<Float>, _ strides: MatrixProduct.Strides, _ b: UnsafePointer<Float>
  ) {
    // SAFETY: 6 × 16 elements of C and `depth` rows of sixteen packed columns of B, as the caller has checked.
    var (c00, c01) = begin(first)
    var (c10, c11) = begin(first + 1)
    var (c20, c21) = begin(first + 2)
    var (c30, c31) = begin(first + 3)
    var (c40, c41) = begin(first + 4)
    var (c50, c51) = begin(first + 5)
    // Pointers that move: index arithmetic with its checks would cost as much as the products.
    var (a, b) = unsafe (a, b)
    let (row, two, three, step) = (strides.row, 2 &* strides.row, 3 &* strides.row, strides.depth)
    let (four, five) = (4 &* strides.row, 5 &* strides.row)
    for _ in 0..<depth {
      let (b0, b1) = unsafe (load(b), load(b + 8))
      let a0 = unsafe SIMD8<Float>(repeating: a[0])
      let a1 = unsafe SIMD8<Float>(repeating: a[row])
      let a2 = unsafe SIMD8<Float>(repeating: a[two])
      let a3 = unsafe SIMD8<Float>(repeating: a[three])
      let a4 = unsafe SIMD8<Float>(repeating: a[four])
      let a5 = unsafe SIMD8<Float>(repeating: a[five])
      unsafe a += step
      unsafe b += 16
      c00 = c00.addingProduct(a0, b0)
      c01 = c01.addingProduct(a0, b1)
      c10 = c10.addingProduct(a1, b0)
      c11 = c11.addingProduct(a1, b1)
      c20 = c20.addingProduct(a2, b0)
      c21 = c21.addingProduct(a2, b1)
      c30 = c30.addingProduct(a3, b0)
      c31 = c31.addingProduct(a3, b1)
      c40 = c40.addingProduct(a4, b0)
      c41 = c41.addingProduct(a4, b1)
      c50 = c50.addingProduct(a5, b0)
      c51 = c51.addingProduct(a5, b1)
    }
    end(c00, c01, first)
    end(c10, c11, first + 1)
    end(c20, c21, first + 2)
    end(c30, c31, first + 3)
    end(c40, c41, first + 4)
    end(c50, c51, first + 5)
  }

  @inline(__always)
  private func fourRows(
    _ first: Int, _ depth: Int, _ a: UnsafePointer<Float>, _ strides: MatrixProduct.Strides, _ b: UnsafePointer<Float>
  ) {
    // SAFETY: 4 × 16 elements of C and `depth` rows of sixteen packed columns of B, as the caller has checked.
    var (c00, c01) = begin(first)
    var (c10, c11) = begin(first + 1)
    var (c20, c21) = begin(first + 2)
    var (c30, c31) = begin(first + 3)
    // Pointers that move: index arithmetic with its checks would cost as much as the products.
    var (a, b) = unsafe (a, b)
    let (row, two, three, step) = (strides.row, 2 &* strides.row, 3 &* strides.row, strides.depth)
    for _ in 0..<depth {
      let (b0, b1) = unsafe (load(b), load(b + 8))
      let a0 = unsafe SIMD8<Float>(repeating: a[0])
      let a1 = unsafe SIMD8<Float>(repeating: a[row])
      let a2 = unsafe SIMD8<Float>(repeating: a[two])
      let a3 = unsafe SIMD8<Float>(repeating: a[three])
      unsafe a += step
      unsafe b += 16
      c00 = c00.addingProduct(a0, b0)
      c01 = c01.addingProduct(a0, b1)
      c10 = c10.addingProduct(a1, b0)
      c11 = c11.addingProduct(a1, b1)
      c20 = c20.addingProduct(a2, b0)
      c21 = c21.addingProduct(a2, b1)
      c30 = c30.addingProduct(a3, b0)
      c31 = c31.addingProduct(a3, b1)
    }
    end(c00, c01, first)
    end(c10, c11, first + 1)
    end(c20, c21, first + 2)
    end(c30, c31, first + 3)
  }

  @inline(__always)
  private func oneRow(
    _ row: Int, _ depth: Int, _ a: UnsafePointer<Float>, _ strides: MatrixProduct.Strides, _ b: UnsafePointer<Float>,
    _ bColumns: Int
  ) {
    // SAFETY: sixteen elements of C and `depth` rows of B, as the caller has checked.
    var (c0, c1) = begin(row)
    var (a, b) = unsafe (a, b)
    for _ in 0..<depth {
      let factor = unsafe SIMD8<Float>(repeating: a[0])
      c0 = unsafe c0.addingProduct(factor, load(b))
      c1 = unsafe c1.addingProduct(factor, load(b + 8))
      unsafe a += strides.depth
      unsafe b += bColumns
    }
    end(c0, c1, row)
  }

  @inline(__always)
  private func begin(_ row: Int) -> (SIMD8<Float>, SIMD8<Float>) {
    // SAFETY: a row that the caller has checked.
    let place = unsafe start + row &* startStride
    return unsafe (load(place), load(place + 8))
  }

  @inline(__always)
  private func end(_ low: SIMD8<Float>, _ high: SIMD8<Float>, _ row: Int) {
    // SAFETY: a row that the caller has checked.
    let place = unsafe c + row &* columns
    unsafe store(rectifies ? SIMD8.zero.replacing(with: low, where: low .> 0) : low, place)
    unsafe store(rectifies ? SIMD8.zero.replacing(with: high, where: high .> 0) : high, place + 8)
  }

  @inline(__always)
  private func load(_ pointer: UnsafePointer<Float>) -> SIMD8<Float> {
    // SAFETY: eight floats from `pointer` on, as the callers have checked; the load allows any alignment.
    unsafe UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Float>.self)
  }

  @inline(__always)
  private func store(_ value: SIMD8<Float>, _ pointer: UnsafeMutablePointer<Float>) {
    // SAFETY: eight floats from `pointer` on, as the callers have checked; the store allows any alignment.
    unsafe UnsafeMutableRawPointer(pointer).storeBytes(of: value, as: SIMD8<Float>.self)
  }
}
