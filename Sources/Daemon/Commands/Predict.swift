internal import FeedEvents
internal import Learning
internal import Pipeline
internal import Setup

extension Subcommand {
  /// `predict`.
  package static let predict = Subcommand(
    "predict", "say how a user would rate an item",
    discussion: """
      Asks the newest checkpoint. For an unknown user the answer is the item's tendency, for an unknown item the user's.
      There is none as long as nobody has rated anything.
      """,
    options: [
      .configurationFile, .stateDirectory, .user,
      CommandOption("--item", takes: "ID", "the item's id; one that is not known will do", isRequired: true),
      CommandOption("--json", "print one JSON object instead of a line"),
    ]
  ) { invocation in
    guard let user = try invocation.arguments.identifier("--user"),
      let item = try invocation.arguments.identifier("--item")
    else { preconditionFailure("both options are required") }
    let state = try StoredState.newest(in: try invocation.configuration().configuration.stateDirectory)
    let rating = state.recommender.learner.predict(user: user.span, item: item.span)
    guard invocation.arguments.has("--json") else {
      invocation.output((rating.map { "\($0)" } ?? "nothing has been rated yet") + "\n")
      return .success
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.field("user_id", user)
    writer.field("item_id", item)
    writer.key("rating")
    if let rating { writer.number(rating) } else { writer.null() }
    writer.endObject()
    invocation.output(String(decoding: writer.bytes, as: UTF8.self) + "\n")
    return .success
  }
}
