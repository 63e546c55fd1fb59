internal import Checkpoints
internal import FeedEvents
internal import Learning
internal import Pipeline
internal import Retrieval
internal import Telemetry

extension Subcommand {
  /// `recommend`.
  package static let recommend = Subcommand(
    "recommend", "compute a user's list",
    discussion: """
      Asks the newest checkpoint. Items that the user has met are left out, as are those that have expired or left the
      catalog. An unknown user gets what is popular.
      """,
    options: [
      .configurationFile, .stateDirectory, .user,
      CommandOption("--count", takes: "K", "how many items; as many as published lists have without it"),
      CommandOption("--json", "print one JSON object instead of lines"),
    ]
  ) { invocation in
    guard let user = try invocation.arguments.identifier("--user") else {
      preconditionFailure("the option is required")
    }
    let count = try invocation.arguments.integer("--count", in: 1...ItemIndex.maximumCount)
    let state = try StoredState.newest(in: try invocation.configuration().configuration.stateDirectory)
    let items = best(
      count ?? state.recommender.configuration.lists.length, for: user, state.recommender.learner,
      now: SystemClock.wallMilliseconds())
    guard invocation.arguments.has("--json") else {
      for item in items { invocation.output("\(WatchedList.printable(item.itemID))  \(item.score)\n") }
      return .success
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.field("user_id", user)
    writer.key("version")
    writer.integer(state.header.epoch)
    writer.key("items")
    writer.beginArray()
    for item in items {
      writer.beginObject()
      writer.field("item_id", item.itemID)
      writer.key("score")
      writer.number(item.score)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    invocation.output(String(decoding: writer.bytes, as: UTF8.self) + "\n")
    return .success
  }

  private static func best(
    _ count: Int, for user: [UInt8], _ learner: borrowing Learner, now: Int64
  ) -> [Recommendations.Item] {
    let frozen =
      learner.userRow(user.span).flatMap { learner.freezeUsers([$0]).first } ?? learner.freezeUnknownUser()
    let items = learner.freezeItems()
    let index = ItemIndex(
      vectors: items.vectors, biases: items.biases,
      identifiers: ItemIdentifiers(bytes: items.identifiers.bytes, offsets: items.identifiers.offsets),
      expiresAt: items.expiresAt, active: items.active)
    var scratch = SearchScratch()
    return index.search(query: frozen.query, count: count, excluding: frozen.seen, now: now, scratch: &scratch).map {
      Recommendations.Item(itemID: Array(items.identifiers[Int($0.row)]), score: $0.score)
    }
  }
}
