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
  var userInputs: [Float] = []
  user.append(to: &userInputs)
  // Taken out while in use, so that the pass may use the rest of the scratch.
  var inputs = scratch.items
  scratch.items = []
  inputs.removeAll(keepingCapacity: true)
  for part in parts { part.append(to: &inputs, for: user) }
  let outputs = network.outputs(user: userInputs, items: inputs, scratch: &scratch)
  scratch.items = inputs
  return scores.indices.map { index in
    scores[index]
      .addingProduct(blend[0], RankerShape.held(parts[index].value(for: user) + outputs[index].value))
      .addingProduct(blend[1], RankerShape.held(outputs[index].engagement))
  }
}
