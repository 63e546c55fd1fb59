import Checkpoints

/// A disk in memory that does to unsynced data whatever POSIX allows, and can stop before any operation.
///
/// Contents and names are kept twice: as programs see them and as a crash may leave them.
struct CruelDisk: Disk {
  struct Crash: Error {}

  /// What a name leads to: an index into `contents`, as an inode would be.
  private(set) var names: [String: Int] = [:]
  private var contents: [[UInt8]] = []
  /// Contents that survive: nil for a file never synced.
  private var durable: [[UInt8]?] = []
  private var durableNames: [String: Int] = [:]
  /// Changes of names since the last sync of the directory, in order.
  private var pendingNames: [(name: String, file: Int?)] = []

  /// How many operations have run.
  private(set) var operations = 0
  /// The operation that does not happen any more: the machine stops, and every later call fails.
  var crashAt = Int.max
  private(set) var log: [String] = []

  private mutating func step(_ operation: String, _ name: String) throws(DiskError) {
    guard operations < crashAt else { throw DiskError(operation: operation, name: name, code: 5) }
    operations += 1
    log.append(name.isEmpty ? operation : "\(operation) \(name)")
  }

  mutating func read(_ name: String) throws(DiskError) -> [UInt8]? {
    try step("read", name)
    return names[name].map { contents[$0] }
  }

  mutating func write(_ name: String, _ bytes: [UInt8]) throws(DiskError) {
    try step("write", name)
    if let file = names[name] {
      contents[file] = bytes
    } else {
      contents.append(bytes)
      durable.append(nil)
      names[name] = contents.count - 1
      pendingNames.append((name, contents.count - 1))
    }
  }

  mutating func sync(_ name: String) throws(DiskError) {
    try step("sync", name)
    guard let file = names[name] else { throw DiskError(operation: "sync", name: name, code: 2) }
    durable[file] = contents[file]
  }

  mutating func rename(_ from: String, to: String) throws(DiskError) {
    try step("rename", from)
    guard let file = names.removeValue(forKey: from) else { throw DiskError(operation: "rename", name: from, code: 2) }
    names[to] = file
    pendingNames.append((to, file))
    pendingNames.append((from, nil))
  }

  mutating func remove(_ name: String) throws(DiskError) {
    try step("remove", name)
    names[name] = nil
    pendingNames.append((name, nil))
  }

  mutating func list() throws(DiskError) -> [String] {
    try step("list", "")
    return Array(names.keys)
  }

  mutating func syncDirectory() throws(DiskError) {
    try step("syncDirectory", "")
    durableNames = names
    pendingNames = []
  }

  /// The disk after the power came back: of unsynced names any first part has happened, and a file whose last contents were
  /// not synced has its old ones, nothing, or a mixture of new and torn bytes.
  func afterCrash(_ generator: inout SeededGenerator) -> CruelDisk {
    var disk = CruelDisk()
    var survivors = durableNames
    for change in pendingNames.prefix(Int.random(in: 0...pendingNames.count, using: &generator)) {
      survivors[change.name] = change.file
    }
    for (name, file) in survivors.sorted(by: { $0.key < $1.key }) {
      var bytes = durable[file] ?? []
      if durable[file] != contents[file] {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: break
        case 1: bytes = contents[file]
        case 2: bytes = Array(contents[file].prefix(Int.random(in: 0...contents[file].count, using: &generator)))
        default:
          bytes = contents[file]
          for index in bytes.indices where Bool.random(using: &generator) { bytes[index] = 0 }
        }
      }
      disk.contents.append(bytes)
      disk.durable.append(bytes)
      disk.names[name] = disk.contents.count - 1
    }
    disk.durableNames = disk.names
    return disk
  }

  /// Puts a file there as if it had always been.
  mutating func place(_ name: String, _ bytes: [UInt8]) {
    contents.append(bytes)
    durable.append(bytes)
    names[name] = contents.count - 1
    durableNames[name] = contents.count - 1
  }
}
