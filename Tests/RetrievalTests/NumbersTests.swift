import Retrieval
import Testing

/// Magnitudes at which a bound that forgot rounding, underflow or overflow would lose an item.
@Suite struct `Extreme numbers` {
  @Test(
    arguments: [0x1p-149, 0x1p-126, 0x1p-80, 0x1p-70, 0x1p-40, 1, 0x1p40, 0x1p55] as [Float],
    1...4 as ClosedRange<UInt64>)
  func `of any magnitude are found as by a plain loop`(scale: Float, seed: UInt64) {
    print("seed \(seed), scale \(scale)")
    var generator = SeededGenerator(seed: seed)
    var scratch = SearchScratch()
    var catalogue = Catalogue()
    for row in 0..<2_000 {
      let exponent = Int.random(in: -3...1, using: &generator)
      let factor = scale * Float(sign: .plus, exponent: exponent, significand: 1)
      catalogue.add(
        (0..<32).map { _ in generator.normal() * factor }, bias: row % 3 == 0 ? 0 : generator.normal() * scale)
    }
    let index = catalogue.index()
    for queryScale in [0, 0x1p-149, 0x1p-90, 0x1p-3, 1, 100, 300, 0x1p50] as [Float] {
      let query = (0..<32).map { _ in generator.normal() * queryScale }
      let found = index.search(query: query, count: 30, now: 0, scratch: &scratch)
      let expected = catalogue.best(30, for: query)
      #expect(found == expected, "query scale \(queryScale)")
    }
  }

  // Parallel to the query, every item meets its Cauchy-Schwarz bound with equality: rounding decides, and the scores of a
  // block differ by less than the bound's own error.
  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `on the bound itself are not lost to rounding`(seed: UInt64) {
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    var scratch = SearchScratch()
    let direction = (0..<32).map { _ in generator.normal() }
    var catalogue = Catalogue()
    for row in 0..<4_000 {
      let factor = 1 + Float(row % 50) * 0x1p-23
      catalogue.add(direction.map { $0 * factor }, bias: Float(row % 7) * 0x1p-22 - 3)
    }
    for norm in [0x1p-5, 0.7, 1, 1.0000001, 5, 127.9, 128, 1_000] as [Float] {
      let query = direction.map { $0 * norm / 5.6 }
      let expected = catalogue.best(10, for: query)
      let index = catalogue.index(typicalQueryNorm: norm)
      #expect(index.search(query: query, count: 10, now: 0, scratch: &scratch) == expected, "norm \(norm)")
      #expect(
        index.search(query: query, count: 10, now: 0, likely: expected.map(\.row), scratch: &scratch) == expected)
    }
  }

  @Test func `of the largest size allowed do not overflow`() {
    var catalogue = Catalogue()
    for row in 0..<200 {
      var vector = [Float](repeating: 0, count: 32)
      vector[row % 32] = row.isMultiple(of: 2) ? ItemIndex.maximumNorm : -ItemIndex.maximumNorm
      catalogue.add(vector, bias: row.isMultiple(of: 3) ? ItemIndex.maximumBias : -ItemIndex.maximumBias)
    }
    var scratch = SearchScratch()
    for dimension in 0..<32 {
      var query = [Float](repeating: 0, count: 32)
      query[dimension] = ItemIndex.maximumNorm
      #expect(
        catalogue.index().search(query: query, count: 7, now: 0, scratch: &scratch) == catalogue.best(7, for: query))
    }
  }

  @Test func `scores agree with double precision within the bound that the proof uses`() {
    var generator = SeededGenerator(seed: 77)
    for _ in 0..<2_000 {
      let (query, vector) = ((0..<32).map { _ in generator.normal() }, (0..<32).map { _ in generator.normal() })
      let bias = generator.normal() * 10
      var exact = Double(bias)
      var magnitude = Double(bias.magnitude)
      for (left, right) in zip(query, vector) {
        exact += Double(left) * Double(right)
        magnitude += (Double(left) * Double(right)).magnitude
      }
      let score = ItemIndex.score(query: query, vector: vector[...], bias: bias)
      #expect((Double(score) - exact).magnitude <= magnitude * 0x1p-18)
    }
  }

  @Test func `a row's score has the bits of its hit`() {
    var generator = SeededGenerator(seed: 78)
    var scratch = SearchScratch()
    let index = Shape.gaussian.catalogue(300, &generator).index()
    let query = Shape.gaussian.query(&generator)
    let hits = index.search(query: query, count: 300, now: 0, scratch: &scratch)
    #expect(hits.count > 100)
    for hit in hits { #expect(index.score(row: hit.row, query: query).bitPattern == hit.score.bitPattern) }
  }

  @Test func `that are not finite stop the program`() async {
    await #expect(processExitsWith: .failure) {
      var catalogue = Catalogue()
      catalogue.add([Float](repeating: .nan, count: 32))
      _ = catalogue.index()
    }
    await #expect(processExitsWith: .failure) {
      var catalogue = Catalogue()
      catalogue.add([Float](repeating: 0, count: 32), bias: .infinity)
      _ = catalogue.index()
    }
    await #expect(processExitsWith: .failure) {
      var catalogue = Catalogue()
      catalogue.add([Float](repeating: 0, count: 32))
      var scratch = SearchScratch()
      _ = catalogue.index().search(
        query: [Float](repeating: .infinity, count: 32), count: 1, now: 0, scratch: &scratch)
    }
  }
}
