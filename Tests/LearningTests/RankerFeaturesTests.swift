import Testing

@testable import Learning

@Suite struct RankerFeaturesTests {
  @Test func `eight numbers at once are held as one by one, whatever they are`() {
    let odd: [Float] = [
      0, -0.0, 8, -8, 8.000001, -8.000001, 7.999999, .infinity, -.infinity, .nan, -.nan, .greatestFiniteMagnitude,
      -.greatestFiniteMagnitude, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 1,
    ]
    for rotation in 0..<odd.count {
      var lanes = SIMD8<Float>()
      for lane in 0..<8 { lanes[lane] = odd[(lane + rotation) % odd.count] }
      for lane in 0..<8 {
        #expect(lanes.held[lane].bitPattern == RankerShape.held(lanes[lane]).bitPattern, "\(lanes[lane])")
      }
    }
  }

  @Test func `an item's numbers are the vector's and then those of the pair, in their order`() {
    var random = TestRandom(seed: 3)
    func vector() -> Vector32 { Vector32((0..<32).map { _ in Float.random(in: -9...9, using: &random) }) }
    for author in [nil, vector()] as [Vector32?] {
      let user = UserPart(query: vector(), factors: vector(), bias: 0.5, mood: SIMD4(1, -20, 3, 4), seen: 7)
      let item = ItemPart(
        vector: vector(), factors: vector().scaled(by: 0.01), bias: -0.25, popularity: SIMD4(1, 2, 30, -4),
        positives: 5, age: 6, author: author)
      var inputs: [Float] = []
      let value = item.append(to: &inputs, for: user)
      #expect(value == item.value(for: user))
      let numbers: [Float] =
        [value, user.query.dot(item.vector) / 2, 0.5, 1, 15, -2, 1.25, 1.5, author.map { user.query.dot($0) } ?? 0]
        + [author == nil ? 0 : 1]
      #expect(inputs == (item.vector.elements + numbers).map(RankerShape.held))
      inputs = []
      user.append(to: &inputs)
      #expect(inputs.count == RankerShape.userInputs && inputs[33] == -8 && inputs[34] == 3)
    }
  }
}
