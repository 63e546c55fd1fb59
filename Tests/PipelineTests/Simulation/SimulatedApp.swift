import FeedEvents
import Pipeline

/// Writes the input topics: a small social app whose records are of every kind, bad ones included.
struct SimulatedApp {
  static let interactionsTopic = "interactions"
  static let catalogTopic = "items"
  static let userCount = 12
  static let itemCount = 40

  var random: Randomness
  let partitionCount: Int
  let hasCatalog: Bool
  private var clock: Int64 = 1_000_000
  /// The next event id of each user: all users have the same ids.
  private var nextEvent = Array(repeating: 0, count: Self.userCount)
  /// What was sent with an event id, by partition: any of it may be sent again.
  private var sent: [[SimulatedCluster.SimulatedRecord]]

  init(random: Randomness, partitionCount: Int, hasCatalog: Bool) {
    self.random = random
    self.partitionCount = partitionCount
    self.hasCatalog = hasCatalog
    sent = Array(repeating: [], count: partitionCount)
  }

  var inputs: [InputPartition] {
    (hasCatalog ? [InputPartition(role: .catalog, topic: Self.catalogTopic, partition: 0)] : [])
      + (0..<Int32(partitionCount)).map {
        InputPartition(role: .interactions, topic: Self.interactionsTopic, partition: $0)
      }
  }

  /// No user's name is the beginning of another's.
  static func userName(_ user: Int) -> String { "reader-\(user / 10)\(user % 10)" }
  static func userID(_ user: Int) -> [UInt8] { Array(userName(user).utf8) }
  static func itemID(_ item: Int) -> [UInt8] { Array("item-\(item)".utf8) }

  mutating func produce(_ count: Int, to cluster: SimulatedCluster) {
    for _ in 0..<count {
      clock += Int64(random.below(5_000))
      if hasCatalog, random.chance(10) {
        cluster.append(catalogRecord(), to: SimulatedCluster.name(Self.catalogTopic, 0))
      } else {
        let user = random.below(Self.userCount)
        let number = user % partitionCount
        let partition = SimulatedCluster.name(Self.interactionsTopic, Int32(number))
        let record = sentAgain(number) ?? interactionRecord(user, partition: number)
        if case .forgets = record.meaning { cluster.happened(.userForgotten) }
        cluster.append(record, to: partition)
        // A transactional producer's markers take offsets among the data.
        if random.chance(15) { cluster.appendControl(to: partition) }
      }
    }
  }

  /// A producer that got no answer sends again what it sent just before; one that was restored from a backup sends something
  /// old. The record is the same, the time of sending is not.
  private mutating func sentAgain(_ partition: Int) -> SimulatedCluster.SimulatedRecord? {
    let records = sent[partition]
    guard !records.isEmpty, random.chance(12) else { return nil }
    var record = records[random.chance(70) ? max(0, records.count - 1 - random.below(5)) : random.below(records.count)]
    record.timestamp = clock
    return record
  }

  private mutating func interactionRecord(_ user: Int, partition: Int) -> SimulatedCluster.SimulatedRecord {
    let name = Self.userName(user)
    let hasEvent = random.chance(80)
    let event = SimulatedCluster.EventName(user: user, id: nextEvent[user])
    let id = hasEvent ? #""event_id":"e\#(event.id)","# : ""
    if hasEvent { nextEvent[user] += 1 }
    var isSound = hasEvent
    var record = SimulatedCluster.SimulatedRecord(key: Self.userID(user), value: nil, timestamp: clock)
    func refused(_ text: String) -> [UInt8] { Array(text.utf8) }
    switch random.below(100) {
    case 0..<2:
      record.meaning = .forgets(user: user)
    case 2..<4:
      record.value = refused(#"{\#(id)"user_id":"\#(name)","type":"forget","occurred_at":\#(clock)}"#)
      record.meaning = .forgets(user: user)
    case 4..<6: record.value = refused("{not json")
    case 6: record.value = refused(#"{\#(id)"user_id":"\#(name)","type":"like","occurred_at":\#(clock)}"#)
    case 7: record.value = []
    case 8..<10: (record.value, _) = json(id, name, type: "poke", at: clock)
    case 10:
      // Sent again later it would no longer be ahead.
      (record.value, _) = json(id, name, type: "like", at: clock + 600_000)
      isSound = false
    case 11:
      record.key = nil
      let (value, item) = json(id, name, type: "click", at: clock)
      (record.value, record.meaning, record.event) = (value, .sees(user: user, item: item), hasEvent ? event : nil)
    case 12..<16:
      record.value = refused(
        #"{\#(id)"user_id":"\#(name)","author_id":"maker-\#(random.below(4))","type":"follow","occurred_at":\#(clock)}"#
      )
      record.event = hasEvent ? event : nil
    default:
      let types = ["like", "click", "view", "rating", "comment", "skip", "hide", "unlike", "impression", "share"]
      let type = types[random.below(types.count)]
      let (value, item) = json(id, name, type: type, at: clock)
      (record.value, record.event) = (value, hasEvent ? event : nil)
      record.meaning = type == "impression" ? .mayHaveSeen(user: user, item: item) : .sees(user: user, item: item)
    }
    if isSound { sent[partition].append(record) }
    return record
  }

  private mutating func json(_ event: String, _ user: String, type: String, at time: Int64) -> (
    value: [UInt8], item: Int
  ) {
    let value =
      type == "rating"
      ? #","value":\#(1 + random.below(5))"# : type == "view" ? #","value":\#(random.below(9000))"# : ""
    let item = random.below(6) * random.below(6)
    let author = random.chance(20) ? #","author_id":"maker-\#(random.below(4))""# : ""
    let text =
      #"{\#(event)"user_id":"\#(user)","item_id":"item-\#(item)","type":"\#(type)"\#(value)\#(author),"#
      + #""occurred_at":\#(time)}"#
    return (Array(text.utf8), item)
  }

  private mutating func catalogRecord() -> SimulatedCluster.SimulatedRecord {
    let key = Self.itemID(random.below(Self.itemCount))
    if random.chance(15) { return .init(key: key, value: nil, timestamp: clock) }
    let tags = (0..<random.below(4)).map { _ in Array("tag-\(random.below(5))".utf8) }
    var unique: [[UInt8]] = []
    for tag in tags where !unique.contains(tag) { unique.append(tag) }
    let item = CatalogItem(
      itemID: key, tags: unique, expires: random.chance(10) ? clock + 1 : nil, active: !random.chance(10))
    return .init(key: key, value: item.encoded(), timestamp: clock)
  }
}
