import Foundation

@testable import Evaluation

/// What Golden/golden.py wrote: one batch of each of the notebooks' models.
struct SeedGolden: Decodable {
  let version: Int
  let retrieval: RetrievalCase
  let ranking: RankingCase

  struct RetrievalCase: Decodable {
    let users: [Int]
    let items: [Int]
    let before: Tables
    let gradients: Tables
    let after: Tables
  }

  struct Tables: Decodable {
    let user: [[Float]]
    let item: [[Float]]
  }

  struct RankingCase: Decodable {
    let users: [Int]
    let items: [Int]
    let labels: [Float]
    let loss: Double
    let before: Network
    let gradients: NetworkGradients
    let after: Network
  }

  struct Network: Decodable {
    let user: [[Float]]
    let item: [[Float]]
    let wideBias: [Float]
    let narrowBias: [Float]
    let output: [[Float]]
    let outputBias: [Float]
  }

  /// Of the large layers: sums by output, sums by input, and the same of the magnitudes.
  struct NetworkGradients: Decodable {
    let user: [[Float]]
    let item: [[Float]]
    let wide: [[Float]]
    let wideBias: [Float]
    let narrow: [[Float]]
    let narrowBias: [Float]
    let output: [[Float]]
    let outputBias: [Float]
  }

  static func load() throws -> SeedGolden {
    let url = Bundle.module.url(forResource: "golden", withExtension: "json", subdirectory: "Golden")!
    return try JSONDecoder().decode(SeedGolden.self, from: Data(contentsOf: url))
  }
}

extension [Float] {
  /// In blocks of eight lanes, padded with zeros.
  var blocks: Blocks {
    stride(from: 0, to: count, by: 8).map { start in
      var block = SIMD8<Float>.zero
      for index in start..<Swift.min(start + 8, count) { block[index - start] = self[index] }
      return block
    }
  }
}

extension Blocks {
  /// The numbers, padding included.
  var numbers: [Float] { flatMap { block in (0..<8).map { block[$0] } } }
}
