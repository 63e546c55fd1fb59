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
    accumulate(
      into: &c, beginning: nil, rows: rows, columns: columns, depth: depth, a, from: start, strides, b,
      fromRow: firstDepth)
  }

  /// A hidden layer: C = max(0, `biases` in every row + A·B), 0 for what is not a number. C grows to hold that, and what it
  /// holds beyond is left.
  static func layer(
    into c: inout [Float], biases: [Float], rows: Int, columns: Int, depth: Int, _ a: [Float],
    _ strides: Strides, _ b: [Float], fromRow firstDepth: Int = 0
  ) {
    precondition(biases.count == columns && depth > 0, "a layer has a bias for every column")
    if c.count < rows * columns { c.append(contentsOf: repeatElement(0, count: rows * columns - c.count)) }
    accumulate(
      into: &c, beginning: biases, rows: rows, columns: columns, depth: depth, a, from: 0, strides, b,
      fromRow: firstDepth)
  }

  private static func accumulate(
    into c: inout [Float], beginning biases: [Float]?, rows: Int, columns: Int, depth: Int, _ a: [Float],
    from start: Int, _ strides: Strides, _ b: [Float], fromRow firstDepth: Int
  ) {
    precondition(rows >= 0 && depth >= 0 && columns > 0 && columns % 16 == 0, "columns come in sixteens")
    guard rows > 0, depth > 0 else { return }
    precondition(c.count >= rows * columns, "the result does not fit")
    precondition(firstDepth >= 0 && b.count >= (firstDepth + depth) * columns, "the second factor is too small")
    precondition(
      start >= 0 && strides.row >= 0 && strides.depth >= 0
        && a.count > start + (rows - 1) * strides.row + (depth - 1) * strides.depth, "the first factor is too small")
    // SAFETY: the last element that any kernel touches in each array lies within it, checked above (biases are as many as columns,
    // or C itself is where chains begin); C is no other's memory.
    unsafe c.withUnsafeMutableBufferPointer { c in
      unsafe a.withUnsafeBufferPointer { a in
        unsafe b.withUnsafeBufferPointer { b in
          unsafe (biases ?? []).withUnsafeBufferPointer { biases in
            let (c, a) = unsafe (c.baseAddress!, a.baseAddress! + start)
            let b = unsafe b.baseAddress! + firstDepth * columns
            for column in stride(from: 0, to: columns, by: 16) {
              let tile =
                unsafe biases.isEmpty
                ? MatrixTile(c + column, columns, from: c + column, columns, rectifies: false)
                : MatrixTile(c + column, columns, from: biases.baseAddress! + column, 0, rectifies: true)
              unsafe tile.fill(rows: rows, depth: depth, a, strides, b + column, columns)
            }
          }
        }
      }
    }
  }
}
