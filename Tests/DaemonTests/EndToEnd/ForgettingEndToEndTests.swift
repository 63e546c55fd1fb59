import Evaluation
import FeedEvents
import Foundation
import Kafka
import Pipeline
import Testing

/// A user is forgotten while the daemon runs, and whatever it has written is searched for the id.
@Suite(
  .serialized, .timeLimit(.minutes(3)),
  .enabled(if: TestEnvironment.brokers != nil, "set WOONKLY_TEST_BROKERS to a real Kafka"),
  .enabled(if: TestEnvironment.program != nil, "build the program first"))
struct ForgettingEndToEndTests {
  private static let name = Array("UNMISTAKABLE-1f6b90d2-é".utf8)

  /// A daemon, the port of its metrics, its state directory.
  private struct Scene {
    let topics: FeedTopics
    let daemon: DaemonProcess
    let port: UInt16
    let state: URL

    init(_ directory: URL) throws {
      topics = try FeedTopics()
      state = directory.appending(path: "state")
      port = try freePort()
      var arguments = topics.arguments("serve", state: state, "--set", "log.level=debug")
      arguments[try #require(arguments.firstIndex(of: "--http-port")) + 1] = "\(port)"
      daemon = try DaemonProcess(arguments, directory: directory)
    }

    func metrics() -> String {
      guard let client = try? HTTPClient(port: port) else { return "" }
      client.send("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      return client.received()
    }

    func value(_ name: String) -> Int? {
      let line = metrics().split(whereSeparator: \.isNewline).first { $0.hasPrefix(name + " ") }
      return line?.split(separator: " ").last.flatMap { Double($0) }.map { Int($0) }
    }

    func waits(_ seconds: Double = 60, until isDone: () throws -> Bool) throws {
      let deadline = Date().addingTimeInterval(seconds)
      while try !isDone() {
        try #require(Date() < deadline && daemon.isRunning, "\(daemon.errors)")
        usleep(50_000)
      }
    }

    /// Events of others until so many more checkpoints have been written.
    func runsOn(checkpoints: Int) throws {
      let before = try #require(value("woonkly_feed_checkpoints_total"))
      var number = 0
      try waits {
        let other = ForgettingEndToEndTests.event("other-\(number)", id: "after \(before)")
        try topics.produce(catalog: [], interactions: [other])
        number += 1
        usleep(150_000)
        return (value("woonkly_feed_checkpoints_total") ?? 0) >= before + checkpoints
      }
    }

    /// The files of the state directory in which the name lies. One that is being written is listed, and renamed before it is read:
    /// then the directory is looked at again.
    func files(holding name: [UInt8]) throws -> [String] {
      for _ in 0..<100 {
        let found = try? FileManager.default.contentsOfDirectory(atPath: state.path).sorted().filter {
          try Data(contentsOf: state.appending(path: $0)).range(of: Data(name)) != nil
        }
        if let found { return found }
      }
      throw Unsettled()
    }
  }

  private static func event(
    _ item: String, id: String, user: [UInt8] = Array("somebody".utf8), type: InteractionType = .like
  ) -> Interaction {
    Interaction(
      eventID: Array("\(id)-\(item)".utf8), userID: user, itemID: Array(item.utf8), type: type,
      occurredAt: Int64(Date().timeIntervalSince1970 * 1_000))
  }

  @Test(arguments: [true, false]) func `two checkpoints later the id is in no file, no log line and no metric`(
    byNullValue: Bool
  ) throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "woonkly-forget-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let scene = try Scene(directory)
    let (topics, daemon, name) = (scene.topics, scene.daemon, Self.name)
    try scene.waits { daemon.errors.contains("Ready") }

    let producer = try Producer(topics.properties)
    func send(_ value: [UInt8]?, key: [UInt8]? = name) throws {
      try producer.send(topic: topics.interactions, partition: 0, key: key, value: value)
    }
    for item in 0..<20 {
      let type: InteractionType = [.like, .impression, .hide, .rating][item % 4]
      try send(Self.event("i\(item)", id: "e", user: name, type: type).encoded())
      try send(Self.event("i\(item)", id: "e").encoded())
    }
    // Something that neither of them has met.
    for item in 0..<5 {
      try send(Self.event("j\(item)", id: "e", user: Array("third".utf8)).encoded(), key: Array("third".utf8))
    }
    // One that comes twice, one that cannot be used, one under another's key, one of a type nobody knows.
    try send(Self.event("i0", id: "e", user: name).encoded())
    try send(Array(#"{"user_id":"\#(String(decoding: name, as: UTF8.self))","type":"like"}"#.utf8))
    try send(Self.event("i1", id: "f", user: name).encoded(), key: Array("other".utf8))
    try send(Self.event("i2", id: "f", user: name, type: .unknown("poke")).encoded())
    try producer.flush(timeoutMilliseconds: 30_000)
    try scene.waits { (scene.value("woonkly_feed_lists_published_total") ?? 0) >= 3 }
    try scene.runsOn(checkpoints: 2)
    let holding = try scene.files(holding: name)
    #expect(holding.contains("checkpoint.a") && holding.contains("checkpoint.b"), "the search finds what is there")

    try send(byNullValue ? nil : Self.event("", id: "forget", user: name, type: .forget).encoded())
    try producer.flush(timeoutMilliseconds: 30_000)
    try scene.waits { (scene.value("woonkly_feed_tombstones_total") ?? 0) >= 1 }
    try scene.runsOn(checkpoints: 2)
    #expect(try scene.files(holding: name) == [])
    let metrics = scene.metrics()
    #expect(metrics.contains(#"woonkly_feed_records_total{outcome="forgotten"} 1"#))
    #expect(metrics.contains(#"woonkly_feed_records_total{outcome="duplicate"} 1"#))
    #expect(!metrics.utf8.contains(name))
    daemon.kill(SIGTERM)
    #expect(daemon.status(within: 10) == 0, "\(daemon.errors)")
    try topics.settle()
    #expect(try scene.files(holding: name) == [])
    #expect(daemon.errors.contains("Ready") && !daemon.errors.utf8.contains(name))

    let seen = try topics.read(topics.recommendations, partitions: 3).filter { $0.key == name }
    #expect(seen.count >= 2 && seen.last?.value == nil && seen.count { $0.value == nil } == 1)
    let epochs = try topics.epochs()
    #expect(epochs.reduce(0) { $0 + $1.tombstones } == 1)
    #expect(try topics.read(topics.journal).allSatisfy { !($0.value ?? []).contains(name) })
  }
}

extension Sequence<UInt8> {
  /// Whether these bytes occur in it.
  fileprivate func contains(_ part: [UInt8]) -> Bool { Data(self).range(of: Data(part)) != nil }
}

/// Something that should come to rest did not.
private struct Unsettled: Error {}

/// A port that nobody listens on at the moment, and that the kernel gives to no connection by itself: those begin at 32,768.
private func freePort() throws -> UInt16 {
  for _ in 0..<100 {
    let port = UInt16.random(in: 10_000..<32_000)
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr = in_addr(s_addr: UInt32(0x7f00_0001).bigEndian)
    address.sin_port = port.bigEndian
    // SAFETY: a sockaddr_in is a sockaddr of that length, used during the call only.
    let status = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if status == 0 { return port }
  }
  throw Unsettled()
}
