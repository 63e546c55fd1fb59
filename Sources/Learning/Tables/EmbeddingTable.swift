internal import Checkpoints

/// Rows of 32 weights and their 32 accumulators.
struct EmbeddingTable: ~Copyable {
  private var storage = BlockStorage<SIMD8<Float>>(elementsPerRow: 8)

  /// The dimension of every embedding.
  static var dimension: Int { 32 }
  /// The bytes of a row.
  static var rowBytes: Int { 256 }

  /// The number of rows.
  var count: Int { storage.count }

  @inline(__always)
  subscript(row: Int) -> EmbeddingRow { unsafe EmbeddingRow(storage.pointer(row)) }

  /// Adds a row of zeros.
  mutating func append() { storage.append(repeating: .zero) }

  /// Asks the cache for a row.
  @inline(__always)
  func prefetch(_ row: Int) { storage.prefetch(row, bytes: Self.rowBytes) }

  /// Sets a row to its initial values: uniform with standard deviation `deviation`, a function of `key` alone, accumulators at
  /// `accumulator`.
  func initialize(_ row: Int, key: UInt64, deviation: Float, accumulator: Float) {
    let random = CounterRandom(key: key)
    // Uniform on -w..<w has variance w²/3.
    let width = deviation * 1.732_050_8
    var weights = Vector32()
    for dimension in 0..<Self.dimension { weights[dimension] = random.symmetric(draw: dimension) * width }
    let start = SIMD8<Float>(repeating: accumulator)
    let target = self[row]
    target.weights = weights
    target.accumulators = Vector32(a: start, b: start, c: start, d: start)
  }
}

// Rows as a checkpoint has them: 32 weights and 32 accumulators each.
extension EmbeddingTable {
  /// The elements of `rows`, one row after the other.
  func elements(_ rows: [Int]) -> [Float] {
    unsafe [Float](unsafeUninitializedCapacity: rows.count * 64) { buffer, initialized in
      for (index, row) in rows.enumerated() {
        // SAFETY: 64 elements from index · 64 on lie within the capacity asked for; a row is 64 floats.
        let source = unsafe UnsafeRawPointer(storage.pointer(row))
        unsafe UnsafeMutableRawPointer(buffer.baseAddress! + index * 64).copyMemory(from: source, byteCount: 256)
      }
      initialized = rows.count * 64
    }
  }

  /// Sets `rows` to elements that ``elements(_:)`` gave.
  func restore(_ rows: [Int], _ elements: [Float]) throws(CheckpointError) {
    guard elements.count == rows.count * 64, elements.allSatisfy(\.isFinite) else {
      throw .malformed("a table does not fit its rows")
    }
    // SAFETY: 64 elements from index · 64 on lie within the array, checked above; a row is 64 floats.
    unsafe elements.withUnsafeBytes { bytes in
      for (index, row) in rows.enumerated() {
        let source = unsafe bytes.baseAddress! + index * 256
        unsafe UnsafeMutableRawPointer(storage.pointer(row)).copyMemory(from: source, byteCount: 256)
      }
    }
  }
}
