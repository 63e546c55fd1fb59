internal import Evaluation
internal import Learning
internal import Pipeline
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

      --model names what is measured: online is the daemon's own. seed-ranking and seed-retrieval are those of the TensorFlow
      Recommenders notebooks, for comparison, as they are there: three epochs of a random split, no digest.

      --without takes ingredients out, to show what they are worth; names separated by commas, of
      \(names(Ablation.allCases.prefix(6))),
      \(names(Ablation.allCases.dropFirst(6))).
      """,
    options: Dataset.options + [
      CommandOption("--protocol", takes: "NAME", "prequential or random-split"),
      CommandOption("--model", takes: "NAME", "online, seed-ranking or seed-retrieval"),
      CommandOption("--without", takes: "NAMES", "ingredients of the model to leave out"),
      CommandOption("--json", "print one JSON object instead of a table"),
      .configurationFile, .set,
    ]
  ) { invocation in
    let model = try SeedRun.model(invocation.arguments)
    let procedure = try procedure(invocation.arguments)
    let without = try ablations(invocation.arguments)
    var configuration = try invocation.configuration().configuration.journaled
    if let without { configuration.learning.without = without }
    let dataset = try Dataset(invocation.arguments)
    let report =
      switch (model, procedure) {
      case (.online, .prequential): try prequential(dataset, configuration, invocation)
      case (.online, .randomSplit): try randomSplit(dataset, configuration, invocation)
      case (.seedRanking, _): try seeds(SeedRanking.self, model, dataset, configuration, invocation)
      case (.seedRetrieval, _): try seeds(SeedRetrieval.self, model, dataset, configuration, invocation)
      }
    invocation.output(invocation.arguments.has("--json") ? report.json + "\n" : report.table)
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
  ) throws -> EvaluationReport {
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
    return EvaluationReport(
      events: dataset.count, procedure: .prequential, all: metrics.all, lastHalf: metrics.lastHalf, seconds: seconds,
      peakRSSBytes: peakResidentBytes(), digest: run.digest)
  }

  private static func randomSplit(
    _ dataset: Dataset, _ configuration: JournaledConfiguration, _ invocation: Invocation
  ) throws -> EvaluationReport {
    var progress = Progress(ProgressBar(unit: "events", total: dataset.count), write: invocation.errors)
    let begin = SystemClock.monotonicNanoseconds()
    var run = try RandomSplitRun(dataset, configuration: configuration)
    let quality = run.measure { progress.update(done: $0) }
    let seconds = Double(SystemClock.monotonicNanoseconds() - begin) / 1e9
    progress.finish(done: dataset.count)
    return EvaluationReport(
      events: dataset.count, procedure: .randomSplit, all: quality, lastHalf: nil, seconds: seconds,
      peakRSSBytes: peakResidentBytes(), digest: run.digest)
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
  private static func peakResidentBytes() -> Int {
    let status = try? BoundedFile.read("/proc/self/status", limitBytes: 1 << 16)
    let line = String(decoding: status.flatMap { $0 } ?? [], as: UTF8.self).split(separator: "\n").first {
      $0.hasPrefix("VmHWM:")
    }
    let kibibytes = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }
    return kibibytes.map { $0 * 1_024 } ?? ProcessUsage.now().peakResidentBytes
  }
}
