/// Two slots on a disk that are replaced in turn, so that a crash at any moment leaves the old checkpoint or the new one.
///
///     save:  temp ► write ► sync ► rename over the older slot ► sync directory
///
/// The rename is atomic and comes after the sync, so a slot is never half written: one that does not verify is damage. A
/// temp file left by a crash is ignored, and overwritten by the next save.
public enum CheckpointStore {
  /// The names of the two slots.
  public static let slotNames = ["checkpoint.a", "checkpoint.b"]
  /// The name a checkpoint has while it is being written.
  public static let temporaryName = "checkpoint.new"

  /// A slot that holds something.
  public struct Slot: Sendable {
    /// The file's name.
    public let name: String
    /// What it holds, or why it cannot be used.
    public let result: Result<Checkpoint, CheckpointError>

    /// The checkpoint, if it is a good one.
    public var checkpoint: Checkpoint? { try? result.get() }
  }

  /// A slot's header, read without its payloads.
  public struct Outline: Sendable {
    /// The file's name.
    public let name: String
    /// What the header says, or why it cannot be used. A good header does not vouch for the payloads.
    public let result: Result<CheckpointHeader, CheckpointError>
  }

  /// Reads and verifies the slots that exist: the newest epoch first, unusable ones last.
  ///
  /// - Parameters:
  ///   - disk: where the slots are.
  ///   - known: the sections the caller understands, see ``Checkpoint/init(decoding:known:planted:)``.
  ///   - planted: a bug, nil outside of tests and without effect in release builds.
  public static func load(
    from disk: inout some Disk, known: [String: UInt16]? = nil, planted: PlantedCheckpointBug? = nil
  ) throws(DiskError) -> [Slot] {
    var slots: [Slot] = []
    for name in slotNames {
      guard let result = try load(name, from: &disk, known: known, planted: planted) else { continue }
      slots.append(Slot(name: name, result: result))
    }
    return sorted(slots) { $0.checkpoint?.header }
  }

  /// Reads and verifies one slot; nil if it does not exist. For a start that must not hold two checkpoints in memory.
  public static func load(
    _ name: String, from disk: inout some Disk, known: [String: UInt16]? = nil, planted: PlantedCheckpointBug? = nil
  ) throws(DiskError) -> Result<Checkpoint, CheckpointError>? {
    guard let bytes = try disk.read(name) else { return nil }
    do throws(CheckpointError) {
      return .success(try Checkpoint(decoding: bytes, known: known, planted: planted))
    } catch {
      return .failure(error)
    }
  }

  /// Reads the headers of the slots that exist: the newest epoch first, unusable ones last. Payloads are not read.
  public static func outlines(
    from disk: inout some Disk, known: [String: UInt16]? = nil
  ) throws(DiskError) -> [Outline] {
    var outlines: [Outline] = []
    for name in slotNames {
      guard let bytes = try disk.read(name, upTo: CheckpointTable.maximumBytes) else { continue }
      do throws(CheckpointError) {
        let table = try CheckpointTable(decoding: bytes[...])
        if let known { try table.refuseUnknown(known) }
        outlines.append(Outline(name: name, result: .success(table.header)))
      } catch {
        outlines.append(Outline(name: name, result: .failure(error)))
      }
    }
    return sorted(outlines) { try? $0.result.get() }
  }

  /// Writes a checkpoint durably, in place of the missing, unusable or older slot.
  ///
  /// Slots are judged by their headers, so a save reads a few kilobytes. An intact slot of a newer version of this program
  /// is left untouched; the other slot is replaced then, which is as safe, because replacement is atomic.
  ///
  /// - Parameters:
  ///   - checkpoint: what to write.
  ///   - disk: where to.
  ///   - slot: the slot to replace, for a caller who knows from ``load(from:known:planted:)`` that its payloads are damaged.
  ///   - known: the sections the caller understands: a slot with others is of a newer version.
  ///   - planted: a bug, nil outside of tests and without effect in release builds.
  /// - Returns: the name of the slot that now holds the checkpoint.
  /// - Throws: ``DiskError``; the slots are then as they were, or one is replaced but not yet durable. `EEXIST` if both
  ///   slots belong to a newer version.
  @discardableResult
  public static func save(
    _ checkpoint: Checkpoint, to disk: inout some Disk, replacing slot: String? = nil, known: [String: UInt16]? = nil,
    planted: PlantedCheckpointBug? = nil
  ) throws(DiskError) -> String {
    let target: String
    if isPlanted(.oneSlot, planted) {
      target = slotNames[0]
    } else if let slot {
      precondition(slotNames.contains(slot), "\(slot) is no slot")
      target = slot
    } else {
      target = try replaceable(in: outlines(from: &disk, known: known))
    }
    try disk.write(temporaryName, parts: checkpoint.encodedParts())
    if !isPlanted(.noFsync, planted) { try disk.sync(temporaryName) }
    try disk.rename(temporaryName, to: target)
    if !isPlanted(.noDirectoryFsync, planted) { try disk.syncDirectory() }
    return target
  }

  private static func replaceable(in outlines: [Outline]) throws(DiskError) -> String {
    if let missing = slotNames.first(where: { name in !outlines.contains { $0.name == name } }) { return missing }
    let replaceable = outlines.filter { outline in
      guard case .failure(let error) = outline.result else { return true }
      return !error.isForeign
    }
    // Sorted newest first and unusable last: the last is the one to lose.
    guard let last = replaceable.last else {
      let fileExists: Int32 = 17
      throw DiskError(operation: "replacing a newer version's checkpoint", name: slotNames[0], code: fileExists)
    }
    return last.name
  }

  /// Newest first, those without a header last; equals keep their order.
  private static func sorted<Element>(_ elements: [Element], by header: (Element) -> CheckpointHeader?) -> [Element] {
    guard elements.count == 2 else { return elements }
    switch (header(elements[0]), header(elements[1])) {
    case (let first?, let second?) where first.isOlder(than: second): return [elements[1], elements[0]]
    case (nil, .some): return [elements[1], elements[0]]
    default: return elements
    }
  }
}
