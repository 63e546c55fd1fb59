import Checkpoints
import Learning
import Pipeline

/// A small but complete checkpoint with the input's edits in it, and checksums that fit: without them, no fuzzer would get
/// past the first hash.
///
///     00 BYTES…                              the bytes are the file
///     01 EDIT…                               EDIT: section, operation, offset (4 bytes), n, n bytes
///                                                  operation 0 overwrites, 1 inserts, 2 removes n, 3 cuts at the offset
///
/// Sections are counted as the daemon writes them, whatever they are: nothing here knows what is in one.
package enum CheckpointEdits {
  private static let base = makeBase()

  /// The names of the sections, in the order in which edits count them.
  package static var sectionNames: [String] { base.sections.map(\.name) }

  static func run(_ input: [UInt8]) {
    guard input.first == 1 else {
      use(Array(input.dropFirst()))
      return
    }
    var payloads = base.sections.map(\.payload)
    var rest = input.dropFirst()
    while rest.count >= 7 {
      let head = Array(rest.prefix(7))
      rest = rest.dropFirst(7)
      let count = Int(head[6])
      let bytes = rest.prefix(count)
      rest = rest.dropFirst(head[1] & 3 < 2 ? count : 0)
      let section = Int(head[0]) % payloads.count
      let size = payloads[section].count
      let offset = head[2..<6].reversed().reduce(0) { $0 << 8 | Int($1) } % (size + 1)
      switch head[1] & 3 {
      case 0:
        let end = min(size, offset + bytes.count)
        payloads[section].replaceSubrange(offset..<end, with: bytes.prefix(end - offset))
      case 1: payloads[section].insert(contentsOf: bytes, at: offset)
      case 2: payloads[section].removeSubrange(offset..<min(size, offset + count))
      default: payloads[section].removeSubrange(offset...)
      }
    }
    let sections = zip(base.sections, payloads).map { Section(name: $0.name, version: $0.version, payload: $1) }
    let isUnchanged = sections == base.sections
    let isLoaded = use(Checkpoint(header: base.header, sections: sections).encoded())
    precondition(!isUnchanged || isLoaded, "the checkpoint as it was written is not loaded")
  }

  /// Loads the bytes as a start does, and goes on from there: what is accepted must also be fit for use.
  /// - Returns: whether it was accepted.
  @discardableResult
  private static func use(_ bytes: [UInt8]) -> Bool {
    var disk = MemoryDisk(files: [CheckpointStore.slotNames[0]: bytes])
    var recommender: Recommender
    do throws(Stop) {
      let state = try StoredState.newest(on: &disk)
      precondition(state.recommender.digest == state.header.digest, "a state was loaded that has another digest")
      recommender = state.takeRecommender()
    } catch {
      return false
    }
    // Partitions other than the journal's are refused by a start, later.
    guard recommender.positions.map(\.input) == inputs else { return true }
    fold(into: &recommender, from: recommender.positions.map { max(0, min($0.next, 1 << 40)) })
    precondition(recommender.digest == recommender.recomputedDigest(), "the state that was loaded loses its digest")
    return true
  }

  // MARK: The checkpoint

  private static let start: Int64 = 1_700_000_000_000
  private static let inputs = [
    InputPartition(role: .catalog, topic: "items", partition: 0),
    InputPartition(role: .interactions, topic: "interactions", partition: 0),
  ]

  /// What the daemon writes after one epoch.
  private static func makeBase() -> Checkpoint {
    let configuration = JournaledConfiguration()
    var recommender = Recommender(
      configuration: configuration, positions: inputs.map { InputPosition(input: $0, next: 0) })
    let era = Era(
      number: 1, learnerVersion: Learner.version, baseEpoch: 0, baseDigest: recommender.digest,
      configuration: configuration.canonicalText, positions: inputs.map { Era.EraPosition(input: $0, next: 0) })
    fold(into: &recommender, from: [0, 0])
    var owed = OwedUsers()
    for row in 0..<2 { owed.touch(row, in: 1) }
    var disk = MemoryDisk()
    do {
      try StoredState.save(
        recommender, owed: owed, era: era, epoch: 1, journalOffset: 3, clusterID: "cluster", to: &disk)
      return try CheckpointStore.load(from: &disk)[0].result.get()
    } catch {
      preconditionFailure("the checkpoint cannot be written: \(error)")
    }
  }

  /// Folds a little of everything that a model keeps: items with tags and authors, likes, ratings, impressions, a user forgotten.
  private static func fold(into recommender: inout Recommender, from offsets: [Int64]) {
    var buffer = RecordBuffer(expecting: offsets)
    for line in lines {
      let input = line.hasPrefix(#"{"item_id""#) ? 0 : 1
      buffer.append(
        input: input, offset: buffer.nextOffsets[input], timestamp: start + 1_000_000, key: nil,
        value: Array(line.utf8))
    }
    let yield = recommender.fold(buffer, to: buffer.nextOffsets)
    precondition(yield.counts.deadLetters.isEmpty, "\(yield.counts.deadLetters)")
  }

  private static let lines: [String] = {
    var lines = (0..<6).map {
      #"{"item_id":"i\#($0)","tags":["t\#($0 % 3)","t\#($0 % 2 + 5)"],"author":"a\#($0 % 2)","created":\#(start)}"#
    }
    for index in 0..<60 {
      let time = start + Int64(index) * 1_000
      let type = ["like", "view", "impression", "skip", "bookmark"][index % 5]
      lines.append(
        #"{"user_id":"u\#(index % 7)","item_id":"i\#(index % 8)","type":"\#(type)","occurred_at":\#(time)}"#)
      lines.append(
        #"{"user_id":"u\#(index % 5)","item_id":"i\#(index % 6)","type":"rating","value":\#(1 + index % 5),"occurred_at":\#(time)}"#
      )
    }
    lines.append(#"{"user_id":"u3","type":"forget","occurred_at":\#(start + 90_000)}"#)
    return lines
  }()
}
