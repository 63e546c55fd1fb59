/// What is wrong with a YAML document, and where.
struct YAMLError: Error, Equatable, CustomStringConvertible {
  /// From 1.
  let line: Int
  /// From 1, in characters.
  let column: Int
  let problem: String

  var description: String {
    "\(line):\(column): \(problem)"
  }
}
