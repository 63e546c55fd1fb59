/// A subcommand that cannot go on: the exit status, and one line that says why and what to do.
package struct Failure: Error, Equatable, CustomStringConvertible {
  /// How the process ends.
  package let status: ExitStatus
  /// One line for people.
  package let description: String

  /// A failure with its line.
  package init(_ status: ExitStatus, _ description: String) {
    self.status = status
    self.description = description
  }
}
