internal import Evaluation
internal import Host
internal import Learning
internal import Pipeline
internal import Settings

extension Subcommand {
  /// The file that `--html` names, opened; nil without the option.
  static func pageFile(_ arguments: Arguments) throws(Failure) -> OutputFile? {
    guard let path = arguments.value("--html") else { return nil }
    do throws(SystemError) { return try OutputFile(path) } catch { throw Failure(.usage, "--html: \(error)") }
  }

  /// Writes the page, if there is a file for it.
  static func write(_ page: HTMLReport, to file: borrowing OutputFile?) throws(Failure) {
    do throws(SystemError) {
      try file?.write(page.text)
    } catch {
      throw Failure(.temporaryFailure, "the page is not complete: \(error)")
    }
  }

  /// What was evaluated, for the page.
  static func subject(
    _ arguments: Arguments, _ dataset: Dataset, _ configuration: JournaledConfiguration, _ learner: borrowing Learner
  ) -> HTMLReport.Subject {
    let standard = JournaledConfiguration()
    let changed = JournaledConfiguration.settings.filter { $0.text(in: configuration) != $0.text(in: standard) }
    let path = arguments.value("--movielens") ?? arguments.value("--ndjson") ?? ""
    return HTMLReport.Subject(
      // Where it lies is this machine's matter.
      dataset: path.split(separator: "/").last.map { String($0) } ?? path,
      model: "two towers and a rating head, version \(Learner.version)", users: learner.counts.users,
      knownItems: learner.knownItems, catalogItems: dataset.catalog.count,
      settings: changed.map {
        HTMLReport.Subject.Setting(key: $0.key, value: $0.text(in: configuration), standard: $0.text(in: standard))
      })
  }
}
