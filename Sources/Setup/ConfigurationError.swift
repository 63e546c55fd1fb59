/// Everything that is wrong with a configuration, not just the first thing. Exit status 78.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
  /// One line each: source, key, value, what is allowed.
  package let problems: [String]

  /// The lines.
  package var description: String {
    problems.joined(separator: "\n")
  }
}
