import Checkpoints

/// A directory that keeps only what was synced: an unsynced file may be lost, cut or torn, an unsynced rename may be undone.
final class SimulatedDirectory {
  private var live: [String: [UInt8]] = [:]
  private var durable: [String: [UInt8]] = [:]
  private var synced: Set<String> = []

  func read(_ name: String) -> [UInt8]? { live[name] }

  func write(_ name: String, _ bytes: [UInt8]) {
    live[name] = bytes
    synced.remove(name)
  }

  func sync(_ name: String) {
    synced.insert(name)
    // The contents are safe; whether the name is depends on the directory.
    if durable[name] != nil { durable[name] = live[name] }
  }

  func rename(_ from: String, _ to: String) {
    live[to] = live.removeValue(forKey: from)
    if synced.remove(from) != nil { synced.insert(to) } else { synced.remove(to) }
  }

  func remove(_ name: String) { live[name] = nil }
  var names: [String] { live.keys.sorted() }

  func syncDirectory(_ random: inout Randomness) {
    durable = Dictionary(
      uniqueKeysWithValues: live.map { name, bytes in (name, synced.contains(name) ? bytes : Self.torn(bytes, &random))
      })
  }

  /// The power fails: what is left is what was made durable, and perhaps some of what was not.
  func losePower(_ random: inout Randomness, cluster: SimulatedCluster) {
    cluster.happened(.powerLoss)
    if live.keys.sorted() != durable.keys.sorted() || live.contains(where: { durable[$0] != $1 }) {
      cluster.happened(.lostRename)
    }
    for (name, bytes) in live.sorted(by: { $0.key < $1.key }) where durable[name] == nil && random.chance(50) {
      durable[name] = synced.contains(name) ? bytes : Self.torn(bytes, &random)
      if !synced.contains(name) { cluster.happened(.tornWrite) }
    }
    live = durable
    synced = Set(live.keys)
  }

  /// A bit of the medium turns over.
  func flipBit(_ random: inout Randomness, cluster: SimulatedCluster) {
    guard let name = live.keys.sorted().first, let bytes = live[name], !bytes.isEmpty else { return }
    cluster.happened(.bitFlip)
    live[name]![random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
    durable[name] = live[name]
  }

  private static func torn(_ bytes: [UInt8], _ random: inout Randomness) -> [UInt8] {
    var torn = Array(bytes.prefix(random.below(bytes.count + 1)))
    if !torn.isEmpty, random.chance(50) { torn[random.below(torn.count)] = 0 }
    return torn
  }
}

/// One process's view of its directory.
struct SimulatedDisk: Disk {
  let directory: SimulatedDirectory
  let process: SimulatedProcess

  private func call(_ operation: String, _ name: String) throws(DiskError) {
    if process.diesOnDisk() { throw DiskError(operation: operation, name: name, code: 5) }
  }

  mutating func read(_ name: String) throws(DiskError) -> [UInt8]? {
    try call("read", name)
    return directory.read(name)
  }

  mutating func write(_ name: String, _ bytes: [UInt8]) throws(DiskError) {
    // Killed in the middle of a write.
    if process.diesOnDisk() {
      directory.write(name, Array(bytes.prefix(process.cluster.random.below(bytes.count + 1))))
      throw DiskError(operation: "write", name: name, code: 5)
    }
    directory.write(name, bytes)
  }

  mutating func sync(_ name: String) throws(DiskError) {
    try call("sync", name)
    directory.sync(name)
  }

  mutating func rename(_ from: String, to: String) throws(DiskError) {
    try call("rename", from)
    directory.rename(from, to)
  }

  mutating func remove(_ name: String) throws(DiskError) {
    try call("remove", name)
    directory.remove(name)
  }

  mutating func list() throws(DiskError) -> [String] {
    try call("list", "")
    return directory.names
  }

  mutating func syncDirectory() throws(DiskError) {
    try call("sync directory", "")
    directory.syncDirectory(&process.cluster.random)
  }
}
