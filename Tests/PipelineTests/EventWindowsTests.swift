import Checkpoints
import Testing

@testable import Pipeline

/// The windows of all partitions, and their section of a checkpoint.
@Suite struct EventWindowsTests {
  private let inputs =
    [InputPartition(role: .catalog, topic: "items", partition: 0)]
    + (0..<3).map { InputPartition(role: .interactions, topic: "in", partition: $0) }

  private func windows(limit: Int = 8) -> EventWindows { EventWindows(seed: 5, inputs: inputs, limit: limit) }

  private func admit(_ event: String, of user: String, input: Int, _ windows: inout EventWindows) -> Bool {
    windows.admit(Array(event.utf8).span, of: Array(user.utf8).span, input: input)
  }

  private func checkpoint(_ section: Section) -> Checkpoint {
    let header = CheckpointHeader(learnerVersion: 1, era: 1, epoch: 1, journalOffset: 1, dimension: 32, digest: 0)
    return Checkpoint(header: header, sections: [section])
  }

  private func read(_ section: Section, limit: Int = 8) throws(CheckpointError) -> EventWindows {
    try EventWindows(checkpoint(section), seed: 5, inputs: inputs, limit: limit)
  }

  @Test func `an id is an event's within one user and one partition`() {
    var windows = windows()
    #expect(admit("e", of: "anna", input: 1, &windows))
    #expect(!admit("e", of: "anna", input: 1, &windows))
    #expect(admit("e", of: "bert", input: 1, &windows))
    #expect(admit("e", of: "anna", input: 2, &windows))
    // No length is lost between the two.
    #expect(admit("ea", of: "nna", input: 1, &windows))
  }

  @Test func `whoever is forgotten leaves every window, and nobody else does`() {
    var windows = windows()
    for input in 1...3 {
      _ = admit("e", of: "anna", input: input, &windows)
      _ = admit("e", of: "anna2", input: input, &windows)
    }
    windows.forget(Array("anna".utf8).span)
    #expect(windows.digest == windows.recomputedDigest())
    for input in 1...3 {
      #expect(!admit("e", of: "anna2", input: input, &windows))
      #expect(admit("e", of: "anna", input: input, &windows))
    }
  }

  @Test func `another seed gives other entries`() {
    var (some, others) = (windows(), EventWindows(seed: 6, inputs: inputs, limit: 8))
    _ = admit("e", of: "anna", input: 1, &some)
    _ = admit("e", of: "anna", input: 1, &others)
    #expect(some.digest != others.digest)
  }

  private func filled() -> EventWindows {
    var windows = windows()
    for number in 0..<13 { _ = admit("e\(number)", of: "u\(number % 3)", input: 1 + number % 2, &windows) }
    windows.forget(Array("u2".utf8).span)
    return windows
  }

  @Test func `a checkpoint's section gives the windows again`() throws {
    var before = filled()
    var after = try read(before.section(of: inputs))
    #expect(after.digest == before.digest && after.recomputedDigest() == before.digest)
    for number in 0..<20 {
      let input = 1 + number % 3
      #expect(
        admit("e\(number)", of: "u\(number % 3)", input: input, &after)
          == admit("e\(number)", of: "u\(number % 3)", input: input, &before))
    }
    #expect(after.digest == before.digest)
  }

  @Test func `windows without events take eight bytes`() throws {
    let section = windows().section(of: inputs)
    #expect(section.payload.count == 8)
    #expect(try read(section).digest == 0)
    #expect(throws: CheckpointError.missingSection("pipeline.duplicates")) {
      try read(Section(name: "other", version: 1, payload: []))
    }
  }

  /// A section of one window, as something else might have written it.
  private func section(
    limit: UInt32 = 8, windows: UInt32 = 1, role: UInt8 = 1, topic: String = "in", partition: Int32 = 1,
    next: UInt64 = 2, entries: [UInt128] = [1, 2], count: UInt64? = nil
  ) -> Section {
    var writer = ByteWriter()
    writer.write(limit)
    writer.write(windows)
    writer.write(role)
    writer.write(Array(topic.utf8))
    writer.write(partition)
    writer.write(next)
    writer.write(count ?? UInt64(entries.count))
    for entry in entries { writer.write(entry) }
    return Section(name: EventWindows.sectionName, version: 1, payload: writer.bytes)
  }

  @Test func `a section that no windows have written is refused`() throws {
    _ = try read(section())
    let unsound = [
      section(limit: 16), section(limit: 0), section(windows: 2), section(windows: .max), section(role: 0),
      section(topic: "other"), section(partition: 7), section(next: 3), section(next: 0, entries: []),
      section(next: .max, entries: [1, 2, 3, 4, 5, 6, 7, 8]), section(entries: [5, 5]), section(entries: [5]),
      section(next: 9, entries: [1, 2, 3, 4, 5, 6, 7, 8, 9]), section(count: .max), section(count: 1 << 60),
      section(windows: 0),
    ]
    for (number, section) in unsound.enumerated() {
      #expect(throws: CheckpointError.self, "number \(number)") { try read(section) }
    }
    // A window twice, and two in the wrong order.
    let (one, other) = (section(partition: 1).payload.dropFirst(8), section(partition: 0).payload.dropFirst(8))
    for pair in [one + one, one + other] {
      var writer = ByteWriter()
      writer.write(UInt32(8))
      writer.write(UInt32(2))
      let payload = writer.bytes + pair
      #expect(throws: CheckpointError.self) {
        try read(Section(name: EventWindows.sectionName, version: 1, payload: payload))
      }
    }
  }

  @Test func `whatever a section's bytes are, reading them ends`() {
    var random = Randomness(seed: 11)
    let sound = filled().section(of: inputs)
    var refused = 0
    for _ in 0..<4_000 {
      var bytes = sound.payload
      for _ in 0..<1 + random.below(4) {
        bytes[random.below(bytes.count)] = UInt8([0, 1, 0xFF, random.below(256)][random.below(4)])
      }
      if random.chance(20) { bytes.removeLast(random.below(bytes.count)) }
      do {
        let windows = try read(Section(name: EventWindows.sectionName, version: 1, payload: bytes))
        #expect(windows.digest == windows.recomputedDigest())
      } catch { refused += 1 }
    }
    #expect(refused > 1_000)
  }
}
