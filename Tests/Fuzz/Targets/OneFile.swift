import Checkpoints

/// A disk with one file, to be read.
struct OneFile: Disk {
  let name: String
  let bytes: [UInt8]

  func read(_ name: String) throws(DiskError) -> [UInt8]? { name == self.name ? bytes : nil }
  func write(_ name: String, _ bytes: [UInt8]) throws(DiskError) { throw readOnly("write", name) }
  func sync(_ name: String) throws(DiskError) { throw readOnly("sync", name) }
  func rename(_ from: String, to: String) throws(DiskError) { throw readOnly("rename", from) }
  func remove(_ name: String) throws(DiskError) { throw readOnly("remove", name) }
  func list() throws(DiskError) -> [String] { [name] }
  func syncDirectory() throws(DiskError) { throw readOnly("sync", ".") }

  private func readOnly(_ operation: String, _ name: String) -> DiskError {
    DiskError(operation: operation, name: name, code: 30)
  }
}
