/// What is wrong with a YAML document, and where.
package struct YAMLError: Error, Equatable, CustomStringConvertible {
  /// From 1.
  package let line: Int
  /// From 1, in characters.
  package let column: Int
  /// One phrase.
  package let problem: String

  /// An error with its place.
  package init(line: Int, column: Int, problem: String) {
    self.line = line
    self.column = column
    self.problem = problem
  }

  /// For example `3:5: a has no value`.
  package var description: String {
    "\(line):\(column): \(problem)"
  }
}
