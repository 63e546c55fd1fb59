import FeedEvents
import Pipeline

/// Writes the input topics: a small social app whose records are of every kind, bad ones included.
struct SimulatedApp {
  static let interactionsTopic = "interactions"
  static let catalogTopic = "items"

  var random: Randomness
  let partitionCount: Int
  let hasCatalog: Bool
  private var clock: Int64 = 1_000_000

  init(random: Randomness, partitionCount: Int, hasCatalog: Bool) {
    self.random = random
    self.partitionCount = partitionCount
    self.hasCatalog = hasCatalog
  }

  var inputs: [InputPartition] {
    (hasCatalog ? [InputPartition(role: .catalog, topic: Self.catalogTopic, partition: 0)] : [])
      + (0..<Int32(partitionCount)).map {
        InputPartition(role: .interactions, topic: Self.interactionsTopic, partition: $0)
      }
  }

  mutating func produce(_ count: Int, to cluster: SimulatedCluster) {
    for _ in 0..<count {
      clock += Int64(random.below(5_000))
      if hasCatalog, random.chance(10) {
        cluster.append(catalogRecord(), to: SimulatedCluster.name(Self.catalogTopic, 0))
      } else {
        let user = random.below(12)
        let partition = SimulatedCluster.name(Self.interactionsTopic, Int32(user % partitionCount))
        cluster.append(interactionRecord(user: "user-\(user)"), to: partition)
        // A transactional producer's markers take offsets among the data.
        if random.chance(15) { cluster.appendControl(to: partition) }
      }
    }
  }

  private mutating func interactionRecord(user: String) -> SimulatedCluster.SimulatedRecord {
    let key = Array(user.utf8)
    var record = SimulatedCluster.SimulatedRecord(key: key, value: nil, timestamp: clock)
    switch random.below(100) {
    case 0..<2: return record
    case 2..<4: record.value = Array("{not json".utf8)
    case 4..<5: record.value = Array(#"{"user_id":"\#(user)","type":"like","occurred_at":\#(clock)}"#.utf8)
    case 5..<6: record.value = []
    case 6..<8: record.value = json(user, type: "poke", at: clock)
    case 8..<9: record.value = json(user, type: "like", at: clock + 600_000)
    case 9..<10:
      record.key = nil
      record.value = json(user, type: "click", at: clock)
    default:
      let types = ["like", "click", "view", "rating", "comment", "skip", "hide", "unlike", "impression", "share"]
      record.value = json(user, type: types[random.below(types.count)], at: clock)
    }
    return record
  }

  private mutating func json(_ user: String, type: String, at time: Int64) -> [UInt8] {
    let value =
      type == "rating"
      ? #","value":\#(1 + random.below(5))"# : type == "view" ? #","value":\#(random.below(9000))"# : ""
    let item = random.below(6) * random.below(6)
    return Array(
      #"{"user_id":"\#(user)","item_id":"item-\#(item)","type":"\#(type)"\#(value),"occurred_at":\#(time)}"#.utf8)
  }

  private mutating func catalogRecord() -> SimulatedCluster.SimulatedRecord {
    let id = "item-\(random.below(40))"
    let key = Array(id.utf8)
    if random.chance(15) { return .init(key: key, value: nil, timestamp: clock) }
    let tags = (0..<random.below(4)).map { _ in Array("tag-\(random.below(5))".utf8) }
    var unique: [[UInt8]] = []
    for tag in tags where !unique.contains(tag) { unique.append(tag) }
    let item = CatalogItem(
      itemID: key, tags: unique, expires: random.chance(10) ? clock + 1 : nil, active: !random.chance(10))
    return .init(key: key, value: item.encoded(), timestamp: clock)
  }
}
