import Checkpoints

/// The windows in which events of one `event_id` are the same event, one window an input partition.
///
/// Whoever repeats a record sends it to the partition where the first one is, since both have the user as their key. An
/// entry is a hash of the user in its upper half and one of the event and the user in the lower: the ids of two users never
/// meet, and a user can be taken out of all windows. Hashes are keyed by the seed.
struct EventWindows: Sendable {
  /// The section of a checkpoint.
  static let sectionName = "pipeline.duplicates"
  /// Its version.
  static let sectionVersion: UInt16 = 1

  private let key: UInt64
  /// How many events each window goes back.
  let limit: Int
  private var windows: [EventWindow]

  /// Empty windows for `inputs`.
  init(seed: UInt64, inputs: [InputPartition], limit: Int = EventWindow.limitEvents) {
    key = Hash.xxh3(Array("duplicates".utf8).span, seed: seed)
    self.limit = limit
    windows = inputs.map { EventWindow(partition: $0.partition, limit: limit) }
  }

  /// What the windows add to a digest. O(inputs).
  var digest: UInt128 { windows.reduce(0) { $0 &+ $1.digest } }

  /// The same from scratch. O(entries).
  func recomputedDigest() -> UInt128 { windows.reduce(0) { $0 &+ $1.recomputedDigest() } }

  /// Takes in an event of a user. Expected O(1).
  /// - Returns: false for one that is in the input's window: a duplicate.
  mutating func admit(_ event: Span<UInt8>, of user: Span<UInt8>, input: Int) -> Bool {
    let owner = Hash.xxh3(user, seed: key)
    let entry = UInt128(owner) << 64 | UInt128(Hash.xxh3(event, seed: owner))
    return windows[input].admit(entry == 0 ? 1 : entry)
  }

  /// Takes out every event of a user, which is then no duplicate any more. O(entries).
  mutating func forget(_ user: Span<UInt8>) {
    let owner = Hash.xxh3(user, seed: key)
    for input in windows.indices { windows[input].forget(prefix: owner) }
  }
}

// Little-endian: how many events a window goes back, the number of windows with any; of each its role, topic and partition,
// the next sequence number, and the entries from oldest to newest, 0 for one that was forgotten.
extension EventWindows {
  /// All windows.
  /// - Parameter inputs: those that they were made for.
  func section(of inputs: [InputPartition]) -> Section {
    let used = windows.indices.filter { windows[$0].next > 0 }
    var writer = ByteWriter()
    writer.write(UInt32(limit))
    writer.write(UInt32(used.count))
    for index in used {
      writer.write(inputs[index])
      writer.write(windows[index].next)
      writer.write(windows[index].entries)
    }
    return Section(name: Self.sectionName, version: Self.sectionVersion, payload: writer.bytes)
  }

  /// The windows of a checkpoint.
  /// - Throws: ``CheckpointError`` for a section that is missing, of other inputs, or that no windows can have written.
  init(
    _ checkpoint: Checkpoint, seed: UInt64, inputs: [InputPartition], limit: Int
  ) throws(CheckpointError) {
    self.init(seed: seed, inputs: inputs, limit: limit)
    var reader = ByteReader(try checkpoint.section(named: Self.sectionName).payload)
    guard try reader.read(UInt32.self) == UInt32(limit) else {
      throw .malformed("the windows of events do not go back \(limit) events")
    }
    var rest = inputs.indices[...]
    for _ in 0..<(try reader.read(UInt32.self)) {
      let input = try reader.readInput()
      // In the order of the inputs, so that none can come twice.
      guard input.role == .interactions, let index = rest.first(where: { inputs[$0] == input }) else {
        throw .malformed(
          "there is a window of events for \(input.topic) partition \(input.partition), which is no input")
      }
      rest = rest[(index + 1)...]
      let next = try reader.read(UInt64.self)
      windows[index] = try EventWindow(
        partition: input.partition, limit: limit, next: next, entries: try reader.read([UInt128].self))
    }
    try reader.finish()
  }
}
