import Checkpoints
@testable import Pipeline

/// A machine with a state directory, and what the checkpoints completed there promise.
final class SimulatedMachine {
  let directory = SimulatedDirectory()
  /// The epochs of the last two completed checkpoints.
  private var (newest, older): (UInt64, UInt64) = (0, 0)
  /// Slots that a flipped bit may have damaged.
  private(set) var damagedSlots = 0
  /// For how many completed checkpoints of one life in a row each user has been nobody; nil: is somebody, or not looked at.
  private var checkpointsWithout: [Int?] = Array(repeating: nil, count: SimulatedApp.userCount)

  /// The epoch from which a start on this machine need not go back further; 0: nothing is promised.
  var promisedEpoch: UInt64 {
    switch damagedSlots {
    case 0: newest
    // Whichever was hit, the other one is no older than this.
    case 1: older
    default: 0
    }
  }

  /// A process has completed a checkpoint: its epoch is the newest one's.
  func noteCheckpoint() throws {
    var disk = QuietDisk(directory: directory)
    let epochs = try CheckpointStore.outlines(from: &disk).compactMap { try? $0.result.get().epoch }
    // A damaged slot is replaced first; what is left beside it is the other one.
    older = damagedSlots == 0 ? newest : damagedSlots == 1 ? older : 0
    newest = epochs.max() ?? 0
    damagedSlots = max(0, damagedSlots - 1)
  }

  /// A daemon starts. One that dies leaves checkpoints that nobody has counted, and a damaged slot is replaced out of turn.
  func noteStart() { checkpointsWithout = checkpointsWithout.map { _ in nil } }

  /// A checkpoint has just been completed: the name of whoever has a row is in it, and no other name. Whoever has been without
  /// one for two checkpoints is in no file at all.
  /// - Parameter epoch: of the state that `hasRow` asks.
  func checkNames(_ epoch: UInt64, hasRow: (Int) -> Bool) throws {
    var disk = QuietDisk(directory: directory)
    let slots = try CheckpointStore.outlines(from: &disk)
    let slot = slots.first { (try? $0.result.get().epoch) == newest }
    guard newest == epoch, let name = slot?.name, let bytes = directory.read(name) else {
      // The loop has gone on since, and nobody knows any more what the checkpoint was made from.
      checkpointsWithout = checkpointsWithout.map { _ in nil }
      return
    }
    let found = NameSearch.users(in: bytes)
    for user in checkpointsWithout.indices {
      guard hasRow(user) == found.contains(user) else {
        throw Violation(
          .forgetting,
          "\(SimulatedApp.userName(user)) \(hasRow(user) ? "is not in" : "is still in") the checkpoint of epoch \(epoch)"
        )
      }
      checkpointsWithout[user] = hasRow(user) ? nil : (checkpointsWithout[user] ?? 0) + 1
    }
    for name in directory.fileNames {
      for user in NameSearch.users(in: directory.read(name)!) where (checkpointsWithout[user] ?? 0) > 1 {
        throw Violation(
          .forgetting, "\(SimulatedApp.userName(user)) is in \(name) two checkpoints after having been forgotten")
      }
    }
  }

  /// The older of the two promised checkpoints; nil where there are not two of them.
  func olderCheckpoint() throws -> CheckpointHeader? {
    guard damagedSlots == 0, older > 0 else { return nil }
    var disk = QuietDisk(directory: directory)
    let headers = try CheckpointStore.outlines(from: &disk).compactMap { try? $0.result.get() }
    return headers.filter { $0.epoch == older }.min { $0.journalOffset < $1.journalOffset }
  }

  func flipBit(_ cluster: SimulatedCluster) {
    let name = CheckpointStore.slotNames[cluster.random.below(2)]
    if directory.flipBit(of: name, cluster) { damagedSlots += 1 }
  }

  /// Where the inputs stood at the promised epoch, or at a later one if that is all there is.
  func promisedPositions() throws -> [InputPosition] {
    var disk = QuietDisk(directory: directory)
    let slots = try CheckpointStore.load(from: &disk).compactMap(\.checkpoint)
    let oldest = slots.filter { $0.header.epoch >= promisedEpoch }.last
    return try oldest.map { try Snapshot($0).positions } ?? []
  }
}

/// Looks at a directory without any fault.
struct QuietDisk: Disk {
  let directory: SimulatedDirectory

  mutating func read(_ name: String) throws(DiskError) -> [UInt8]? { directory.read(name) }
  mutating func list() throws(DiskError) -> [String] { directory.fileNames }
  mutating func write(_ name: String, _ bytes: [UInt8]) throws(DiskError) { throw refusal(name) }
  mutating func sync(_ name: String) throws(DiskError) { throw refusal(name) }
  mutating func rename(_ from: String, to: String) throws(DiskError) { throw refusal(from) }
  mutating func remove(_ name: String) throws(DiskError) { throw refusal(name) }
  mutating func syncDirectory() throws(DiskError) { throw refusal("") }

  private func refusal(_ name: String) -> DiskError { DiskError(operation: "change", name: name, code: 30) }
}
