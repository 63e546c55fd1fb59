/// Where a value comes from.
package enum ConfigurationSource: Equatable, Sendable, CustomStringConvertible {
  /// Nobody said anything else.
  case builtIn
  /// A line of the file. Line and column count from 1.
  case file(path: String, line: Int, column: Int)
  /// A variable.
  case environment(String)
  /// An option, for example `--http-port`.
  case option(String)

  /// As error messages and `check-config` say it.
  package var description: String {
    switch self {
    case .builtIn: "default"
    case .file(let path, let line, let column): "\(path):\(line):\(column)"
    case .environment(let name): "environment variable \(name)"
    case .option(let name): name
    }
  }
}
