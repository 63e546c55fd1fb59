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

// Rows as a checkpoint has them: 32 weights and 32 accumulators each. In parts, since the tables are most of a model and a second
// copy of them would be most of another.
extension EmbeddingTable {
  private static var rowsPerPart: Int { 4_096 }

  /// The bytes that ``write(_:to:)`` writes.
  static func encodedBytes(_ rows: Int) -> Int { 8 + rows * rowBytes }

  /// Writes the elements of `rows`, one row after the other.
  func write(_ rows: [Int], to writer: inout ByteWriter) {
    writer.write(UInt64(rows.count * 64))
    for start in stride(from: 0, to: rows.count, by: Self.rowsPerPart) {
      let part = rows[start..<min(start + Self.rowsPerPart, rows.count)]
      let elements = unsafe [Float](unsafeUninitializedCapacity: part.count * 64) { buffer, initialized in
        for (index, row) in part.enumerated() {
          // SAFETY: 64 elements from index · 64 on lie within the capacity asked for; a row is 64 floats.
          let source = unsafe UnsafeRawPointer(storage.pointer(row))
          unsafe UnsafeMutableRawPointer(buffer.baseAddress! + index * 64).copyMemory(from: source, byteCount: 256)
        }
        initialized = part.count * 64
      }
      writer.write(uncounted: elements.span)
    }
  }

  /// Sets `rows` to what ``write(_:to:)`` wrote.
  func restore(_ rows: [Int], from reader: inout ByteReader) throws(CheckpointError) {
    guard try reader.read(UInt64.self) == UInt64(rows.count * 64) else {
      throw .malformed("a table does not fit its rows")
    }
    for start in stride(from: 0, to: rows.count, by: Self.rowsPerPart) {
      let part = rows[start..<min(start + Self.rowsPerPart, rows.count)]
      let elements = try reader.read(uncounted: part.count * 64, of: Float.self)
      guard elements.allSatisfy(\.isFinite) else { throw .malformed("a number of a table is not finite") }
      // SAFETY: 64 elements from index · 64 on lie within the array, which has 64 for each row of the part.
      unsafe elements.withUnsafeBytes { bytes in
        for (index, row) in part.enumerated() {
          let source = unsafe bytes.baseAddress! + index * 256
          unsafe UnsafeMutableRawPointer(storage.pointer(row)).copyMemory(from: source, byteCount: 256)
        }
      }
    }
  }
}

extension ByteReader {
  /// Makes sure that nothing is left but the two tables of `count` rows, before memory is taken for them.
  func expectTables(of count: Int) throws(CheckpointError) {
    guard remaining == 2 * EmbeddingTable.encodedBytes(count) else { throw .malformed("tables do not fit their rows") }
  }
}
