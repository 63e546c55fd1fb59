import Checkpoints

/// One process's view of its directory.
struct SimulatedDisk: Disk {
  static let inputOutputError: Int32 = 5
  static let noSpaceLeft: Int32 = 28

  let directory: SimulatedDirectory
  let process: SimulatedProcess

  private func call(_ operation: String, _ name: String, changes: Bool) throws(DiskError) {
    if process.diesOnDisk() { throw DiskError(operation: operation, name: name, code: Self.inputOutputError) }
    if changes, process.mustLeaveDiskAlone {
      process.violation = Violation(
        .checkpoints, "\(operation) of \(name) by an instance that was told to stop at once")
    }
  }

  private func fail(_ fault: Fault, _ operation: String, _ name: String) -> DiskError {
    process.suffers(fault)
    return DiskError(
      operation: operation, name: name, code: fault == .noSpace ? Self.noSpaceLeft : Self.inputOutputError)
  }

  mutating func read(_ name: String) throws(DiskError) -> [UInt8]? {
    try call("read", name, changes: false)
    if process.faultNow(), process.cluster.random.chance(20) { throw fail(.readError, "read", name) }
    return directory.read(name)
  }

  mutating func write(_ name: String, _ bytes: [UInt8]) throws(DiskError) {
    func writePart() { directory.write(name, Array(bytes.prefix(process.cluster.random.below(bytes.count + 1)))) }
    let wasDead = process.isDead
    do { try call("write", name, changes: true) } catch {
      // Killed in the middle of it.
      if !wasDead { writePart() }
      throw error
    }
    if process.faultNow() {
      writePart()
      throw fail(process.cluster.random.chance(50) ? .noSpace : .writeError, "write", name)
    }
    directory.write(name, bytes)
  }

  mutating func sync(_ name: String) throws(DiskError) {
    try call("sync", name, changes: true)
    if process.faultNow() {
      directory.dropDirtyPages(name)
      throw fail(.syncError, "sync", name)
    }
    directory.sync(name)
  }

  mutating func rename(_ from: String, to: String) throws(DiskError) {
    try call("rename", from, changes: true)
    if process.faultNow() {
      if process.cluster.random.chance(50) { directory.rename(from, to) }
      throw fail(.renameError, "rename", from)
    }
    directory.rename(from, to)
  }

  mutating func remove(_ name: String) throws(DiskError) {
    try call("remove", name, changes: true)
    directory.remove(name)
  }

  mutating func list() throws(DiskError) -> [String] {
    try call("list", "", changes: false)
    return directory.fileNames
  }

  mutating func syncDirectory() throws(DiskError) {
    try call("sync directory", "", changes: true)
    if process.faultNow() { throw fail(.directorySyncError, "sync directory", "") }
    directory.syncDirectory()
  }
}
