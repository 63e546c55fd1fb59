import Evaluation
import FeedEvents
import Foundation
import Kafka
import Pipeline
import Testing

/// The daemon itself against a real Kafka: killed, stopped, started again.
@Suite(
  .serialized, .timeLimit(.minutes(10)),
  .enabled(if: TestEnvironment.brokers != nil, "set WOONKLY_TEST_BROKERS to a real Kafka"),
  .enabled(if: TestEnvironment.program != nil, "build the program first"))
struct EndToEndTests {
  /// What is folded: MovieLens where there is one, a synthetic app otherwise.
  private static func data() throws -> (catalog: [CatalogItem], events: [Interaction]) {
    if let directory = TestEnvironment.movieLens {
      let data = try MovieLensDataset(directory: directory)
      return (data.catalog, Array(data))
    }
    return synthetic(hours: 6)
  }

  private static func synthetic(hours: Int64) -> (catalog: [CatalogItem], events: [Interaction]) {
    var parameters = SyntheticParameters()
    parameters.seed = 7
    var app = SyntheticApp(parameters)
    let activity = app.advance(to: app.now + hours * 3_600_000)
    // The app's time is long past: by the wall clock all of its posts have expired, and nobody could be listed any.
    let catalog = activity.catalog.map { item in
      var item = item
      item.expires = nil
      return item
    }
    return (catalog, activity.interactions)
  }

