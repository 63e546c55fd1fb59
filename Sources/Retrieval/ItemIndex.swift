/// Finds the items with the highest query · vector + bias, exactly.
///
/// An immutable copy of the items. Rows are laid out by how high they could score, and a search goes through them from the
/// top, leaving out every block whose bound is below the lowest score still worth finding. Real catalogues, where a few
/// items are popular, end early; on items without such skew all blocks are scanned.
///
///     let index = ItemIndex(vectors: vectors, biases: biases, identifiers: identifiers, expiresAt: expiresAt, active: active)
///     let hits = index.search(query: user, count: 100, excluding: seen, now: now, scratch: &scratch)
///
/// Results are the same bits on every machine: sums run in a fixed order, and ties go to the smaller id.
public struct ItemIndex: Sendable {
  /// Floats per vector.
  public static let dimension = 32
  /// No search returns more.
  public static let maximumCount = 1_000
  /// The largest Euclidean norm of a vector or a query.
  public static let maximumNorm: Float = 0x1p60
  /// The largest magnitude of a bias.
  public static let maximumBias: Float = 0x1p120

  let vectors: [Float]
  let biases: [Float]
  let identifiers: ItemIdentifiers
  let expiresAt: [Int64]
  let active: [Bool]
  /// The row at each place of the blocks; inactive rows have none.
  let order: [UInt32]
  let blocks: ItemBlocks
  let bounds: BlockBounds

  /// How many rows there are, the inactive ones included.
  public var count: Int { biases.count }

  /// Builds the index in O(n log n).
  ///
  /// - Parameters:
  ///   - vectors: row-major, `dimension` floats each; finite, norm at most ``maximumNorm``. Shared, not copied.
  ///   - biases: one for each row; finite, magnitude at most ``maximumBias``.
  ///   - identifiers: one for each row, distinct.
  ///   - expiresAt: milliseconds; a search at or after this moment does not find the row. 0: never.
  ///   - active: rows that are not active are never found.
  ///   - typicalQueryNorm: what the order of the blocks is best for. A hint: it changes speed, never a result.
  public init(
    vectors: [Float], biases: [Float], identifiers: ItemIdentifiers, expiresAt: [Int64], active: [Bool],
    typicalQueryNorm: Float = 1
  ) {
    let rows = biases.count
    precondition(rows <= UInt32.max, "\(rows) rows are too many")
    precondition(vectors.count == rows * Self.dimension, "\(vectors.count) floats are not \(rows) vectors")
    precondition(
      identifiers.count == rows && expiresAt.count == rows && active.count == rows, "arrays differ in length")
    precondition(typicalQueryNorm >= 0 && typicalQueryNorm.isFinite, "a norm is finite and not negative")

    var norms = [Double](repeating: 0, count: rows)
    var keys: [UInt64] = []
    keys.reserveCapacity(rows)
    for row in 0..<rows where active[row] {
      let norm = euclideanNorm(vectors[row * Self.dimension..<(row + 1) * Self.dimension])
      // Written so that not-a-number fails.
      precondition(norm <= Double(Self.maximumNorm), "row \(row) has the norm \(norm)")
      precondition(biases[row].magnitude <= Self.maximumBias, "row \(row) has the bias \(biases[row])")
      norms[row] = norm
      // One integer to sort by: highest potential first, then row.
      let potential = Float(Double(typicalQueryNorm) * norm + Double(biases[row]))
      keys.append(UInt64(potential.descendingKey) << 32 | UInt64(row))
    }
    keys.sort()
    let order = keys.map { UInt32(truncatingIfNeeded: $0) }

    self.vectors = vectors
    self.biases = biases
    self.identifiers = identifiers
    self.expiresAt = expiresAt
    self.active = active
    self.order = order
    blocks = ItemBlocks(order: order, vectors: vectors, biases: biases)
    bounds = BlockBounds(norms: order.map { norms[Int($0)] }, biases: order.map { biases[Int($0)] })
  }

  /// The score of a vector for a query: products are added with one rounding each (fused multiply-add), from dimension 0 up
  /// and beginning with zero; then the bias is added.
  public static func score(query: [Float], vector: ArraySlice<Float>, bias: Float) -> Float {
    var sum: Float = 0
    for (factor, value) in zip(query, vector) { sum.addProduct(factor, value) }
    return sum + bias
  }

  /// The score of a row, the same bits as in a ``Hit``.
  public func score(row: UInt32, query: [Float]) -> Float {
    let start = Int(row) * Self.dimension
    return Self.score(query: query, vector: vectors[start..<start + Self.dimension], bias: biases[Int(row)])
  }

  /// Whether a search at `now` may find the row.
  public func isEligible(_ row: UInt32, now: Int64) -> Bool {
    active[Int(row)] && (expiresAt[Int(row)] == 0 || expiresAt[Int(row)] > now)
  }
}

extension Float {
  /// Smaller for larger numbers.
  fileprivate var descendingKey: UInt32 {
    let bits = bitPattern
    return bits >> 31 == 0 ? ~(bits | 1 << 31) : bits
  }
}
