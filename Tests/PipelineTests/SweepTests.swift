import FeedEvents
import Testing

@testable import Pipeline

@Suite struct SweepTests {
  private typealias Scene = SweepScene

  private func scene(users: Int = 3, items: Int = 6) -> Scene {
    let scene = Scene()
    for item in 0..<items { scene.publish("item-\(item)") }
    for user in 0..<users { scene.like("user-\(user)", "item-0") }
    return scene
  }

  private func ids(_ list: Recommendations?) -> [String] {
    (list?.items ?? []).map { String(decoding: $0.itemID, as: UTF8.self) }
  }

  @Test func `who did nothing for hours gets a new list every hour, each of a version of its own`() throws {
    var scene = scene()
    let processor = try scene.start()
    try scene.run(processor, for: 5 * Scene.hour + 10 * Scene.minute, step: 5_000)
    for user in ["user-0", "user-1", "user-2"] {
      let lists = try scene.lists(of: user)
      // One for the event, one a minute after the start, five by the hour.
      #expect(lists.count == 7)
      #expect(zip(lists, lists.dropFirst()).allSatisfy { $0.version < $1.version })
      let times = lists.map(\.generatedAt)
      #expect(times[1] - times[0] <= 2 * Scene.minute)
      for (earlier, later) in zip(times.dropFirst(), times.dropFirst(2)) {
        #expect(abs(later - earlier - Scene.hour) < Scene.minute)
      }
    }
    #expect(processor.sweptUsers == 18)
    try scene.checkGuarantees()
  }

  @Test func `who has been away for a week is left alone, until the next event`() throws {
    var scene = scene(users: 1)
    let processor = try scene.start()
    try scene.run(processor, for: 7 * Scene.day, step: 5 * Scene.minute)
    let count = try scene.lists(of: "user-0").count
    #expect(count >= 7 * 24)
    try scene.run(processor, for: 3 * Scene.day, step: 5 * Scene.minute)
    #expect(try scene.lists(of: "user-0").count == count)
    scene.like("user-0", "item-1")
    try scene.run(processor, for: 3 * Scene.hour, step: 5_000)
    #expect(try scene.lists(of: "user-0").count >= count + 3)
    try scene.checkGuarantees()
  }

  @Test(arguments: [-20 * 365 * SweepScene.day, 20 * 365 * SweepScene.day])
  func `a data set of another time is listed once and never swept`(shift: Int64) throws {
    var scene = Scene()
    for user in 0..<4 { scene.like("user-\(user)", "item-\(user)", at: scene.time + shift) }
    scene.cluster.append(.init(key: nil, value: nil), to: "items-0")
    // Records that carry the time at which they were produced would be refused if they claimed to be of the future.
    scene.time += 1
    let processor = try scene.start()
    try scene.run(processor, for: 3 * Scene.hour, step: 10_000)
    #expect(processor.sweptUsers == 0)
    #expect(try scene.lists(of: "user-0").count == 1)
  }

  @Test func `with an interval of 0 nobody is swept`() throws {
    var scene = scene()
    scene.publish("late", expires: scene.time + 10 * Scene.minute)
    scene.options.pacing.sweepSeconds = 0
    let processor = try scene.start()
    try scene.run(processor, for: 3 * Scene.hour, step: 10_000)
    #expect(processor.sweptUsers == 0)
    #expect(try scene.lists(of: "user-1").count == 1)
  }

  @Test func `when an item expires, those whose list holds it get another within two minutes`() throws {
    var scene = scene(users: 2)
    scene.publish("brief", expires: scene.time + 20 * Scene.minute)
    scene.like("user-1", "brief")
    let expiry = scene.time + 20 * Scene.minute
    let processor = try scene.start()
    try scene.run(processor, for: 19 * Scene.minute, step: 1_000)
    #expect(try ids(scene.lists(of: "user-0").last).contains("brief"))
    let counts = try ["user-0", "user-1"].map { try scene.lists(of: $0).count }
    try scene.run(processor, for: 3 * Scene.minute, step: 1_000)
    let lists = try scene.lists(of: "user-0")
    #expect(lists.count == counts[0] + 1)
    #expect(!ids(lists.last).contains("brief") && lists.last!.items.count == 5)
    #expect(lists.last!.generatedAt - expiry < 2 * Scene.minute)
    // Whoever has met the item has a list without it, and nothing to gain.
    #expect(try scene.lists(of: "user-1").count == counts[1])
    try scene.checkGuarantees()
  }

