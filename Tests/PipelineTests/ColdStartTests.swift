import FeedEvents
import Learning
import Testing

@testable import Pipeline

@Suite struct ColdStartTests {
  @Test func `the first list comes after one event, without what the event was about`() throws {
    var scene = SweepScene()
    for item in 0..<5 { scene.publish("item-\(item)") }
    for user in 0..<3 { scene.like("user-\(user)", "item-\(user)") }
    let processor = try scene.start()
    try scene.run(processor, for: 5_000, step: 100)
    #expect(try scene.lists(of: "newcomer").isEmpty)
    scene.like("newcomer", "item-0")
    try scene.run(processor, for: 3_000, step: 100)
    let lists = try scene.lists(of: "newcomer")
    #expect(lists.count == 1)
    #expect(
      Set(lists[0].items.map { String(decoding: $0.itemID, as: UTF8.self) }) == [
        "item-1", "item-2", "item-3", "item-4",
      ])
    try scene.checkGuarantees()
  }

  @Test(arguments: 1...3 as ClosedRange<UInt64>)
  func `somebody's second item is of the color of the first`(seed: UInt64) {
    var taste = PlantedTaste(seed: seed, withTags: false)
    taste.like("newcomer", "blue-3")
    let best = taste.best(10, for: "newcomer")
    #expect(best.count { $0.hasPrefix("blue") } >= 8, "seed \(seed): \(best)")
  }

  @Test(arguments: 1...3 as ClosedRange<UInt64>)
  func `a new item is in the next list where its tag is liked, above one without tags`(seed: UInt64) throws {
    var taste = PlantedTaste(seed: seed, withTags: true)
    taste.fold(catalog: [
      CatalogItem(itemID: Array("new-red".utf8), tags: [Array("red".utf8)]),
      CatalogItem(itemID: Array("new-blue".utf8), tags: [Array("blue".utf8)]),
      CatalogItem(itemID: Array("new-plain".utf8)),
    ])
    for (user, same, other) in [("red-user-0", "new-red", "new-blue"), ("blue-user-1", "new-blue", "new-red")] {
      let all = taste.best(1_000, for: user)
      let place = try #require(all.firstIndex(of: same))
      let plain = try #require(all.firstIndex(of: "new-plain"))
      print("seed \(seed), \(user): \(same) stands at \(place + 1) of \(all.count), without tags at \(plain + 1)")
      #expect(place < ListConfiguration().length, "the first list after the rebuild holds it")
      #expect(try place < plain && place < #require(all.firstIndex(of: other)))
    }
  }

  @Test func `a new item without events comes into lists by exploration, whatever its score`() throws {
    var taste = PlantedTaste(seed: 1, withTags: true)
    // Of the other color: its score would never do.
    taste.fold(catalog: [CatalogItem(itemID: Array("new".utf8), tags: [Array("blue".utf8)])])
    var versions = 0
    var isFound = false
    while !isFound, versions < 400 {
      versions += 1
      let list = try taste.list(of: "red-user-0", version: UInt64(versions))
      isFound = list.contains { $0.itemID == Array("new".utf8) && $0.propensity != nil }
    }
    #expect(isFound)
    print("explored after \(versions) lists of one user")
  }

  @Test func `an item that has been shown often enough is no longer explored`() throws {
    var taste = PlantedTaste(seed: 1, withTags: false)
    taste.fold(catalog: [CatalogItem(itemID: Array("new".utf8))])
    func isExplored() throws -> Bool {
      try (1...300).contains { version in
        try taste.list(of: "red-user-0", version: version).contains { $0.itemID == Array("new".utf8) }
      }
    }
    taste.fold(
      events: (0..<19).map {
        Interaction(
          userID: Array("blue-user-\(2 * $0 + 1)".utf8), itemID: Array("new".utf8), type: .impression, occurredAt: 1)
      })
    #expect(try isExplored())
    taste.fold(events: [
      Interaction(userID: Array("blue-user-91".utf8), itemID: Array("new".utf8), type: .impression, occurredAt: 1)
    ])
    #expect(try !isExplored())
  }

  @Test(arguments: [true, false])
  func `what goes with an item is of its color, and not the item itself`(withTags: Bool) {
    let taste = PlantedTaste(seed: 5, withTags: withTags)
    for item in ["red-0", "red-7", "red-20", "blue-2", "blue-15"] {
      let color = item.prefix { $0 != "-" }
      let best = taste.best(10, with: item)
      #expect(best.count == 10 && !best.contains(item))
      #expect(best.count { $0.hasPrefix(color) } >= 9, "\(item): \(best)")
      // For nobody in particular both colors stand together.
    }
    let anybody = taste.recommender.best(10, for: taste.recommender.learner.freezeUnknownUser(), now: 1)
    #expect((2...8).contains(anybody.count { $0.itemID.starts(with: Array("red".utf8)) }))
  }
}
