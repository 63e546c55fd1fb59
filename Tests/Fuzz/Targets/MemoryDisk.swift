import Checkpoints

/// A disk of nothing but bytes.
struct MemoryDisk: Disk {
  var files: [String: [UInt8]] = [:]

  func read(_ name: String) throws(DiskError) -> [UInt8]? { files[name] }
  mutating func write(_ name: String, _ bytes: [UInt8]) throws(DiskError) { files[name] = bytes }
  func sync(_ name: String) throws(DiskError) {}
  mutating func rename(_ from: String, to: String) throws(DiskError) { files[to] = files.removeValue(forKey: from) }
  mutating func remove(_ name: String) throws(DiskError) { files[name] = nil }
  func list() throws(DiskError) -> [String] { files.keys.sorted() }
  func syncDirectory() throws(DiskError) {}
}
