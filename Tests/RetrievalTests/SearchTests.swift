import Retrieval
import Testing

@Suite struct `Search` {
  @Test(arguments: Shape.allCases, 1...6 as ClosedRange<UInt64>)
  func `finds exactly what a plain loop over all items finds, score bits included`(shape: Shape, seed: UInt64) {
    print("seed \(seed), \(shape)")
    var generator = SeededGenerator(seed: seed)
    var scratch = SearchScratch()
    for rows in [1, 7, 63, 64, 65, 130, 511, 513, 3_000] {
      let catalogue = shape.catalogue(rows, &generator)
      let index = catalogue.index(typicalQueryNorm: [0, 1, 30].randomElement(using: &generator)!)
      for _ in 0..<4 {
        let query = shape.query(&generator)
        let count = [1, 2, 10, 100, 1_000].randomElement(using: &generator)!
        let excluded = (0..<Int.random(in: 0...rows, using: &generator)).map { _ in
          UInt32.random(in: 0..<UInt32(rows + 5), using: &generator)
        }
        let now = [0, 4, 5, 7, 10, 11].randomElement(using: &generator)! as Int64
        let expected = catalogue.best(count, for: query, excluding: excluded, now: now)
        let found = index.search(query: query, count: count, excluding: excluded, now: now, scratch: &scratch)
        #expect(found == expected, "rows \(rows), count \(count)")
        #expect(found.map(\.score.bitPattern) == expected.map(\.score.bitPattern))
      }
    }
  }

  @Test(arguments: Shape.allCases, 11...13 as ClosedRange<UInt64>)
  func `gives the same result whatever rows are called likely`(shape: Shape, seed: UInt64) {
    print("seed \(seed), \(shape)")
    var generator = SeededGenerator(seed: seed)
    var scratch = SearchScratch()
    let catalogue = shape.catalogue(900, &generator)
    let index = catalogue.index()
    for _ in 0..<10 {
      let query = shape.query(&generator)
      let excluded = (0..<300).map { _ in UInt32.random(in: 0..<900, using: &generator) }
      let expected = catalogue.best(20, for: query, excluding: excluded, now: 7)
      // The right rows, the right rows several times, any rows with duplicates, rows that are excluded or do not exist.
      let candidates: [[UInt32]] = [
        expected.map(\.row), expected.prefix(10).flatMap { [$0.row, $0.row, $0.row] },
        (0..<200).map { _ in UInt32.random(in: 0..<900, using: &generator) }, excluded + [900, .max],
      ]
      for likely in candidates {
        #expect(
          index.search(query: query, count: 20, excluding: excluded, now: 7, likely: likely, scratch: &scratch)
            == expected)
      }
    }
  }

  @Test(arguments: Shape.allCases, 21...23 as ClosedRange<UInt64>)
  func `for several users together gives each what a search alone gives`(shape: Shape, seed: UInt64) {
    print("seed \(seed), \(shape)")
    var generator = SeededGenerator(seed: seed)
    var (together, alone) = (SearchScratch(), SearchScratch())
    let catalogue = shape.catalogue(1_500, &generator)
    let index = catalogue.index()
    for users in [0, 1, 2, 15, 16, 17, 40] {
      let requests = (0..<users).map { _ in
        SearchRequest(
          query: shape.query(&generator), count: Int.random(in: 1...60, using: &generator),
          excluding: (0..<50).map { _ in UInt32.random(in: 0..<1_500, using: &generator) },
          likely: (0..<70).map { _ in UInt32.random(in: 0..<1_500, using: &generator) })
      }
      let expected = requests.map {
        index.search(query: $0.query, count: $0.count, excluding: $0.excluding, now: 3, scratch: &alone)
      }
      #expect(index.search(requests, now: 3, scratch: &together) == expected)
    }
  }

  @Test func `gives equal scores to the smaller id, bytes unsigned and prefixes first`() {
    var catalogue = Catalogue()
    let ids: [[UInt8]] = [[255], [97, 0], [97], [], [0], [128], [97, 98], [127]]
    for id in ids { catalogue.add([Float](repeating: 0, count: 32), bias: 1, id: id) }
    var scratch = SearchScratch()
    let hits = catalogue.index().search(
      query: [Float](repeating: 1, count: 32), count: 8, now: 0, scratch: &scratch)
    #expect(hits.map { ids[Int($0.row)] } == [[], [0], [97], [97, 0], [97, 98], [127], [128], [255]])
    #expect(hits.allSatisfy { $0.score == 1 })
  }

  @Test func `ties at the last place are decided by id, however many there are`() {
    var catalogue = Catalogue()
    for row in 0..<5_000 { catalogue.add([Float](repeating: 0.5, count: 32), id: Array("\(9_999 - row)".utf8)) }
    var scratch = SearchScratch()
    let hits = catalogue.index().search(
      query: [Float](repeating: -1, count: 32), count: 3, now: 0, scratch: &scratch)
    #expect(hits.map(\.row) == [4_999, 4_998, 4_997])
  }

  @Test func `finds nothing when all are excluded, inactive, expired or absent`() {
    var scratch = SearchScratch()
    let query = [Float](repeating: 1, count: 32)
    var catalogue = Catalogue()
    #expect(catalogue.index().search(query: query, count: 5, now: 0, scratch: &scratch).isEmpty)
    for _ in 0..<100 { catalogue.add(query) }
    #expect(
      catalogue.index().search(query: query, count: 5, excluding: Array(0..<100), now: 0, scratch: &scratch).isEmpty)
    // The scratch has forgotten the exclusions.
    #expect(catalogue.index().search(query: query, count: 500, now: 0, scratch: &scratch).count == 100)
    catalogue.expiresAt = [Int64](repeating: 8, count: 100)
    #expect(catalogue.index().search(query: query, count: 5, now: 7, scratch: &scratch).count == 5)
    #expect(catalogue.index().search(query: query, count: 5, now: 8, scratch: &scratch).isEmpty)
    catalogue.active = [Bool](repeating: false, count: 100)
    #expect(catalogue.index().search(query: query, count: 5, now: 0, scratch: &scratch).isEmpty)
  }

  @Test func `a scratch serves indexes of any size in turn`() {
    var generator = SeededGenerator(seed: 31)
    var scratch = SearchScratch()
    for rows in [10, 4_000, 1, 700] {
      let catalogue = Shape.gaussian.catalogue(rows, &generator)
      let query = Shape.gaussian.query(&generator)
      let excluded: [UInt32] = [0, 3, 699, 3_999, 1_000_000]
      #expect(
        catalogue.index().search(query: query, count: 50, excluding: excluded, now: 0, scratch: &scratch)
          == catalogue.best(50, for: query, excluding: excluded))
    }
  }
}
