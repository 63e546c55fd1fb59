import Checkpoints
import FeedEvents
import Learning

@testable import Pipeline

/// A log with some of everything, which fills small tables: catalog items with tags and authors, every kind of event, a duplicate, two
/// who are forgotten, one record that cannot be used. It must never change.
enum KeptLog {
  /// So many interactions are in the checkpoint; then come as many again.
  static let checkpointedRecords = 400
  private static let items = 24
  private static let start: Int64 = 1_795_000_000_000

  static let inputs = [
    InputPartition(role: .catalog, topic: "woonkly.items", partition: 0),
    InputPartition(role: .interactions, topic: "woonkly.interactions", partition: 0),
  ]

  static let clusterID = "4L6g3nShT-eMCtK--X86sw"

  static var configuration: JournaledConfiguration {
    var configuration = JournaledConfiguration()
    configuration.learning.userRows = 12
    configuration.learning.itemRows = 18
    configuration.learning.tagRows = 9
    configuration.learning.negatives = 5
    configuration.lists.length = 4
    return configuration
  }

  private static func item(_ index: Int) -> CatalogItem {
    CatalogItem(
      itemID: Array("p_\(index)".utf8), title: Array("Post \(index)".utf8),
      tags: [Array("tag-\(index % 5)".utf8), Array("tag-\(index % 3)".utf8)], author: Array("u_\(index % 4)".utf8),
      created: start - Int64(index) * 3_600_000, expires: index % 6 == 0 ? start + 86_400_000 : nil,
      active: index % 11 != 10)
  }

  private static let types: [InteractionType] = [
    .impression, .like, .view, .rating, .click, .impression, .comment, .skip, .share, .impression, .purchase, .unlike,
  ]

  /// The interaction at an offset.
  private static func value(_ offset: Int) -> (key: [UInt8], value: [UInt8]?) {
    let user = Array("u_\(offset * 7 % 15)".utf8)
    switch offset {
    case 90, 390: return (user, nil)
    case 91: return (user, Array("{".utf8))
    default: break
    }
    // Every fiftieth event is that of 30 records before once more.
    let event = offset % 50 == 49 ? offset - 30 : offset
    let subject = Array("u_\(event * 7 % 15)".utf8)
    if event % 40 == 17 {
      let follow = Interaction(
        eventID: Array("e\(event)".utf8), userID: subject, itemID: [], type: .follow,
        occurredAt: start + Int64(event) * 60_000,
        authorID: Array("u_\(event % 6)".utf8))
      return (subject, follow.encoded())
    }
    let type = types[event * 5 % types.count]
    let number: Double? =
      switch type {
      case .rating: Double(1 + event % 5)
      case .view: Double(event * 37 % 900)
      default: nil
      }
    let interaction = Interaction(
      eventID: event % 3 == 0 ? nil : Array("e\(event)".utf8), userID: subject,
      itemID: Array("p_\(event * 11 % (items + 4) * (event % 5) / 4)".utf8), type: type, value: number,
      occurredAt: start + Int64(event) * 60_000)
    return (subject, interaction.encoded())
  }

  /// The interactions from one offset on, behind the whole catalog where the log begins.
  static func records(from first: Int, expecting next: [Int64]) -> RecordBuffer {
    var buffer = RecordBuffer(expecting: next)
    if first == 0 {
      for index in 0..<items {
        let item = item(index)
        buffer.append(input: 0, offset: Int64(index), timestamp: start, key: item.itemID, value: item.encoded())
      }
    }
    for offset in first..<first + checkpointedRecords {
      let (key, value) = value(offset)
      buffer.append(
        input: 1, offset: Int64(offset), timestamp: start + Int64(offset) * 60_000, key: key, value: value)
    }
    return buffer
  }

  /// Writes the catalog and the first `interactions` to the topics.
  static func append(_ interactions: Int, to cluster: SimulatedCluster) {
    for index in 0..<items {
      let item = item(index)
      cluster.append(
        .init(key: item.itemID, value: item.encoded(), timestamp: start),
        to: SimulatedCluster.name(inputs[0].topic, 0))
    }
    for offset in 0..<interactions {
      let (key, value) = value(offset)
      cluster.append(
        .init(key: key, value: value, timestamp: start + Int64(offset) * 60_000),
        to: SimulatedCluster.name(inputs[1].topic, 0))
    }
  }

  struct Folded: ~Copyable {
    var recommender: Recommender
    let records: RecordBuffer
    let yield: FoldYield
  }

  static func folded() -> Folded {
    var recommender = Recommender(
      configuration: configuration, positions: inputs.map { InputPosition(input: $0, next: 0) })
    let records = records(from: 0, expecting: [0, 0])
    let yield = recommender.fold(records, to: records.nextOffsets)
    return Folded(recommender: recommender, records: records, yield: yield)
  }

  private static var era: Era {
    Era(
      number: 1, learnerVersion: Learner.version, baseEpoch: 0, baseDigest: 0,
      configuration: configuration.canonicalText,
      positions: inputs.map { Era.EraPosition(input: $0, next: 0) })
  }

  static func checkpoint() throws -> Checkpoint {
    let folded = folded()
    var owed = OwedUsers()
    owed.apply(folded.yield.debts, epoch: 1)
    let snapshot = Snapshot(
      positions: folded.recommender.positions, owedRows: owed.rows, era: era, clusterID: clusterID)
    let header = CheckpointHeader(
      learnerVersion: Learner.version, era: 1, epoch: 1, journalOffset: 1, dimension: UInt32(Learner.dimension),
      digest: folded.recommender.digest)
    return Checkpoint(header: header, sections: snapshot.sections() + folded.recommender.sections())
  }

  /// A start that opens the era, and the epoch with all records of the checkpoint, a line each.
  static func journal() throws -> [UInt8] {
    let folded = folded()
    let ranges = inputs.indices.map { index in
      JournalEntry.Range(
        input: inputs[index], from: 0, to: folded.records.nextOffsets[index], records: folded.records.records[index])
    }
    let entry = JournalEntry(
      epoch: 1, ranges: ranges, digest: folded.recommender.digest,
      deadLetters: folded.yield.counts.deadLetters.sorted { $0.key < $1.key }.map {
        JournalEntry.DeadLetterCount(reason: $0.key, count: $0.value)
      },
      lists: JournalEntry.Lists(version: 1, generatedAt: start, count: 3, hash: 5),
      tombstones: folded.yield.forgotten.count)
    let start = StartRecord(incarnation: 7, era: era)
    let newline = [UInt8(ascii: "\n")]
    return JournalContent.start(start).encoded() + newline + JournalContent.epoch(entry).encoded() + newline
  }
}
