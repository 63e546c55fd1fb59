internal import Glibc
internal import Setup
internal import Telemetry

/// The program as a whole: chooses the subcommand and turns what comes of it into an exit status.
public enum Program {
  /// Of this build.
  package static let version = "0.1.0"

  /// The most problems of a configuration that are printed.
  static let shownProblemsLimit = 20

  /// Everything that the program can do. A new subcommand is one more line.
  package static let subcommands: [Subcommand] = [
    .serve,
    .evaluate,
    .replay,
    .watch,
    .inspect,
    .verify,
    .predict,
    .recommend,
    .demo,
    .checkConfiguration,
    .help,
  ]

  /// Runs the process to its end.
  public static func main() -> Never {
    let status = run(
      Swift.CommandLine.arguments.dropFirst(), environment: Environment.current, output: StandardOutput.write,
      errors: StandardError.write)
    exit(status.rawValue)
  }

  /// Runs one command line.
  /// - Parameters:
  ///   - arguments: Without the program's name.
  ///   - subcommands: What there is to choose from.
  ///   - output: Takes results.
  ///   - errors: Takes everything else.
  package static func run(
    _ arguments: some Sequence<String>, of subcommands: [Subcommand] = subcommands, environment: [String: String],
    output: @escaping @Sendable (String) -> Void, errors: @escaping @Sendable (String) -> Void
  ) -> ExitStatus {
    var rest = Array(arguments)[...]
    guard let name = rest.popFirst() else {
      errors(HelpText.overview(subcommands))
      return .usage
    }
    switch name {
    case "--version":
      output("woonkly-feed \(version)\n")
      return .success
    case "--help", "-h":
      output(HelpText.overview(subcommands))
      return .success
    default: break
    }
    guard let subcommand = subcommands.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
      let kind = name.hasPrefix("-") ? "option" : "subcommand"
      let candidates = name.hasPrefix("-") ? ["--version", "--help"] : subcommands.map(\.name)
      let suggestion = Suggestion.nearest(to: name, among: candidates).map { ", did you mean \($0)?" } ?? ""
      errors("woonkly-feed: there is no \(kind) \(name)\(suggestion)\nwoonkly-feed help lists what there is.\n")
      return .usage
    }
    do {
      let arguments = try Arguments(rest, of: subcommand)
      guard !arguments.asksForHelp else {
        output(HelpText.page(subcommand))
        return .success
      }
      return try subcommand.run(
        Invocation(arguments: arguments, environment: environment, output: output, errors: errors))
    } catch let error as UsageError {
      errors("woonkly-feed \(name): \(error)\nwoonkly-feed help \(name) says how it is used.\n")
      return .usage
    } catch let error as ConfigurationError {
      for problem in error.problems.prefix(shownProblemsLimit) { errors("woonkly-feed: \(problem)\n") }
      let left = error.problems.count - shownProblemsLimit
      if left > 0 { errors("woonkly-feed: and \(left) more\n") }
      return .configuration
    } catch let failure as Failure {
      errors("woonkly-feed \(name): \(failure)\n")
      return failure.status
    } catch {
      errors("woonkly-feed \(name): \(error)\n")
      return .internalError
    }
  }
}
