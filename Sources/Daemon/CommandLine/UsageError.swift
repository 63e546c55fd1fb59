/// What is wrong with a command line. Exit status 64.
package struct UsageError: Error, Equatable, CustomStringConvertible {
  /// One line.
  package let description: String

  /// An error with its line.
  package init(_ description: String) {
    self.description = description
  }
}
