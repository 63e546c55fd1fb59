/// Retrieval's scores with what the ranker says: score + β·(f + value) + γ·engagement.
///
/// - Parameters:
///   - scores: retrieval's, one for each item.
///   - blend: β and γ.
/// - Complexity: 27,000 multiplications an item.
func blendedScores(
  _ scores: [Float], of parts: [ItemPart], for user: UserPart, network: RankerNetwork, blend: SIMD2<Float>,
  scratch: inout RankerScratch
) -> [Float] {
  blendedScores(scores, of: parts.indices, in: parts, for: user, network: network, blend: blend, scratch: &scratch)
}

/// The same for those of `parts` that stand at `rows`, which are read where they lie: half a kilobyte each.
func blendedScores(
  _ scores: [Float], of rows: some RandomAccessCollection<Int>, in parts: [ItemPart], for user: UserPart,
  network: RankerNetwork, blend: SIMD2<Float>, scratch: inout RankerScratch
) -> [Float] {
  precondition(scores.count == rows.count, "there is one score for each item")
  var userInputs: [Float] = []
  userInputs.reserveCapacity(RankerShape.userInputs)
  user.append(to: &userInputs)
  // Taken out while in use, so that the pass may use the rest of the scratch.
  var inputs = scratch.items
  scratch.items = []
  inputs.removeAll(keepingCapacity: true)
  inputs.reserveCapacity(rows.count * RankerShape.itemInputs)
  var values: [Float] = []
  values.reserveCapacity(rows.count)
  for row in rows { values.append(parts[row].append(to: &inputs, for: user)) }
  let outputs = network.outputs(user: userInputs, items: inputs, scratch: &scratch)
  scratch.items = inputs
  return scores.indices.map { index in
    scores[index]
      .addingProduct(blend[0], RankerShape.held(values[index] + outputs[index].value))
      .addingProduct(blend[1], RankerShape.held(outputs[index].engagement))
  }
}