  private func temporaryDirectory() throws -> URL {
    let url = FileManager.default.temporaryDirectory.appending(path: "woonkly-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url
  }

  @Test func `killed again and again, the daemon ends with the model and the lists of an undisturbed run`() throws {
    let directory = try temporaryDirectory()
    defer { try? FileManager.default.removeItem(at: directory) }
    let (catalog, events) = try Self.data()
    let topics = try FeedTopics()
    try topics.produce(catalog: catalog, interactions: events)

    let state = directory.appending(path: "state")
    var generator = SystemRandomNumberGenerator()
    var kills = 0
    // Small epochs, so that a kill meets a transaction in flight, a checkpoint, a replay.
    let arguments = topics.arguments("serve", state: state, "--exit-at-end", "--set", "epoch.records=2000")
    while kills < 8 {
      let daemon = try DaemonProcess(arguments, directory: directory)
      // Three of them together are shorter than the work takes.
      usleep(UInt32.random(in: 50_000...(kills < 3 ? 200_000 : 600_000), using: &generator))
      if !daemon.isRunning {
        try #require(daemon.status(within: 1) == 0, "\(daemon.errors)")
        break
      }
      daemon.kill(SIGKILL)
      _ = daemon.status(within: 10)
      kills += 1
    }
    let last = try DaemonProcess(arguments, directory: directory)
    try #require(last.status(within: 180) == 0, "\(last.errors)")
    try topics.settle()
    print("kill -9: \(kills) times, \(events.count) events, \(catalog.count) items")
    #expect(kills >= 3, "the daemon was done before it could be killed")

    // An undisturbed run without a broker comes to the same bits.
    var undisturbed = PrequentialRun(configuration: JournaledConfiguration(), hasCatalog: true)
    undisturbed.fold(catalog)
    undisturbed.fold(events)
    let epochs = try topics.epochs()
    #expect(epochs.last?.digest == undisturbed.digest)

    // So does the auditor, who recomputes lists byte for byte as well.
    let auditor = try DaemonProcess(
      topics.arguments("verify", state: state).filter { !["--http-port", "0"].contains($0) }, directory: directory)
    #expect(auditor.status(within: 120) == 0, "\(auditor.errors)")

    try checkTiling(epochs, catalog: catalog.count, events: events.count)
    try checkLists(topics, epochs: epochs, events: events, itemCount: catalog.count)
  }

  /// G2: epochs contiguous and once, ranges tile, every record counted.
  private func checkTiling(_ epochs: [JournalEntry], catalog: Int, events: Int) throws {
    #expect(epochs.map(\.epoch) == Array(1...UInt64(epochs.count)))
    var next: [InputPartition: Int64] = [:]
    var counts: [InputRole: Int] = [:]
    for entry in epochs {
      for range in entry.ranges {
        #expect(range.from == next[range.input] ?? 0, "epoch \(entry.epoch)")
        next[range.input] = range.to
        counts[range.input.role, default: 0] += range.count
      }
    }
    #expect(counts == [.catalog: catalog, .interactions: events])
    #expect(epochs.allSatisfy { $0.deadLetters.isEmpty })
  }

  /// P1 and what a list promises: versions grow, full, no item twice, none that the user had met as of the version.
  private func checkLists(
    _ topics: FeedTopics, epochs: [JournalEntry], events: [Interaction], itemCount: Int
  ) throws {
    // One interactions partition: an event's place in the stream is its offset.
    let foldedTo = Dictionary(
      uniqueKeysWithValues: epochs.map { entry in
        (entry.epoch, entry.ranges.first { $0.input.role == .interactions }!.to)
      })
    var met: [[UInt8]: [(offset: Int64, item: [UInt8])]] = [:]
    for (offset, event) in events.enumerated() where teaches(event.type) {
      met[event.userID, default: []].append((Int64(offset), event.itemID))
    }
    let lists = try topics.read(topics.recommendations, partitions: 3)
    let decoder = RecommendationsDecoder()
    var versions: [[UInt8]: Int64] = [:]
    for list in lists {
      let decoded = try decoder.decode(try #require(list.value))
      let user = decoded.userID
      #expect(list.key == user)
      #expect(decoded.version > versions[user] ?? 0, "\(String(decoding: user, as: UTF8.self))")
      versions[user] = decoded.version
      let end = try #require(foldedTo[UInt64(decoded.version)], "a list of an epoch that is not in the journal")
      let seen = Set(met[user, default: []].filter { $0.offset < end }.map(\.item))
      let items = decoded.items.map(\.itemID)
      #expect(Set(items).count == items.count)
      #expect(seen.isDisjoint(with: items), "a list holds an item its user had met")
      if TestEnvironment.movieLens != nil { #expect(items.count == min(50, itemCount - seen.count)) }
      #expect(decoded.basedOn.offset < end)
    }
    // P4: everyone's last list is of an epoch that had folded their last event.
    for (user, events) in met {
      let version = try #require(versions[user], "\(String(decoding: user, as: UTF8.self)) was never listed")
      #expect(foldedTo[UInt64(version)]! > events.last!.offset)
    }
    // P3: the journal accounts for as many lists as are visible.
    #expect(lists.count == epochs.reduce(0) { $0 + ($1.lists?.count ?? 0) })
    print("\(lists.count) lists of \(versions.count) users in \(epochs.count) epochs")
  }

  private func teaches(_ type: InteractionType) -> Bool {
    switch type {
    case .impression, .forget, .unknown: false
    default: true
    }
  }

  @Test func `SIGTERM ends within 10 seconds with a checkpoint, and the next start goes on there`() throws {
    let directory = try temporaryDirectory()
    defer { try? FileManager.default.removeItem(at: directory) }
    let (catalog, events) = Self.synthetic(hours: 1)
    let topics = try FeedTopics(interactionPartitions: 4)
    let half = events.count / 2
    try topics.produce(catalog: catalog, interactions: events[..<half])

    let state = directory.appending(path: "state")
    let daemon = try DaemonProcess(topics.arguments("serve", state: state), directory: directory)
    try waits(for: daemon) { try folded(topics) >= half }
    daemon.kill(SIGTERM)
    let status = daemon.status(within: 10)
    try #require(status == 0, "\(daemon.errors)")
    try topics.settle()
    let before = try topics.epochs()

    try topics.produce(catalog: [], interactions: events[half...])
    let next = try DaemonProcess(topics.arguments("serve", state: state, "--exit-at-end"), directory: directory)
    try #require(next.status(within: 60) == 0, "\(next.errors)")
    try topics.settle()
    #expect(next.errors.contains("replayed_epochs=0"), "a clean stop leaves nothing to replay:\n\(next.errors)")
    let epochs = try topics.epochs()
    #expect(Array(epochs.prefix(before.count)) == before)
    #expect(try folded(topics) == events.count)
    #expect(epochs.map(\.epoch) == Array(1...UInt64(epochs.count)))
  }

  private func waits(for daemon: DaemonProcess, until isDone: () throws -> Bool) throws {
    let deadline = Date().addingTimeInterval(60)
    while try !isDone() {
      try #require(Date() < deadline && daemon.isRunning, "\(daemon.errors)")
      usleep(50_000)
    }
  }

  private func folded(_ topics: FeedTopics) throws -> Int {
    try topics.epochs().reduce(0) { sum, entry in
      sum + entry.ranges.filter { $0.input.role == .interactions }.reduce(0) { $0 + $1.count }
    }
  }

  @Test func `a second daemon on the same state directory is told so, and one elsewhere fences the first`() throws {
    let directory = try temporaryDirectory()
    defer { try? FileManager.default.removeItem(at: directory) }
    let topics = try FeedTopics()
    let (state, other) = (directory.appending(path: "a"), directory.appending(path: "b"))
    let first = try DaemonProcess(topics.arguments("serve", state: state), directory: directory)
    try waits(for: first) { first.errors.contains("Ready") }

    let twin = try DaemonProcess(topics.arguments("serve", state: state), directory: directory)
    #expect(twin.status(within: 20) == 75)
    #expect(twin.errors.contains("another process holds the state directory"))

    first.kill(SIGSTOP)
    let successor = try DaemonProcess(topics.arguments("serve", state: other), directory: directory)
    try waits(for: successor) { successor.errors.contains("Ready") }
    first.kill(SIGCONT)
    let (_, events) = Self.synthetic(hours: 1)
    try topics.produce(catalog: [], interactions: events.prefix(500))
    // The one that was frozen meets its successor in its next epoch, and leaves its disk alone.
    #expect(first.status(within: 30) == 75, "\(first.errors)")
    #expect(first.errors.contains("fenced"), "\(first.errors)")
    #expect(!FileManager.default.fileExists(atPath: state.appending(path: "checkpoint.a").path))
    // Asked to end, it would leave to the next start what it has not read yet.
    try waits(for: successor) { try folded(topics) >= 500 }
    successor.kill(SIGTERM)
    #expect(successor.status(within: 10) == 0, "\(successor.errors)")
    try topics.settle()
    #expect(try folded(topics) == 500)
  }

  @Test func `bad records end where the contract says, and the next good one is learned`() throws {
    let directory = try temporaryDirectory()
    defer { try? FileManager.default.removeItem(at: directory) }
    let topics = try FeedTopics()
    let now: Int64 = 1_795_315_069_113
    func good(_ user: String, _ item: String) -> String {
      #"{"user_id":"\#(user)","item_id":"\#(item)","type":"like","occurred_at":\#(now)}"#
    }
    func value(_ text: String) -> String {
      #"{"user_id":"u","item_id":"i","type":"rating","value":\#(text),"occurred_at":\#(now)}"#
    }
    func time(_ text: String) -> String { #"{"user_id":"u","item_id":"i","type":"like","occurred_at":\#(text)}"# }
    let deep = String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)
    let invalidUTF8 =
      Array(#"{"user_id":""#.utf8) + [0xFF, 0xFE] + Array(#"","item_id":"i","type":"like","occurred_at":1}"#.utf8)
    let tooLong = String(repeating: "x", count: 300)
    let bad: [(key: String?, value: [UInt8], reason: String)] = [
      ("u", Array("{not json".utf8), "malformed_json"),
      ("u", invalidUTF8, "invalid_utf8"),
      ("u", Array(#"{"user_id":"u","type":"like","occurred_at":1}"#.utf8), "missing_item_id"),
      ("u", Array(good(tooLong, "i").utf8), "length_of_user_id"),
      ("u", Array(value("NaN").utf8), "malformed_json"),
      ("u", Array(value("1e999").utf8), "value_out_of_range"),
      ("u", Array(time("-1").utf8), "time_negative"),
      ("u", Array(time("\(now + 86_400_000)").utf8), "time_ahead_of_record"),
      ("u", Array(#"{"user_id":"u","item_id":"i","type":"like","occurred_at":1,"x":\#(deep)}"#.utf8), "too_deep"),
      ("u", [], "empty_payload"),
    ]
    var properties = topics.properties
    properties.set("message.max.bytes", to: "12000000")
    let producer = try Producer(properties)
    func send(_ key: String?, _ value: [UInt8]?) throws {
      try producer.send(
        topic: topics.interactions, partition: 0, key: key.map { Array($0.utf8) }, value: value, timestamp: now)
    }
    for (index, record) in bad.enumerated() {
      try send(record.key, record.value)
      try send("good-\(index)", Array(good("good-\(index)", "item-\(index)").utf8))
    }
    let huge = Array(repeating: UInt8(ascii: "x"), count: 10_000_000)
    try send("u", huge)
    try send(nil, Array(good("no-key", "item-1").utf8))
    try send("other", Array(good("foreign-key", "item-2").utf8))
    try send("u", Array(#"{"user_id":"u","item_id":"i","type":"poke","occurred_at":\#(now)}"#.utf8))
    try send("good-0", nil)
    try send("last", Array(good("last", "item-3").utf8))
    try producer.flush(timeoutMilliseconds: 30_000)

    let state = directory.appending(path: "state")
    let daemon = try DaemonProcess(topics.arguments("serve", state: state, "--exit-at-end"), directory: directory)
    try #require(daemon.status(within: 60) == 0, "\(daemon.errors)")
    try topics.settle()

    var reasons = ["too_large": 1]
    for record in bad { reasons[record.reason, default: 0] += 1 }
    var counted: [String: Int] = [:]
    for entry in try topics.epochs() {
      for letters in entry.deadLetters { counted[letters.reason, default: 0] += letters.count }
    }
    #expect(counted == reasons)
    let letters = try topics.read(topics.deadLetter)
    #expect(letters.map(\.value) == bad.map { Optional($0.value) } + [Array(huge.prefix(65_536))])
    let listed = Set(try topics.read(topics.recommendations, partitions: 3).filter { $0.value != nil }.map(\.key))
    for user in (1..<bad.count).map({ "good-\($0)" }) + ["no-key", "foreign-key", "last"] {
      #expect(listed.contains(Array(user.utf8)), "\(user) was learned and is listed")
    }
    let tombstones = try topics.read(topics.recommendations, partitions: 3).filter { $0.value == nil }
    #expect(tombstones.map(\.key) == [Array("good-0".utf8)])
  }
}
