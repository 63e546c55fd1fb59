import Retrieval

/// SplitMix64 (Steele, Lea & Flood, OOPSLA 2014): the same numbers from the same seed everywhere.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Nearly normal, mean 0 and variance 1.
  mutating func normal() -> Float {
    (0..<12).reduce(Float(-6)) { sum, _ in sum + Float.random(in: 0..<1, using: &self) }
  }
}

/// Items as plain arrays, with a search that is nothing but loops.
struct Catalogue {
  var vectors: [Float] = []
  var biases: [Float] = []
  var identifiers: [[UInt8]] = []
  var expiresAt: [Int64] = []
  var active: [Bool] = []

  mutating func add(_ vector: [Float], bias: Float = 0, id: [UInt8]? = nil, expiresAt: Int64 = 0, active: Bool = true) {
    identifiers.append(id ?? Array("item-\(identifiers.count)".utf8))
    vectors += vector
    biases.append(bias)
    self.expiresAt.append(expiresAt)
    self.active.append(active)
  }

  func index(typicalQueryNorm: Float = 1) -> ItemIndex {
    var offsets: [UInt64] = [0]
    for id in identifiers { offsets.append(offsets.last! + UInt64(id.count)) }
    return ItemIndex(
      vectors: vectors, biases: biases,
      identifiers: ItemIdentifiers(bytes: Array(identifiers.joined()), offsets: offsets),
      expiresAt: expiresAt, active: active, typicalQueryNorm: typicalQueryNorm)
  }

  func score(_ row: Int, _ query: [Float]) -> Float {
    var sum: Float = 0
    for dimension in 0..<32 { sum = sum.addingProduct(query[dimension], vectors[row * 32 + dimension]) }
    return sum + biases[row]
  }

  func best(_ count: Int, for query: [Float], excluding: [UInt32] = [], now: Int64 = 0) -> [Hit] {
    let excluded = Set(excluding)
    var hits: [Hit] = []
    for row in 0..<biases.count where active[row] && !excluded.contains(UInt32(row)) {
      if expiresAt[row] != 0 && expiresAt[row] <= now { continue }
      hits.append(Hit(row: UInt32(row), score: score(row, query)))
    }
    hits.sort { left, right in
      if left.score != right.score { return left.score > right.score }
      return identifiers[Int(left.row)].lexicographicallyPrecedes(identifiers[Int(right.row)])
    }
    return Array(hits.prefix(count))
  }
}

/// The kinds of catalogue that bounds and selections find easy or hard.
enum Shape: String, CaseIterable {
  case gaussian, popular, quantized, mixedNorms, negativeBiases, identical

  func catalogue(_ rows: Int, _ generator: inout SeededGenerator) -> Catalogue {
    var catalogue = Catalogue()
    // Ids in no relation to rows, of differing lengths, with bytes that are no UTF-8 and with common prefixes.
    var ids: Set<[UInt8]> = []
    while ids.count < rows {
      ids.insert(
        (0..<Int.random(in: 1...5, using: &generator)).map { _ in
          [0, 97, 98, 200, 255].randomElement(using: &generator)!
        }
          + Array("\(ids.count)".utf8))
    }
    for (row, id) in ids.sorted(by: { $0.reversed().lexicographicallyPrecedes($1.reversed()) }).enumerated() {
      var vector = (0..<32).map { _ in generator.normal() }
      var bias: Float = 0
      switch self {
      case .gaussian: bias = generator.normal()
      case .popular:
        vector = vector.map { $0 * 0.3 }
        bias = -Float(row.bitWidth - row.leadingZeroBitCount)
      case .quantized:
        vector = vector.map { $0 > 1 ? 1 : $0 < -1 ? -1 : 0 }
        bias = Float(Int.random(in: 0...2, using: &generator))
      case .mixedNorms:
        let scale = Float(sign: .plus, exponent: Int.random(in: -12...12, using: &generator), significand: 1)
        vector = vector.map { $0 * scale }
        bias = generator.normal() * 100
      case .negativeBiases: bias = -1000 + generator.normal() * 300
      case .identical: vector = (0..<32).map { Float($0 % 3) - 1 }
      }
      catalogue.add(
        vector, bias: bias, id: id,
        expiresAt: [0, 0, 0, 5, 10, .max].randomElement(using: &generator)!,
        active: Int.random(in: 0..<8, using: &generator) != 0)
    }
    return catalogue
  }

  func query(_ generator: inout SeededGenerator) -> [Float] {
    let scale: Float = [0, 0.01, 0.2, 1, 3, 40].randomElement(using: &generator)!
    return (0..<32).map { _ in self == .quantized ? generator.normal().rounded() * scale : generator.normal() * scale }
  }
}
