import Checkpoints
import Testing

/// A directory that forgets what was not synced, and dies at a chosen call.
private struct CruelDisk: Disk {
  struct Dead: Error {}
  var live: [String: [UInt8]] = [:]
  var durable: [String: [UInt8]] = [:]
  var synced: Set<String> = []
  var callsLeft = Int.max

  private mutating func call(_ operation: String, _ name: String) throws(DiskError) {
    guard callsLeft > 0 else { throw DiskError(operation: operation, name: name, code: 5) }
    callsLeft -= 1
  }
  mutating func read(_ name: String) throws(DiskError) -> [UInt8]? { live[name] }
  mutating func write(_ name: String, _ bytes: [UInt8]) throws(DiskError) {
    live[name] = Array(bytes.prefix(bytes.count / 2))
    synced.remove(name)
    try call("write", name)
    live[name] = bytes
  }
  mutating func sync(_ name: String) throws(DiskError) {
    try call("fsync", name)
    synced.insert(name)
  }
  mutating func rename(_ from: String, to: String) throws(DiskError) {
    try call("rename", from)
    live[to] = live.removeValue(forKey: from)
    if synced.remove(from) != nil { synced.insert(to) } else { synced.remove(to) }
  }
  mutating func remove(_ name: String) throws(DiskError) { live[name] = nil }
  mutating func list() throws(DiskError) -> [String] { live.keys.sorted() }
  mutating func syncDirectory() throws(DiskError) {
    try call("fsync", ".")
    durable = live.filter { synced.contains($0.key) }
  }
  /// What is there after the power failed. The renames since the last directory sync may have survived or not.
  func afterPowerFailure(renamesSurvive: Bool) -> CruelDisk {
    var after = CruelDisk()
    after.live = renamesSurvive ? live.mapValues { $0 } : durable
    for name in after.live.keys where !synced.contains(name) && durable[name] == nil { after.live[name] = [] }
    after.durable = after.live
    after.synced = Set(after.live.keys)
    return after
  }
}

@Suite struct CheckpointStoreTests {
  private func newestEpoch(_ disk: CruelDisk) throws -> UInt64? {
    var disk = disk
    let slots = try CheckpointStore.load(from: &disk)
    return try slots.first?.result.get().header.epoch
  }

  @Test func `the older slot is replaced, and the newest comes first`() throws {
    var disk = CruelDisk()
    for epoch in 1...5 as ClosedRange<UInt64> {
      try CheckpointStore.save(sample(epoch: epoch), to: &disk)
      #expect(try newestEpoch(disk) == epoch)
    }
    let epochs = try CheckpointStore.load(from: &disk).map { try $0.result.get().header.epoch }
    #expect(epochs == [5, 4])
    #expect(disk.live.keys.sorted() == CheckpointStore.slotNames)
  }

  @Test(arguments: 0..<4, [true, false]) func `dying at any call leaves the old checkpoint or the new one`(
    call: Int, renamesSurvive: Bool
  ) throws {
    var disk = CruelDisk()
    try CheckpointStore.save(sample(epoch: 1), to: &disk)
    try CheckpointStore.save(sample(epoch: 2), to: &disk)
    disk.callsLeft = call
    #expect(throws: DiskError.self) { try CheckpointStore.save(sample(epoch: 3), to: &disk) }
    // Killed: the file system lives on.
    #expect([2, 3].contains(try newestEpoch(disk)))
    // Power failure.
    var after = disk.afterPowerFailure(renamesSurvive: renamesSurvive)
    #expect([2, 3].contains(try newestEpoch(after)))
    // Whatever was left lying about does no harm to the next one.
    try CheckpointStore.save(sample(epoch: 4), to: &after)
    #expect(try newestEpoch(after) == 4)
  }

  @Test func `a damaged slot is told, comes last, and is the next to be replaced`() throws {
    var disk = CruelDisk()
    try CheckpointStore.save(sample(epoch: 1), to: &disk)
    try CheckpointStore.save(sample(epoch: 2), to: &disk)
    disk.live["checkpoint.b"]![100] ^= 1
    let slots = try CheckpointStore.load(from: &disk)
    #expect(slots.map(\.name) == ["checkpoint.a", "checkpoint.b"])
    #expect(throws: CheckpointError.self) { try slots[1].result.get() }
    try CheckpointStore.save(sample(epoch: 3), to: &disk)
    #expect(try CheckpointStore.load(from: &disk).map { try $0.result.get().header.epoch } == [3, 1])
  }
}
