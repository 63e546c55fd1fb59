internal import Evaluation
internal import Learning
internal import Pipeline
internal import Telemetry

/// `evaluate --synthetic`: the recommender and an invented app in a circle.
enum SyntheticRun {
  /// Chooses it.
  static let option = CommandOption(
    "--synthetic", "no data set: an invented app whose people see what is recommended to them")
  /// What else can be said about it.
  static let options = [
    option,
    CommandOption("--events", takes: "N", "with --synthetic: how much happens; 300,000 unless given"),
    CommandOption("--seed", takes: "N", "with --synthetic: another app; 1 unless given"),
    CommandOption(
      "--flip",
      "with --synthetic: also how lists of a model of a million updates follow a flipped taste"
    ),
  ]

  static func run(_ configuration: JournaledConfiguration, _ invocation: Invocation) throws -> ExitStatus {
    let arguments = invocation.arguments
    for name in ["--movielens", "--ndjson", "--protocol", "--model", "--html"] where arguments.value(name) != nil {
      throw UsageError("--synthetic and \(name) exclude each other")
    }
    var parameters = ClosedLoopParameters()
    parameters.events = try arguments.integer("--events", in: 1_000...100_000_000) ?? parameters.events
    parameters.app.seed = try arguments.integer("--seed", in: 0...Int.max).map { UInt64($0) } ?? parameters.app.seed

    var progress = Progress(ProgressBar(unit: "events", total: parameters.events), write: invocation.errors)
    let begin = SystemClock.monotonicNanoseconds()
    var loop = ClosedLoop(parameters, configuration: configuration)
    while !loop.isOver {
      loop.step()
      progress.update(done: min(loop.eventCount, parameters.events))
    }
    progress.finish(done: parameters.events)
    var report = loop.report
    report.tasteFlip = flip(configuration.learning, includesLists: arguments.has("--flip"), invocation)
    report.seconds = Double(SystemClock.monotonicNanoseconds() - begin) / 1e9
    report.peakRSSBytes = Subcommand.peakResidentBytes()
    invocation.output(arguments.has("--json") ? report.json + "\n" : report.table)
    return .success
  }

  /// How the model ages, with a progress bar of its own.
  private static func flip(
    _ configuration: LearningConfiguration, includesLists: Bool, _ invocation: Invocation
  ) -> TasteFlip {
    let updates = TasteFlip.updates(includesLists: includesLists)
    var progress = Progress(ProgressBar(unit: "updates", total: updates), write: invocation.errors)
    let result = TasteFlip(configuration: configuration, includesLists: includesLists) { progress.update(done: $0) }
    progress.finish(done: updates)
    return result
  }
}
