/// Products of small dense matrices, the arithmetic of the ranker.
///
/// Every element of the result is one chain of fused multiply-adds over the depth in ascending order, however rows and columns are
/// grouped: the same bits on every machine, and the same whether one candidate is scored or two hundred.
enum MatrixProduct {
  /// How a factor lies in memory: element (row, depth) at `row · rowStride + depth · depthStride`. Swapped strides transpose it.
  struct Strides {
    var row: Int
    var depth: Int
  }

  /// C += A·B. C is `rows` × `columns` and B `depth` × `columns`, row-major; `columns` is a multiple of 16. O(product).
  static func accumulate(
    into c: inout [Float], rows: Int, columns: Int, depth: Int, _ a: [Float], from start: Int = 0, _ strides: Strides,
    _ b: [Float], fromRow firstDepth: Int = 0
  ) {
    precondition(rows >= 0 && depth >= 0 && columns > 0 && columns % 16 == 0, "columns come in sixteens")
    guard rows > 0, depth > 0 else { return }
    precondition(c.count >= rows * columns, "the result does not fit")
    precondition(firstDepth >= 0 && b.count >= (firstDepth + depth) * columns, "the second factor is too small")
    precondition(
      start >= 0 && strides.row >= 0 && strides.depth >= 0
        && a.count > start + (rows - 1) * strides.row + (depth - 1) * strides.depth, "the first factor is too small")
    // SAFETY: the last element that either kernel touches in each array lies within it, checked above; C is no other's memory.
    unsafe c.withUnsafeMutableBufferPointer { c in
      unsafe a.withUnsafeBufferPointer { a in
        unsafe b.withUnsafeBufferPointer { b in
          let (c, a) = unsafe (c.baseAddress!, a.baseAddress! + start)
          let b = unsafe b.baseAddress! + firstDepth * columns
          for column in stride(from: 0, to: columns, by: 16) {
            guard rows >= 4 else {
              for row in 0..<rows {
                unsafe oneRow(
                  c + row * columns + column, columns, depth, a + row * strides.row, strides, b + column, columns)
              }
              continue
            }
            // Sixteen columns side by side: rows of B a power of two apart would meet in few sets of the cache.
            unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: depth * 16) { panel in
              let panel = panel.baseAddress!
              for k in 0..<depth {
                unsafe store(load(b + k * columns + column), panel + k * 16)
                unsafe store(load(b + k * columns + column + 8), panel + k * 16 + 8)
              }
              var row = 0
              while row + 4 <= rows {
                unsafe fourRows(c + row * columns + column, columns, depth, a + row * strides.row, strides, panel)
                row += 4
              }
              while row < rows {
                unsafe oneRow(c + row * columns + column, columns, depth, a + row * strides.row, strides, panel, 16)
                row += 1
              }
            }
          }
        }
      }
    }
  }

  /// Four rows by sixteen columns: eight accumulators stay in registers over the whole depth.
  @inline(__always)
  private static func fourRows(
    _ c: UnsafeMutablePointer<Float>, _ columns: Int, _ depth: Int, _ a: UnsafePointer<Float>, _ strides: Strides,
    _ b: UnsafePointer<Float>
  ) {
    // SAFETY: 4 × 16 elements of C and `depth` rows of sixteen packed columns of B, as the caller has checked.
    var (c00, c01) = unsafe (load(c), load(c + 8))
    var (c10, c11) = unsafe (load(c + columns), load(c + columns + 8))
    var (c20, c21) = unsafe (load(c + 2 * columns), load(c + 2 * columns + 8))
    var (c30, c31) = unsafe (load(c + 3 * columns), load(c + 3 * columns + 8))
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
    unsafe store(c00, c)
    unsafe store(c01, c + 8)
    unsafe store(c10, c + columns)
    unsafe store(c11, c + columns + 8)
    unsafe store(c20, c + 2 * columns)
    unsafe store(c21, c + 2 * columns + 8)
    unsafe store(c30, c + 3 * columns)
    unsafe store(c31, c + 3 * columns + 8)
  }

  @inline(__always)
  private static func oneRow(
    _ c: UnsafeMutablePointer<Float>, _ columns: Int, _ depth: Int, _ a: UnsafePointer<Float>, _ strides: Strides,
    _ b: UnsafePointer<Float>, _ bColumns: Int
  ) {
    // SAFETY: sixteen elements of C and `depth` rows of B, as the caller has checked.
    var (c0, c1) = unsafe (load(c), load(c + 8))
    var (a, b) = unsafe (a, b)
    for _ in 0..<depth {
      let factor = unsafe SIMD8<Float>(repeating: a[0])
      c0 = unsafe c0.addingProduct(factor, load(b))
      c1 = unsafe c1.addingProduct(factor, load(b + 8))
      unsafe a += strides.depth
      unsafe b += bColumns
    }
    unsafe store(c0, c)
    unsafe store(c1, c + 8)
  }

  @inline(__always)
  private static func load(_ pointer: UnsafePointer<Float>) -> SIMD8<Float> {
    // SAFETY: eight floats from `pointer` on, as the callers have checked; the load allows any alignment.
    unsafe UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Float>.self)
  }

  @inline(__always)
  private static func store(_ value: SIMD8<Float>, _ pointer: UnsafeMutablePointer<Float>) {
    // SAFETY: eight floats from `pointer` on, as the callers have checked; the store allows any alignment.
    unsafe UnsafeMutableRawPointer(pointer).storeBytes(of: value, as: SIMD8<Float>.self)
  }
}
