package import Setup

/// What a subcommand gets: its arguments, and the world as far as it may touch it.
package struct Invocation: Sendable {
  /// Checked against the subcommand's table.
  package let arguments: Arguments
  /// The process' environment.
  package let environment: [String: String]
  /// Standard output: results.
  package let output: @Sendable (String) -> Void
  /// Standard error: everything else.
  package let errors: @Sendable (String) -> Void

  /// The configuration that file, environment and options make; its warnings go to standard error.
  package func configuration() throws(ConfigurationError) -> EffectiveConfiguration {
    let effective = try EffectiveConfiguration(
      file: arguments.value(CommandOption.configurationFile.name), environment: environment,
      options: arguments.assignments)
    for warning in effective.warnings { errors("woonkly-feed: warning: \(warning)\n") }
    return effective
  }
}
