internal import Evaluation
internal import Host
internal import Learning
internal import Pipeline
internal import Setup
internal import Telemetry

extension Subcommand {
  /// `evaluate`.
  package static let evaluate = Subcommand(
    "evaluate", "measure the model on a data set",
    discussion: """
      Prints rating errors and hit rates beside their baselines, the time, the peak memory, and the digest of what was
      learned: the one that the daemon comes to on the same data with one partition a topic.

      prequential    each event is predicted, then learned, in order (the default)
      random-split   four fifths are learned in random order, the rest is predicted

      --synthetic needs no data: an invented app whose people see what is recommended to them, so that it is known how
      much of the best possible lists reach, beside popularity and chance, also for new people, for new posts, and for
      people whose taste flips after 60 % of the events.

      --model names what is measured: online is the daemon's own. seed-ranking and seed-retrieval are those of the TensorFlow
      Recommenders notebooks, for comparison, as they are there: three epochs of a random split, no digest.

      --without takes ingredients out, to show what they are worth; names separated by commas, of
      \(names(Ablation.allCases.prefix(6))),
      \(names(Ablation.allCases.dropFirst(6))).
      """,
    options: Dataset.options + SyntheticRun.options + [
      CommandOption("--protocol", takes: "NAME", "prequential or random-split"),
      CommandOption("--model", takes: "NAME", "online, seed-ranking or seed-retrieval"),
      CommandOption("--without", takes: "NAMES", "ingredients of the model to leave out"),
      CommandOption("--json", "print one JSON object instead of a table"),
      CommandOption("--html", takes: "FILE", "write a page with pictures as well"),
      .configurationFile, .set,
    ]
  ) { invocation in
    let model = try SeedRun.model(invocation.arguments)
    let procedure = try procedure(invocation.arguments)
    let without = try ablations(invocation.arguments)
    var configuration = try invocation.configuration().configuration.journaled
    if let without { configuration.learning.without = without }
    if invocation.arguments.has(SyntheticRun.option.name) { return try SyntheticRun.run(configuration, invocation) }
    for option in SyntheticRun.options where invocation.arguments.has(option.name) {
      throw UsageError("\(option.name) goes with --synthetic")
    }
    let file = try pageFile(invocation.arguments)
    let dataset = try Dataset(invocation.arguments)
    if model != .online {
      guard file == nil else { throw UsageError("--html shows the online model, not \(model.rawValue)") }
      let report =
        model == .seedRanking
        ? try seeds(SeedRanking.self, model, dataset, configuration, invocation)
        : try seeds(SeedRetrieval.self, model, dataset, configuration, invocation)
      invocation.output(invocation.arguments.has("--json") ? report.json + "\n" : report.table)
      return .success
    }
    let page =
      switch procedure {
      case .prequential: try prequential(dataset, configuration, invocation)
      case .randomSplit: try randomSplit(dataset, configuration, invocation)
      }
    invocation.output(invocation.arguments.has("--json") ? page.report.json + "\n" : page.report.table)
    try write(page, to: file)
    return .success
  }

  private static func names(_ ablations: some Sequence<Ablation>) -> String {
    ablations.map(\.rawValue).joined(separator: ", ")
  }

  private static func procedure(_ arguments: Arguments) throws(UsageError) -> EvaluationReport.Procedure {
    guard let name = arguments.value("--protocol") else { return .prequential }
    guard let procedure = EvaluationReport.Procedure.allCases.first(where: { $0.rawValue == name }) else {
      let allowed = EvaluationReport.Procedure.allCases.map(\.rawValue).joined(separator: " or ")
      throw UsageError("--protocol is \"\(name)\", allowed is \(allowed)")
    }
    return procedure
  }

