internal import Learning

/// The notebooks' retrieval loss: the softmax of each user over the items of the whole batch, −Σ_i ln softmax_i(U Vᵀ)_i, summed.
///
/// Labels are the identity, so an item that comes twice in the batch is also its own negative, and popular items are pushed
/// down as often as they come: there is no correction of any kind (Yi et al., RecSys 2019, say why there should be one).
///
/// The matrix of batch × batch logits has equal rows for equal users and equal columns for equal items. Only distinct pairs
/// are computed, weighted by how often they come, one user's row at a time: exactly the same sums for 40 times less work
/// where 8,192 events are of 900 users and 1,500 items, and no matrix is stored.
struct InBatchSoftmax {
  private let users: DistinctRows
  private let items: DistinctRows
  /// The batch's item embeddings, and the gradients of these, side by side.
  private var vectors: Blocks = []
  private var gradients: Blocks
  /// One user's probabilities over the batch's items, in blocks of eight; padded with items that come zero times.
  private var row: Blocks
  private let counts: Blocks

  init(_ examples: ArraySlice<SeedExample>, users: borrowing SeedEmbedding, items: borrowing SeedEmbedding) {
    self.users = DistinctRows(examples.lazy.map(\.user), of: users.rows)
    self.items = DistinctRows(examples.lazy.map(\.item), of: items.rows)
    for item in self.items.rows { vectors += items.weights[SeedEmbedding.blocks(of: item)] }
    gradients = Blocks(repeating: .zero, count: vectors.count)
    var counts = Blocks(repeating: .zero, count: SIMD8<Float>.blocks(for: self.items.rows.count))
    for (position, count) in self.items.counts.enumerated() { counts[position >> 3][position & 7] = count }
    row = counts
    self.counts = counts
  }

  /// Adds the gradients of Σ_i ln Σ_j e^(u_i·v_j), the part of the loss that knows the whole batch. O(users · items · 32).
  mutating func accumulate(users userTable: inout SeedEmbedding, items itemTable: inout SeedEmbedding) {
    for (user, count) in zip(users.rows, users.counts) {
      let blocks = SeedEmbedding.blocks(of: user)
      let query = userTable.weights[blocks]
      score(query)
      normalize(total: count)
      let gradient = teach(query)
      for (block, target) in blocks.enumerated() { userTable.gradients[target] += gradient[block] }
    }
    for (position, item) in items.rows.enumerated() {
      for (source, target) in zip(SeedEmbedding.blocks(of: position), SeedEmbedding.blocks(of: item)) {
        itemTable.gradients[target] += gradients[source]
      }
    }
  }

  /// The row becomes u·v_j.
  private mutating func score(_ query: ArraySlice<SIMD8<Float>>) {
    let (a, b, c, d) = Self.four(query)
    // Held apart from self, of which the row changes.
    let (held, count) = (vectors, items.rows.count)
    let vectors = held.span
    var row = row.mutableSpan
    for position in 0..<count {
      let at = position * SeedEmbedding.blocksPerRow
      let product = (a * vectors[at]).addingProduct(b, vectors[at + 1]).addingProduct(c, vectors[at + 2])
        .addingProduct(d, vectors[at + 3])
      row[position >> 3][position & 7] = product.folded
    }
  }

  /// The row becomes `total` · softmax, each item counted as often as the batch has it.
  private mutating func normalize(total: Float) {
    let held = counts
    let counts = held.span
    var row = row.mutableSpan
    var greatest = SIMD8<Float>(repeating: -.infinity)
    for block in 0..<row.count {
      let isItem = counts[block] .> 0
      greatest.replace(with: row[block], where: isItem .& (row[block] .> greatest))
    }
    let highest = SIMD8(repeating: greatest.max())
    var sum = SIMD8<Float>.zero
    for block in 0..<row.count {
      row[block] = counts[block] * Exponential.exp(row[block] - highest)
      sum += row[block]
    }
    let scale = SIMD8(repeating: total / sum.folded)
    for block in 0..<row.count { row[block] *= scale }
  }

  /// Adds row_j · u to every item's gradient.
  /// - Returns: the user's, Σ row_j · v_j.
  private mutating func teach(_ query: ArraySlice<SIMD8<Float>>) -> Blocks {
    let (a, b, c, d) = Self.four(query)
    let (heldVectors, heldRow, count) = (vectors, row, items.rows.count)
    let (vectors, row) = (heldVectors.span, heldRow.span)
    var gradients = gradients.mutableSpan
    var (sumA, sumB, sumC, sumD) = (SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero)
    for position in 0..<count {
      let at = position * SeedEmbedding.blocksPerRow
      let weight = SIMD8(repeating: row[position >> 3][position & 7])
      sumA.addProduct(weight, vectors[at])
      sumB.addProduct(weight, vectors[at + 1])
      sumC.addProduct(weight, vectors[at + 2])
      sumD.addProduct(weight, vectors[at + 3])
      gradients[at].addProduct(weight, a)
      gradients[at + 1].addProduct(weight, b)
      gradients[at + 2].addProduct(weight, c)
      gradients[at + 3].addProduct(weight, d)
    }
    return [sumA, sumB, sumC, sumD]
  }

  private static func four(
    _ row: ArraySlice<SIMD8<Float>>
  ) -> (SIMD8<Float>, SIMD8<Float>, SIMD8<Float>, SIMD8<Float>) {
    let start = row.startIndex
    return (row[start], row[start + 1], row[start + 2], row[start + 3])
  }
}
