import Checkpoints
import Daemon
import Evaluation
import FeedEvents
import Foundation
import Host
import Testing

/// The program itself, disturbed in each system call that touches its state directory.
@Suite(
  .serialized, .timeLimit(.minutes(20)),
  .enabled(if: TestEnvironment.brokers != nil, "set WOONKLY_TEST_BROKERS to a real Kafka"),
  .enabled(if: TestEnvironment.program != nil, "build the program first"),
  .enabled(if: TracedDaemon.isAvailable, "install strace"))
struct SystemCallTests {
  /// A state directory with two checkpoints and a journal that is ahead of both: every start from a copy of it loads the
  /// newer, replays, publishes what is owed, replaces the older, and ends.
  private struct World {
    let directory: URL
    let prepared: URL
    let topics: FeedTopics
    let digest: UInt128

    init() throws {
      directory = FileManager.default.temporaryDirectory.appending(path: "woonkly-calls-\(UUID().uuidString)")
      prepared = directory.appending(path: "prepared")
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      topics = try FeedTopics()
      var app = SyntheticApp(SyntheticParameters())
      let activity = app.advance(to: app.now + 1_800_000)
      let events = activity.interactions.prefix(600)
      for part in [events.prefix(200), events.dropFirst(200).prefix(200)] {
        try topics.produce(catalog: part.startIndex == 0 ? activity.catalog : [], interactions: part)
        let daemon = try DaemonProcess(Self.arguments(topics, prepared), directory: directory)
        try #require(daemon.status(within: 60) == 0, "\(daemon.errors)")
      }
      try topics.produce(catalog: [], interactions: events.dropFirst(400))
      let undisturbed = directory.appending(path: "undisturbed")
      try FileManager.default.copyItem(at: prepared, to: undisturbed)
      let daemon = try DaemonProcess(
        topics.arguments("serve", state: undisturbed, "--exit-at-end"), directory: directory)
      try #require(daemon.status(within: 60) == 0, "\(daemon.errors)")
      digest = try #require(try Slots(undisturbed).newest).digest
    }

    /// One checkpoint a start, at its end.
    func arguments(_ state: URL) -> [String] { Self.arguments(topics, state) }

    private static func arguments(_ topics: FeedTopics, _ state: URL) -> [String] {
      topics.arguments("serve", state: state, "--exit-at-end", "--set", "checkpoint.interval_seconds=3600")
    }

    func remove() { try? FileManager.default.removeItem(at: directory) }
  }

  private struct Slots {
    var valid: [CheckpointHeader] = []
    var damaged = 0
    var newest: CheckpointHeader? { valid.max { $0.epoch < $1.epoch } }

    init(_ state: URL) throws {
      // One that died in mkdir has none.
      guard FileManager.default.fileExists(atPath: state.path) else { return }
      var disk = try PosixDisk(state.path, .readOnly)
      for slot in try CheckpointStore.load(from: &disk) {
        if let checkpoint = slot.checkpoint { valid.append(checkpoint.header) } else { damaged += 1 }
      }
    }
  }

  /// The calls at which a fault is worth a run of its own: pieces of one file differ in nothing but their place, and a first
  /// start writes as every other does.
  private func places(
    _ fault: TracedDaemon.Fault, among calls: [TracedDaemon.Call], startsEmpty: Bool
  ) -> [TracedDaemon.Call] {
    let pieces = calls.filter { $0.name == "write" }
    let chosen = [pieces.first!, pieces[pieces.count / 2], pieces.last!]
    // What comes before is opened and closed to be read.
    let written = calls.suffix(from: calls.firstIndex(of: pieces[0])! - 1)
    switch fault {
    case .kill: return calls.filter { !startsEmpty || $0.name != "write" || chosen.contains($0) }
    case .inputOutputError:
      let slow = calls.filter { $0.name != "write" && $0.name != "close" }
      return slow + chosen + written.filter { $0.name == "close" }
    case .noSpace:
      let growing = ["openat", "fsync", "renameat"]
      return calls.filter { $0.name == "mkdir" } + written.filter { growing.contains($0.name) } + chosen
    case .interrupted:
      let slow = ["openat", "flock", "read", "fsync"]
      return calls.filter { slow.contains($0.name) } + written.filter { $0.name == "close" } + chosen
    case .pretended: return chosen
    }
  }

