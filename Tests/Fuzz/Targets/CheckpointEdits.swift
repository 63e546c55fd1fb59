import Checkpoints
import Learning
import Pipeline

/// A small but complete checkpoint with the input's edits in it, and checksums that fit: without them, no fuzzer would get
/// past the first hash.
///
///     00 BYTES…                              the bytes are the file
///     01 EDIT…                               EDIT: section, operation, offset (4 bytes), n, n bytes
///                                                  operation 0 overwrites, 1 inserts, 2 removes n, 3 cuts at the offset
enum CheckpointEdits {
  private static let names = pipelineNames + Learner.sectionNames
  private static let pipelineNames = ["pipeline.positions", "pipeline.owed", "pipeline.era", "pipeline.cluster"]
  private static let base = makeBase()

  static func run(_ input: [UInt8]) {
    guard input.first == 1 else {
      load(Array(input.dropFirst()))
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
    let isLoaded = load(Checkpoint(header: base.header, sections: sections).encoded())
    precondition(!isUnchanged || isLoaded, "the checkpoint as it was written is not loaded")
  }

  @discardableResult
  private static func load(_ bytes: [UInt8]) -> Bool {
    var disk = OneFile(name: CheckpointStore.slotNames[0], bytes: bytes)
    do throws(Stop) {
      let state = try StoredState.newest(on: &disk)
      precondition(state.recommender.digest == state.header.digest, "a state was loaded that has another digest")
      return true
    } catch {
      return false
    }
  }

  // MARK: The checkpoint

  private static func makeBase() -> Checkpoint {
    let configuration = JournaledConfiguration()
    let inputs = [
      InputPartition(role: .catalog, topic: "items", partition: 0),
      InputPartition(role: .interactions, topic: "interactions", partition: 0),
    ]
    var recommender = Recommender(
      configuration: configuration, positions: inputs.map { InputPosition(input: $0, next: 0) })
    let baseDigest = recommender.digest
    var buffer = RecordBuffer(expecting: [0, 0])
    let start: Int64 = 1_700_000_000_000
    for (offset, line) in records(from: start).enumerated() {
      let isItem = line.hasPrefix(#"{"item_id""#)
      buffer.append(
        input: isItem ? 0 : 1, offset: Int64(isItem ? offset : offset - 6), timestamp: start + 1_000_000, key: nil,
        value: Array(line.utf8))
    }
    let yield = recommender.fold(buffer, to: buffer.nextOffsets)
    precondition(yield.counts.deadLetters.isEmpty, "\(yield.counts.deadLetters)")
    let era = Era(
      number: 1, learnerVersion: Learner.version, baseEpoch: 0, baseDigest: baseDigest,
      configuration: configuration.canonicalText, positions: inputs.map { Era.EraPosition(input: $0, next: 0) })
    return Checkpoint(
      header: CheckpointHeader(
        learnerVersion: Learner.version, era: 1, epoch: 1, journalOffset: 3, dimension: UInt32(Learner.dimension),
        digest: recommender.digest),
      sections: pipelineSections(recommender.positions, era) + recommender.learner.sections())
  }

  /// A little of everything that a model keeps: items with tags and authors, likes, ratings, impressions, a user forgotten.
  private static func records(from start: Int64) -> [String] {
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
  }

  /// What the pipeline writes beside the model. It is written out here because a fuzzer must be able to break it; if the
  /// layout changes, the unedited checkpoint is refused, which `run` and the corpus notice.
  private static func pipelineSections(_ positions: [InputPosition], _ era: Era) -> [Section] {
    var (place, owed, eraWriter, cluster) = (ByteWriter(), ByteWriter(), ByteWriter(), ByteWriter())
    place.write(UInt32(positions.count))
    for position in positions {
      write(position.input, position.next, to: &place)
      place.write(UInt8(position.last == nil ? 0 : 1))
      if let last = position.last {
        place.write(last.offset)
        place.write(last.timestamp)
        place.write(last.hash)
      }
    }
    owed.write(UInt32(2))
    owed.write(UInt32(0))
    owed.write(UInt32(1))
    eraWriter.write(era.number)
    eraWriter.write(era.learnerVersion)
    eraWriter.write(era.baseEpoch)
    eraWriter.write(era.baseDigest)
    eraWriter.write(Array(era.configuration.utf8))
    eraWriter.write(UInt32(era.positions.count))
    for position in era.positions { write(position.input, position.next, to: &eraWriter) }
    cluster.write(Array("cluster".utf8))
    return zip(pipelineNames, [place, owed, eraWriter, cluster]).map {
      Section(name: $0, version: 1, payload: $1.bytes)
    }
  }

  private static func write(_ input: InputPartition, _ next: Int64, to writer: inout ByteWriter) {
    writer.write(UInt8(input.role == .catalog ? 0 : 1))
    writer.write(Array(input.topic.utf8))
    writer.write(input.partition)
    writer.write(next)
  }
}
