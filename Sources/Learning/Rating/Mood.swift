/// How a user's latest ratings lay above or below what was expected: what the slow biases cannot follow.
///
/// Exponential moving averages of e = z − f, over about 2, 5 and 20 ratings.
enum Mood {
  private static let retention = SIMD4<Float>(0.5, 0.8, 0.95, 0)
  private static let replacement = SIMD4<Float>(0.5, 0.2, 0.05, 0)

  static func moved(_ mood: SIMD4<Float>, by error: Float) -> SIMD4<Float> {
    (mood * retention).addingProduct(replacement, SIMD4(repeating: RankerShape.held(error)))
  }
}
