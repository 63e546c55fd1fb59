internal import Checkpoints
internal import FeedEvents
internal import Learning
internal import Pipeline

extension Subcommand {
  /// `inspect`.
  package static let inspect = Subcommand(
    "inspect", "show what the newest checkpoint holds",
    discussion: """
      Reads a state directory and changes nothing; a daemon may be at work in it. The checkpoint is verified down to its
      digest. Exits with 65 when neither slot is usable, and says why.
      """,
    operands: [Operand("DIR", "a state directory")],
    options: [CommandOption("--json", "print one JSON object instead of lines")]
  ) { invocation in
    let state = try StoredState.newest(in: invocation.arguments.operands[0])
    if invocation.arguments.has("--json") {
      invocation.output(String(decoding: json(state), as: UTF8.self) + "\n")
    } else {
      invocation.output(text(state))
    }
    return .success
  }

  private static func json(_ state: borrowing StoredState) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.field("format", Int64(Checkpoint.format))
    writer.key("epoch")
    writer.integer(state.header.epoch)
    writer.key("digest")
    writer.string(state.digestText)
    writer.key("positions")
    writer.beginObject()
    var topic: String?
    // In the order of folding, in which the partitions of a topic stand together.
    for position in state.recommender.positions {
      if position.input.topic != topic {
        if topic != nil { writer.endObject() }
        topic = position.input.topic
        writer.key(Array(position.input.topic.utf8).span)
        writer.beginObject()
      }
      writer.key(Array("\(position.input.partition)".utf8).span)
      writer.integer(position.next)
    }
    if topic != nil { writer.endObject() }
    writer.endObject()
    let counts = state.recommender.learner.counts
    writer.field("users", Int64(counts.users))
    writer.field("items", Int64(counts.items))
    writer.field("events", Int64(counts.events))
    writer.field("bytes", Int64(state.bytes))
    writer.endObject()
    return writer.bytes
  }

  private static func text(_ state: borrowing StoredState) -> String {
    let counts = state.recommender.learner.counts
    var rows = [
      ("slot", state.slot), ("format", "\(Checkpoint.format)"), ("era", "\(state.header.era)"),
      ("epoch", "\(state.header.epoch)"), ("digest", state.digestText), ("users", "\(counts.users)"),
      ("items", "\(counts.items)"), ("events", "\(counts.events)"), ("bytes", "\(state.bytes)"),
    ]
    for position in state.recommender.positions {
      rows.append(("next of \(position.input.topic) \(position.input.partition)", "\(position.next)"))
    }
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { $0 + String(repeating: " ", count: width - $0.count + 2) + $1 + "\n" }.joined()
  }
}
