internal import Evaluation
internal import FeedEvents
internal import Learning
internal import Pipeline
internal import Telemetry

/// The models of the notebooks this project began with, under their own protocol.
struct SeedRun {
  private let trial: SeedTrial
  private let seed: UInt64

  /// What `--model` names. The notebooks' models know no order in time and have no ingredients to leave out.
  static func model(_ arguments: Arguments) throws(UsageError) -> EvaluationReport.Model {
    guard let name = arguments.value("--model") else { return .online }
    guard let model = EvaluationReport.Model.allCases.first(where: { $0.rawValue == name }) else {
      let allowed = EvaluationReport.Model.allCases.map(\.rawValue).joined(separator: ", ")
      throw UsageError("--model is \"\(name)\", allowed is any of \(allowed)")
    }
    guard model != .online else { return model }
    if let procedure = arguments.value("--protocol"), procedure != EvaluationReport.Procedure.randomSplit.rawValue {
      throw UsageError("--model \(name) is measured by a random-split, not by \(procedure)")
    }
    if arguments.value("--without") != nil { throw UsageError("--without is for --model online") }
    return model
  }

  /// Reads the data set's positives.
  init(_ dataset: Dataset, configuration: JournaledConfiguration) throws {
    var examples = SeedExamples(catalog: dataset.catalog)
    try dataset.batches(of: PrequentialRun.batchRecords) { batch in
      for event in batch where configuration.events.isPositive(event.type) { examples.append(event) }
    }
    trial = SeedTrial(examples)
    seed = configuration.learning.seed
  }

  /// Learns and measures.
  func measure<Model: SeedModel>(_ model: Model.Type, _ invocation: Invocation) -> (quality: Quality, seconds: Double) {
    var progress = Progress(ProgressBar(unit: "events", total: trial.work), write: invocation.errors)
    let begin = SystemClock.monotonicNanoseconds()
    let quality = trial.run(model, seed: seed) { progress.update(done: $0) }
    let seconds = Double(SystemClock.monotonicNanoseconds() - begin) / 1e9
    progress.finish(done: trial.work)
    return (quality, seconds)
  }
}
