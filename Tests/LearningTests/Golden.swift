import Foundation

/// What Golden/golden.py wrote: expected values from automatic differentiation.
struct Golden: Decodable {
  let version: Int
  let jax: String
  let adagrad: AdagradCase
  let towers: TowerCase
  let negative: NegativeCase
  let ratings: [RatingCase]
  let ranker: RankerCase
  let follow: FollowCase

  struct AdagradCase: Decodable {
    let rate: Float
    let start: Float
    let weights: [Float]
    let accumulators: [Float]
    let steps: [Step]

    struct Step: Decodable {
      let gradient: [Float]
      let forgets: Bool
      let weights: [Float]
      let accumulators: [Float]
    }
  }

  struct Values<Shape: Decodable>: Decodable {
    let weights: Shape
    let accumulators: Shape
  }

  struct TowerState: Decodable {
    let user: Values<[Float]>
    let own: Values<[[Float]]>
    let tags: Values<[[Float]]>
    let bias: Values<[Float]>
    let gates: Values<[Float]>
    let theta: Values<[Float]>
  }

  struct TowerCase: Decodable {
    let seed: UInt64
    let partition: Int32
    let offset: Int64
    let negatives: Int
    let weight: Float
    let itemTags: [[Int]]
    let history: [Int]
    let positive: Int
    let ring: [Int]
    let kept: [Int]
    let counts: [[Double]]
    let totals: [Double]
    let before: TowerState
    let after: TowerState
  }

  struct NegativeCase: Decodable {
    let weight: Float
    let user: [Float]
    let own: [Float]
    let accumulators: [Float]
    let weightsAfter: [Float]
    let accumulatorsAfter: [Float]
  }

  struct RankerCase: Decodable {
    let seed: UInt64
    let batches: [Batch]

    struct Batch: Decodable {
      let before: [[Float]]
      let after: [[Float]]
      let first: [Float]
      let second: [Float]
      let firstBias: [Float]
      let secondBias: [Float]
    }
  }

  struct FollowCase: Decodable {
    let user: [Float]
    let tag: [Float]
    let accumulators: [Float]
    let userAfter: [Float]
    let tagAfter: [Float]
  }

  struct RatingCase: Decodable {
    let withTags: Bool
    let user: [Float]
    let item: [Float]
    let tags: [[Float]]
    let steps: [Step]

    struct Step: Decodable {
      let rating: Float
      let prediction: Float
      let user: [Float]
      let item: [Float]
      let userBias: Float
      let itemBias: Float
    }
  }

  static func load() throws -> Golden {
    let url = Bundle.module.url(forResource: "golden", withExtension: "json", subdirectory: "Golden")!
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
  }
}
