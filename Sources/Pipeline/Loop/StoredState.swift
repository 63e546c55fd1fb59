public import Checkpoints

/// The newest usable checkpoint of a state directory, for questions that need no log and no broker.
///
/// Nothing is changed and no lock is needed: a checkpoint is replaced in one step, so that a daemon may run beside it. The
/// state is as of ``header``'s epoch; what the journal says after that is not in it.
public struct StoredState: ~Copyable {
  /// The slot it lies in.
  public let slot: String
  /// The size of the checkpoint.
  public let bytes: Int
  /// What the checkpoint says about itself.
  public let header: CheckpointHeader
  /// The model, the positions, and the configuration of its era.
  public let recommender: Recommender

  /// Loads the newest slot that is whole and gives the digest it was written with. O(state).
  /// - Throws: ``Stop`` for unusable data, with the reason for each slot.
  public static func newest(on disk: inout some Disk) throws(Stop) -> StoredState {
    var names: [String]
    do {
      // By their headers, so that only one checkpoint at a time is in memory.
      names = try CheckpointStore.outlines(from: &disk).map(\.name)
    } catch {
      throw Stop(.unusableData, "the state directory cannot be read: \(error)")
    }
    names += CheckpointStore.slotNames.filter { !names.contains($0) }
    var reasons: [String] = []
    for name in names {
      do throws(Stop) { return try load(name, from: &disk) } catch { reasons.append("\(name): \(error.message)") }
    }
    throw Stop(.unusableData, "there is no usable checkpoint: " + reasons.joined(separator: "; "))
  }

  /// Writes the state of a committed epoch, as the daemon does.
  package static func save(
    _ recommender: borrowing Recommender, owed: OwedUsers, era: Era, epoch: UInt64, journalOffset: Int64,
    clusterID: String, to disk: inout some Disk
  ) throws(Stop) {
    try Recovery.checkpoint(
      recommender, owed: owed, era: era, epoch: epoch, journalOffset: journalOffset, clusterID: clusterID, to: &disk)
  }

  /// The recommender alone, to go on with: brought up to this version where an older one wrote it.
  package consuming func takeRecommender() -> Recommender {
    var recommender = recommender
    recommender.upgrade()
    return recommender
  }

  private static func load(_ name: String, from disk: inout some Disk) throws(Stop) -> StoredState {
    let checkpoint: Checkpoint
    let snapshot: Snapshot
    let count: Int
    do {
      guard let bytes = try disk.read(name) else { throw Stop(.unusableData, "there is no such file") }
      count = bytes.count
      checkpoint = try Checkpoint(decoding: bytes)
      snapshot = try Snapshot(checkpoint)
    } catch {
      throw (error as? Stop) ?? Stop(.unusableData, "\(error)")
    }
    var recovered = try Recovery.load(checkpoint, snapshot)
    return StoredState(
      slot: name, bytes: count, header: checkpoint.header, recommender: recovered.takeRecommender())
  }
}
