/// The ranker's dimensions: two hidden layers as in the TensorFlow Recommenders notebooks, on the towers' vectors and a few numbers.
enum RankerShape {
  /// q and what is said of the user.
  static let userInputs = 32 + UserPart.numbers
  /// v and what is said of the item and of the pair.
  static let itemInputs = 32 + ItemPart.numbers
  /// One pair of user and item.
  static let inputs = userInputs + itemInputs
  static let firstHidden = 256
  static let secondHidden = 64
  /// Value and engagement.
  static let outputs = 2

  /// Inputs are held to ±8: none of them is larger on a stream that is what it should be, and a network's answer to what it
  /// never saw is worth nothing.
  static let inputLimit: Float = 8

  static func held(_ x: Float) -> Float {
    guard x.isFinite else { return 0 }
    return min(max(x, -inputLimit), inputLimit)
  }
}