  @Test func `where something expires every second there is one sweep a minute`() throws {
    var scene = scene(users: 2)
    for second in 1...1_200 { scene.publish("post-\(second)", expires: scene.time + Int64(second) * 1_000) }
    scene.options.configuration.lists.length = 1_000
    scene.options.configuration.lists.candidates = 1_000
    let processor = try scene.start()
    try scene.run(processor, for: 10 * Scene.minute, step: 500)
    let times = try scene.lists(of: "user-0").map(\.generatedAt)
    #expect((9...12).contains(times.count))
    #expect(
      zip(times.dropFirst(), times.dropFirst(2)).allSatisfy { $1 - $0 >= FreshnessSweep.leastMilliseconds - 1_000 })
  }

  @Test func `after a crash versions go on increasing, and a sweep comes soon`() throws {
    var scene = scene(users: 5)
    scene.options.pacing.checkpointSeconds = 1_000
    for _ in 0..<6 {
      let processor = try scene.start()
      // Dies without a word, at another moment of the sweep each time.
      try scene.run(processor, for: 63_000 + Int64(scene.options.incarnation) * 100, step: 100)
      #expect(processor.sweptUsers == 5)
    }
    let lists = try scene.lists(of: "user-4")
    #expect((5...12).contains(lists.count))
    try scene.checkGuarantees()
  }

  @Test func `whoever is forgotten gets a tombstone and no list after it`() throws {
    var scene = scene(users: 8)
    scene.options.pacing.listsPerEpoch = 1
    let processor = try scene.start()
    try scene.run(processor, for: Scene.minute, step: 1_000)
    // The sweep is on; its lists go out one by one.
    while processor.sweptUsers == 0 { try scene.run(processor, for: 100, step: 100) }
    scene.forget("user-7")
    try scene.run(processor, for: 3 * Scene.hour, step: 1_000)
    let records = scene.cluster.visibleRecords("recommendations-0").filter { $0.record.key == Array("user-7".utf8) }
    #expect(records.last?.record.value == nil && records.count { $0.record.value == nil } == 1)
    #expect(try scene.lists(of: "user-6").count >= 4)
    try scene.checkGuarantees()
  }

  @Test func `a stop in the middle of a sweep is a stop, and a run to the end sweeps nobody`() throws {
    var scene = scene(users: 40)
    scene.options.pacing.listsPerEpoch = 2
    var processor = try scene.start()
    while processor.sweptUsers == 0 { try scene.run(processor, for: 1_000, step: 1_000) }
    var turns = 0
    while try !processor.turn(now: scene.time, isStopping: true) {
      scene.cluster.writeAllMarkers()
      turns += 1
      try #require(turns < 20)
    }
    scene.options.finishesAtEnd = true
    processor = try scene.start()
    scene.time += 3 * Scene.hour
    turns = 0
    while try !processor.turn(now: scene.time) {
      scene.cluster.writeAllMarkers()
      scene.time += 10 * Scene.minute
      turns += 1
      try #require(turns < 200)
    }
    #expect(processor.sweptUsers == 0 && processor.owedCount == 0)
    scene.cluster.writeAllMarkers()
    try scene.checkGuarantees()
  }

  @Test func `users for whom there is nothing to list keep no freeze going, however few fit into one`() throws {
    var scene = Scene()
    scene.publish("item-0")
    for user in 0..<4 { scene.like("user-\(user)", "item-0") }
    scene.options.pacing.freezeUsers = 1
    let processor = try scene.start()
    try scene.run(processor, for: 20_000, step: 500)
    #expect(processor.owedCount == 4 && processor.statistics.freezes <= 8)
    let freezes = processor.statistics.freezes
    try scene.run(processor, for: 20_000, step: 500)
    #expect(processor.statistics.freezes == freezes)
    scene.publish("item-1")
    try scene.run(processor, for: 20_000, step: 500)
    #expect(processor.owedCount == 0)
    for user in 0..<4 { #expect(try ids(scene.lists(of: "user-\(user)").last) == ["item-1"]) }
  }

  @Test func `a million users are looked at in turns of a few thousand rows`() {
    var sweep = FreshnessSweep(Pacing(), now: 0)
    #expect(sweep.rows(of: 1_000_000, now: 59_999) == nil)
    var (next, turns) = (0, 0)
    while let rows = sweep.rows(of: 1_000_000, now: 60_000), turns < 100 {
      #expect(rows.lowerBound == next && rows.count <= FreshnessSweep.rowsPerTurn)
      next = rows.upperBound
      turns += 1
      #expect(sweep.isRunning == (next < 1_000_000))
    }
    #expect(next == 1_000_000 && turns == 31)
    #expect(sweep.rows(of: 0, now: 3_660_000) == 0..<0 && !sweep.isRunning, "nobody is there yet")
  }

  /// Long enough that there is somebody to sweep.
  private static let historyShape = HistoryShape(records: 150, starts: 4, turns: 80, calls: 400)

  @Test func `histories of crashes hold every guarantee with a sweep a second`() throws {
    var (swept, unswept) = (0, 0)
    for seed in 0..<UInt64(100) {
      for interval in [0, 1] {
        let history = History(seed: seed, shape: Self.historyShape)
        history.options.pacing.sweepSeconds = interval
        do {
          try history.run()
          let guarantees = try Guarantees(
            history.cluster, inputs: history.app.inputs, window: history.options.window, isComplete: !history.isOver)
          try guarantees.check()
          if interval == 0 { unswept += guarantees.listCount } else { swept += guarantees.listCount }
        } catch {
          Issue.record("seed \(seed), interval \(interval): \(error)")
        }
      }
    }
    print("100 histories: \(unswept) lists without a sweep, \(swept) with one a second")
    #expect(swept > unswept + 200)
  }
}
