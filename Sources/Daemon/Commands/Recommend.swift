internal import Checkpoints
internal import FeedEvents
internal import Learning
internal import Pipeline
internal import Retrieval
internal import Setup
internal import Telemetry

extension Subcommand {
  /// `recommend`.
  package static let recommend = Subcommand(
    "recommend", "compute a user's list, or what goes with an item",
    discussion: """
      Asks the newest checkpoint, about a user or about an item. Items that the user has met are left out, as are those
      that have expired or left the catalog. An unknown user gets what is popular. What goes with an item is what somebody
      gets who has turned to it and to nothing else; an unknown item ends with 65.
      """,
    options: [
      .configurationFile, .stateDirectory,
      CommandOption("--user", takes: "ID", "the user's id; one that is not known will do"),
      CommandOption("--item", takes: "ID", "the item's id"),
      CommandOption("--count", takes: "K", "how many items; as many as published lists have without it"),
      CommandOption("--json", "print one JSON object instead of lines"),
    ]
  ) { invocation in
    let subject = try Subject(invocation.arguments)
    let count = try invocation.arguments.integer("--count", in: 1...ItemIndex.maximumCount)
    let directory = try invocation.configuration().configuration.stateDirectory
    let state = try StoredState.newest(in: directory)
    let items = state.recommender.best(
      count ?? state.recommender.configuration.lists.length, for: try subject.query(state.recommender.learner),
      now: SystemClock.wallMilliseconds(), isReranked: subject.isUser)
    guard invocation.arguments.has("--json") else {
      for item in items { invocation.output("\(WatchedList.printable(item.itemID))  \(item.score)\n") }
      return .success
    }
    var writer = JSONWriter()
    writer.beginObject()
    switch subject {
    case .user(let id): writer.field("user_id", id)
    case .item(let id): writer.field("item_id", id)
    }
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
}

/// What a list is asked for.
private enum Subject {
  case user([UInt8])
  case item([UInt8])

  init(_ arguments: Arguments) throws(UsageError) {
    switch (try arguments.identifier("--user"), try arguments.identifier("--item")) {
    case (.some(let user), nil): self = .user(user)
    case (nil, .some(let item)): self = .item(item)
    case (nil, nil): throw UsageError("--user ID or --item ID is missing")
    case (.some, .some): throw UsageError("--user and --item exclude each other")
    }
  }

  var isUser: Bool { if case .user = self { true } else { false } }

  func query(_ learner: borrowing Learner) throws(Failure) -> FrozenUser {
    switch self {
    case .user(let id):
      return learner.userRow(id.span).flatMap { learner.freezeUsers([$0]).first } ?? learner.freezeUnknownUser()
    case .item(let id):
      guard let query = learner.freezeQuery(ofItem: id.span) else {
        throw Failure(.unusableData, "the model knows no item \(WatchedList.printable(id))")
      }
      return query
    }
  }
}