  /// Lets one fault happen on a copy of `prepared`, and then a start without one.
  private func disturb(
    _ world: World, _ fault: TracedDaemon.Fault, _ call: TracedDaemon.Call, startsEmpty: Bool
  ) throws {
    let what: Comment = "\(fault) in \(call)\(startsEmpty ? " of a first start" : "")"
    let state = world.directory.appending(path: "state")
    try? FileManager.default.removeItem(at: state)
    if !startsEmpty { try FileManager.default.copyItem(at: world.prepared, to: state) }
    let before = try Slots(state).newest?.epoch ?? 0
    let disturbed = try TracedDaemon(
      world.arguments(state), state: state, fault, in: call, directory: world.directory)
    #expect(disturbed.isInjected, "\(what) did not happen: \(disturbed.errors)")

    let left = try Slots(state)
    if fault == .pretended {
      #expect(left.damaged <= 1, what)
    } else {
      #expect(left.damaged == 0, "\(what): replacement is atomic")
    }
    let newest = left.newest?.epoch ?? 0
    // Of two slots one is always the newest that there was, or the one that took the older's place.
    #expect(newest >= before, what)
    switch disturbed.status {
    case -SIGKILL: #expect(fault == .kill, what)
    // Whoever says that all is well has a checkpoint, unless the disk lied.
    case 0: #expect(fault == .pretended || newest > before, "\(what): ended with 0 and no checkpoint")
    // The state directory cannot be read or locked; the checkpoint cannot be written.
    case 65, 70: #expect(fault != .kill && fault != .pretended, "\(what): \(disturbed.errors)")
    default: Issue.record("\(what) ended with \(disturbed.status): \(disturbed.errors)")
    }

    // Whatever else lies there is nobody's business.
    try FileManager.default.createDirectory(at: state, withIntermediateDirectories: true)
    for name in [CheckpointStore.temporaryName, "checkpoint.c", "core"] {
      let leftover = state.appending(path: name)
      if !FileManager.default.fileExists(atPath: leftover.path) { try Data("leftover".utf8).write(to: leftover) }
    }
    let next = try DaemonProcess(world.arguments(state), directory: world.directory)
    let status = next.status(within: 60)
    #expect(status == 0, "the start after \(what): \(next.errors)")
    let (epoch, replayed) = (number("epoch", in: next.errors), number("replayed_epochs", in: next.errors))
    #expect(epoch - replayed == Int(newest), "the start after \(what): \(next.errors)")
    #expect(next.errors.contains("does not verify") == (left.damaged > 0), "the start after \(what): \(next.errors)")
    let after = try Slots(state)
    #expect(after.damaged == 0, "the start after \(what) replaced the damaged one")
    #expect(after.newest?.digest == world.digest, "the start after \(what)")
  }

  /// A number of the line that says that recovery is done.
  private func number(_ name: String, in log: String) -> Int {
    let ready = log.split(separator: "\n").first { $0.contains(" Ready ") } ?? ""
    let word = ready.split(separator: " ").first { $0.hasPrefix(name + "=") }
    return word.flatMap { Int($0.dropFirst(name.count + 1)) } ?? -1
  }

  @Test func `whatever happens in a system call on the state directory, the next start comes to the same bits`() throws
  {
    let world = try World()
    defer { world.remove() }
    var counts: [String: Int] = [:]
    for startsEmpty in [false, true] {
      let state = world.directory.appending(path: "traced")
      if !startsEmpty { try FileManager.default.copyItem(at: world.prepared, to: state) }
      let calls = try TracedDaemon(world.arguments(state), state: state, directory: world.directory).calls
      try #require(calls.count >= 25, "strace saw too little: \(calls)")
      for fault in startsEmpty ? [.kill] : TracedDaemon.Fault.allCases {
        for call in places(fault, among: calls, startsEmpty: startsEmpty) {
          try disturb(world, fault, call, startsEmpty: startsEmpty)
          counts["\(fault) in \(call.name)\(startsEmpty ? " of a first start" : "")", default: 0] += 1
        }
      }
      try FileManager.default.removeItem(at: state)
    }
    for (what, count) in counts.sorted(by: { $0.key < $1.key }) { print("\(count) x \(what)") }
    print("\(counts.values.reduce(0, +)) faults injected")

    let auditor = try DaemonProcess(
      world.topics.arguments("verify", state: world.prepared).filter { !["--http-port", "0"].contains($0) },
      directory: world.directory)
    #expect(auditor.status(within: 120) == 0, "\(auditor.errors)")
  }
}
