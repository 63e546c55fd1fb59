/// Two slots, of which one is always whole: a new checkpoint replaces the older one.
///
///     temp ► write ► sync ► rename over the older slot ► sync directory
public enum CheckpointStore {
  /// The slots' file names.
  public static let slotNames = ["checkpoint.a", "checkpoint.b"]
  /// The file that is written before it takes a slot's name. Left over by a crash, it means nothing.
  public static let temporaryName = "checkpoint.new"

  /// One slot that is there.
  public struct Slot: Sendable {
    /// Its file name.
    public let name: String
    /// What it holds, or why that cannot be used.
    public let result: Result<Checkpoint, CheckpointError>
  }

  /// Reads both slots, newest epoch first, those that cannot be used last. O(bytes).
  public static func load(from disk: inout some Disk) throws(DiskError) -> [Slot] {
    var slots: [Slot] = []
    for name in slotNames {
      guard let bytes = try disk.read(name) else { continue }
      let result: Result<Checkpoint, CheckpointError>
      do throws(CheckpointError) { result = .success(try Checkpoint(decoding: bytes)) } catch {
        result = .failure(error)
      }
      slots.append(Slot(name: name, result: result))
    }
    return slots.sorted { epoch(of: $0) > epoch(of: $1) }
  }

  private static func epoch(of slot: Slot) -> Int64 {
    if case .success(let checkpoint) = slot.result { Int64(truncatingIfNeeded: checkpoint.header.epoch) } else { -1 }
  }

  /// Writes over the slot that is missing, cannot be used, or holds the older epoch. When it returns, the checkpoint
  /// survives a power failure; when it throws, the other slot is untouched.
  public static func save(_ checkpoint: Checkpoint, to disk: inout some Disk) throws(DiskError) {
    let present = try load(from: &disk)
    let target = slotNames.first { name in !present.contains { $0.name == name } } ?? present.last!.name
    try disk.write(temporaryName, checkpoint.encoded())
    try disk.sync(temporaryName)
    try disk.rename(temporaryName, to: target)
    try disk.syncDirectory()
  }
}