  private static func ablations(_ arguments: Arguments) throws(UsageError) -> Set<Ablation>? {
    guard let text = arguments.value("--without") else { return nil }
    var ablations: Set<Ablation> = []
    for name in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let ablation = Ablation(rawValue: String(name)) else {
        throw UsageError("--without names \"\(name)\", allowed is any of \(names(Ablation.allCases))")
      }
      ablations.insert(ablation)
    }
    return ablations
  }

  private static func prequential(
    _ dataset: Dataset, _ configuration: JournaledConfiguration, _ invocation: Invocation
  ) throws -> HTMLReport {
    var progress = Progress(ProgressBar(unit: "events", total: dataset.count), write: invocation.errors)
    let begin = SystemClock.monotonicNanoseconds()
    // A catalog partition even without items: the daemon has one too, and its position is part of the digest.
    var run = PrequentialRun(configuration: configuration, hasCatalog: true)
    run.fold(dataset.catalog)
    var done = 0
    try dataset.batches(of: PrequentialRun.batchRecords) { batch in
      run.fold(batch)
      done += batch.count
      progress.update(done: done)
    }
    let seconds = Double(SystemClock.monotonicNanoseconds() - begin) / 1e9
    progress.finish(done: done)
    let metrics = run.probe.metrics
    let subject: HTMLReport.Subject = run.withRecommender {
      Self.subject(invocation.arguments, dataset, configuration, $0.learner)
    }
    var report = EvaluationReport(
      events: dataset.count, procedure: .prequential, all: metrics.all, lastHalf: metrics.lastHalf, seconds: seconds,
      peakRSSBytes: peakResidentBytes(), digest: run.digest)
    report.coverage = run.probe.recommendations.coverage(of: subject.knownItems)
    report.gini = run.probe.recommendations.gini(of: subject.knownItems)
    return HTMLReport(report, of: subject, metrics: metrics, recommendations: run.probe.recommendations)
  }

  private static func randomSplit(
    _ dataset: Dataset, _ configuration: JournaledConfiguration, _ invocation: Invocation
  ) throws -> HTMLReport {
    var progress = Progress(ProgressBar(unit: "events", total: dataset.count), write: invocation.errors)
    let begin = SystemClock.monotonicNanoseconds()
    var run = try RandomSplitRun(dataset, configuration: configuration)
    let quality = run.measure { progress.update(done: $0) }
    let seconds = Double(SystemClock.monotonicNanoseconds() - begin) / 1e9
    progress.finish(done: dataset.count)
    let report = EvaluationReport(
      events: dataset.count, procedure: .randomSplit, all: quality, lastHalf: nil, seconds: seconds,
      peakRSSBytes: peakResidentBytes(), digest: run.digest)
    let subject: HTMLReport.Subject = run.withLearner { Self.subject(invocation.arguments, dataset, configuration, $0) }
    return HTMLReport(report, of: subject, metrics: run.metrics)
  }

  private static func seeds<Model: SeedModel>(
    _ type: Model.Type, _ model: EvaluationReport.Model, _ dataset: Dataset, _ configuration: JournaledConfiguration,
    _ invocation: Invocation
  ) throws -> EvaluationReport {
    let (quality, seconds) = try SeedRun(dataset, configuration: configuration).measure(type, invocation)
    return EvaluationReport(
      events: dataset.count, procedure: .randomSplit, model: model, all: quality, lastHalf: nil, seconds: seconds,
      peakRSSBytes: peakResidentBytes(), digest: nil)
  }

  /// The high-water mark of this program alone: what getrusage(2) says begins with that of whoever started it.
  static func peakResidentBytes() -> Int {
    let status = try? BoundedFile.read("/proc/self/status", limitBytes: 1 << 16)
    let line = String(decoding: status.flatMap { $0 } ?? [], as: UTF8.self).split(separator: "\n").first {
      $0.hasPrefix("VmHWM:")
    }
    let kibibytes = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }
    return kibibytes.map { $0 * 1_024 } ?? ProcessUsage.now().peakResidentBytes
  }
}
