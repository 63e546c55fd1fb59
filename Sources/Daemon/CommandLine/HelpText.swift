internal import Settings
internal import Setup

/// The help pages, made from the tables that the program itself works with.
package enum HelpText {
  /// What there is.
  package static func overview(_ subcommands: [Subcommand]) -> String {
    """
    woonkly-feed learns what users like from a Kafka topic and publishes their recommendations to another.

    usage: woonkly-feed SUBCOMMAND [OPTIONS]

    \(columns(subcommands.map { ($0.name, $0.summary) } + [("--version", "print the version")]))

    woonkly-feed help SUBCOMMAND shows its options, woonkly-feed help settings the whole configuration.
    Exit codes: 0 done, 64 usage, 65 unusable data, 69 broker unreachable, 70 internal error, 75 try again,
    78 configuration.

    """
  }

  /// One subcommand.
  package static func page(_ subcommand: Subcommand) -> String {
    let operands = subcommand.operands.map { $0.isRequired ? $0.placeholder : "[\($0.placeholder)]" }
    let required = subcommand.options.filter(\.isRequired).map(\.usage)
    let optional = subcommand.options.contains { !$0.isRequired } ? ["[OPTIONS]"] : []
    var text = (["usage: woonkly-feed", subcommand.name] + operands + required + optional).joined(separator: " ")
    text += "\n\n\(subcommand.summary)\n"
    if !subcommand.discussion.isEmpty { text += "\n\(subcommand.discussion)\n" }
    let rows =
      subcommand.operands.map { ($0.placeholder, $0.summary) }
      + subcommand.options.map { ($0.usage, $0.summary + ($0.isRepeatable ? " (repeatable)" : "")) }
    if !rows.isEmpty { text += "\n" + columns(rows) + "\n" }
    if subcommand.options.contains(where: { $0.name == CommandOption.configurationFile.name }) {
      text += "\nOptions come before environment variables (\(EnvironmentNames.prefix)…), those before the file.\n"
    }
    return text
  }

  /// All settings.
  package static var settings: String {
    let defaults = Configuration()
    var text = """
      Every setting can be given as a line of the YAML file (nested or with dots), as an environment variable
      (\(EnvironmentNames.prefix), then the key in upper case with two underscores for each dot), or as --set KEY=VALUE.
      Options come before environment variables, those before the file. The file is named by --config or
      \(EnvironmentNames.file).


      """
    for setting in Configuration.settings {
      text += """
        \(setting.key)
            \(setting.summary)
            default \(setting.text(in: defaults)); allowed \(setting.allowed)
            \(EnvironmentNames.variable(of: setting.key))

        """
    }
    for pattern in Configuration.patterns {
      text += "\(pattern.prefix)\(pattern.placeholder)\n    \(pattern.summary)\n"
    }
    return text
  }

  /// Two columns, the second one aligned; a first column that is too wide gets a line of its own.
  private static func columns(_ rows: [(left: String, right: String)]) -> String {
    let limit = 28
    let width = rows.map(\.left.count).filter { $0 <= limit }.max() ?? limit
    return rows.map { left, right in
      let gap = left.count <= limit
      return "  " + left
        + (gap
          ? String(repeating: " ", count: width - left.count + 2) : "\n" + String(repeating: " ", count: width + 4))
        + right
    }.joined(separator: "\n")
  }
}
