/// A directory that is crueler than ext4: it keeps what was synced and nothing else for certain.
///
/// Contents and names are kept twice, as programs see them and as a power failure may leave them. Unsynced contents may be
/// the old ones, the new ones, cut or torn; each change of names may be lost by itself unless the directory was synced. A
/// sync that fails has dropped the dirty pages: the next one reports success and saves nothing.
final class SimulatedDirectory {
  /// What a name leads to, an index into `contents`, as an inode would be.
  private var names: [String: Int] = [:]
  private var contents: [[UInt8]] = []
  /// Contents that survive; nil: never synced.
  private var durable: [[UInt8]?] = []
  /// Files whose dirty pages were dropped.
  private var dropped: Set<Int> = []
  private var durableNames: [String: Int] = [:]
  private var pendingNames: [[(name: String, file: Int?)]] = []

  init() {}

  var fileNames: [String] { names.keys.sorted() }

  func read(_ name: String) -> [UInt8]? { names[name].map { contents[$0] } }

  func write(_ name: String, _ bytes: [UInt8]) {
    if let file = names[name] {
      contents[file] = bytes
      dropped.remove(file)
    } else {
      contents.append(bytes)
      durable.append(nil)
      names[name] = contents.count - 1
      pendingNames.append([(name, contents.count - 1)])
    }
  }

  func sync(_ name: String) {
    guard let file = names[name], !dropped.contains(file) else { return }
    durable[file] = contents[file]
  }

  func dropDirtyPages(_ name: String) { if let file = names[name] { dropped.insert(file) } }

  func rename(_ from: String, _ to: String) {
    guard let file = names.removeValue(forKey: from) else { return }
    names[to] = file
    pendingNames.append([(to, file), (from, nil)])
  }

  func remove(_ name: String) {
    names[name] = nil
    pendingNames.append([(name, nil)])
  }

  func syncDirectory() {
    durableNames = names
    pendingNames = []
  }

  /// The power fails.
  func losePower(_ cluster: SimulatedCluster) {
    cluster.happened(.powerLoss)
    var survivors = durableNames
    for change in pendingNames {
      if cluster.random.chance(50) {
        for (name, file) in change { survivors[name] = file }
      } else if change.count > 1 {
        cluster.happened(.lostRename)
      }
    }
    var files: [(name: String, bytes: [UInt8])] = []
    for (name, file) in survivors.sorted(by: { $0.key < $1.key }) {
      files.append((name, surviving(file, cluster)))
    }
    contents = files.map(\.bytes)
    durable = contents
    names = Dictionary(uniqueKeysWithValues: zip(files.map(\.name), 0...))
    durableNames = names
    (pendingNames, dropped) = ([], [])
  }

  private func surviving(_ file: Int, _ cluster: SimulatedCluster) -> [UInt8] {
    let old = durable[file] ?? []
    guard durable[file] != contents[file] else { return old }
    var bytes = contents[file]
    switch cluster.random.below(4) {
    case 0: bytes = old
    case 1: break
    case 2: bytes = Array(bytes.prefix(cluster.random.below(bytes.count + 1)))
    default: for index in bytes.indices where index % 512 < 256 { bytes[index] = 0 }
    }
    cluster.happened(bytes == old ? .unsyncedContentsLost : .tornWrite)
    return bytes
  }

  /// A bit of a file on the medium turns over. Returns whether there was one.
  func flipBit(of name: String, _ cluster: SimulatedCluster) -> Bool {
    guard let file = names[name], !contents[file].isEmpty else { return false }
    cluster.happened(.bitFlip)
    contents[file][cluster.random.below(contents[file].count)] ^= 1 << UInt8(cluster.random.below(8))
    durable[file] = contents[file]
    return true
  }
}
