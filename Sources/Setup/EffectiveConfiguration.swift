internal import Host
internal import Settings

/// A configuration together with where each value comes from.
///
/// Options come before environment variables, those before the file, the file before the defaults. A value that is not
/// allowed is an error even where another source overrides it: it would take effect the day the other one goes.
package struct EffectiveConfiguration: Sendable {
  /// The values.
  package private(set) var configuration = Configuration()
  /// What deserves a warning, one line each.
  package private(set) var warnings: [String] = []
  private var sources: [String: ConfigurationSource] = [:]

  /// The longest secret, in bytes.
  static let secretLimitBytes = 64 << 10

  /// Where the key's value comes from.
  package func source(of key: String) -> ConfigurationSource {
    sources[key] ?? .builtIn
  }

  /// Reads all sources.
  /// - Parameters:
  ///   - file: The path of a YAML file; `nil`: the one that `WOONKLY_FEED_CONFIG` names, or none.
  ///   - environment: The process' environment.
  ///   - options: What the command line says, in its order; the last one of a key counts.
  /// - Throws: ``ConfigurationError`` with every problem found.
  package init(
    file: String? = nil, environment: [String: String] = [:], options: [Assignment] = []
  ) throws(ConfigurationError) {
    var problems: [String] = []
    var assignments: [Assignment] = []
    if let path = file ?? environment[EnvironmentNames.file] {
      do {
        assignments += try Self.assignments(inFile: path)
      } catch {
        problems += error.problems
      }
    }
    assignments += EnvironmentNames.assignments(in: environment) + options
    for assignment in assignments { apply(assignment, &problems) }
    checkTogether(&problems)
    readSecrets(&problems)
    guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
    warn()
  }

  private mutating func apply(_ assignment: Assignment, _ problems: inout [String]) {
    guard let setting = Configuration.setting(assignment.key) else {
      problems.append(Self.unknown(assignment))
      return
    }
    guard !assignment.isList || Configuration.listKeys.contains(setting.key) else {
      problems.append("\(assignment.source): \(setting.key) is a list, allowed is \(setting.allowed)")
      return
    }
    do {
      try setting.set(assignment.value, in: &configuration)
      sources[setting.key] = assignment.source
    } catch {
      let shown = Self.isSecret(setting.key) ? "(secret)" : "\"\(Self.printable(error.value))\""
      problems.append("\(assignment.source): \(error.key) is \(shown), allowed is \(error.allowed)")
    }
  }

  private static func unknown(_ assignment: Assignment) -> String {
    let names = Configuration.settings.map(\.key) + Configuration.patterns.map { $0.prefix + $0.placeholder }
    var line = "\(assignment.source): there is no setting \"\(printable(assignment.key))\""
    if let suggestion = Suggestion.nearest(to: assignment.key, among: names) {
      line += ", did you mean \(suggestion)"
      if case .environment = assignment.source { line += " (\(EnvironmentNames.variable(of: suggestion)))" }
      line += "?"
    }
    return line
  }

  /// What no single value shows.
  private func checkTogether(_ problems: inout [String]) {
    let keys = ["interactions", "items", "recommendations", "dead_letter", "journal"].map { "topics." + $0 }
    var owners: [String: String] = [:]
    for key in keys {
      guard let name = Configuration.setting(key)?.text(in: configuration) else { continue }
      if let owner = owners[name] {
        // Named is the one that somebody set.
        let source = sources[key] ?? source(of: owner)
        problems.append("\(source): \(key) is \"\(name)\", as is \(owner); every topic needs a name of its own")
      }
      owners[name] = key
    }
    for name in configuration.kafka.secretFiles.keys.sorted() where configuration.kafka.properties.names.contains(name)
    {
      let (property, secret) = ("kafka.property." + name, "kafka.secret_file." + name)
      problems.append(
        "\(source(of: secret)): \(secret) is given, but so is \(property) (\(source(of: property))); one of them has to go"
      )
    }
  }

  private mutating func readSecrets(_ problems: inout [String]) {
    for (name, path) in configuration.kafka.secretFiles.sorted(by: { $0.key < $1.key }) {
      let key = "kafka.secret_file." + name
      do {
        guard var bytes = try BoundedFile.read(path, limitBytes: Self.secretLimitBytes) else {
          problems.append("\(source(of: key)): \(key): \(path) is larger than \(Self.secretLimitBytes) bytes")
          continue
        }
        // Editors and echo(1) end a file with one.
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.isEmpty, !bytes.contains(0), let value = String(validating: bytes, as: UTF8.self) else {
          problems.append("\(source(of: key)): \(key): \(path) is empty, or not UTF-8 text")
          continue
        }
        configuration.kafka.properties.set(name, value)
      } catch {
        problems.append("\(source(of: key)): \(key): \(error)")
      }
    }
  }

  private mutating func warn() {
    for (key, source) in sources.sorted(by: { $0.key < $1.key }) where Self.isSecret(key) {
      if case .option(let option) = source {
        warnings.append(
          "\(option): \(key) is in the list of processes for everyone to see; --kafka-secret-file keeps it out of there"
        )
      }
    }
    if configuration.http.port != 0, !ListeningSocket.isLoopback(configuration.http.address) {
      warnings.append(
        "\(source(of: "http.address")): http.address is \(configuration.http.address): /metrics asks for no password")
    }
  }

  private static func assignments(inFile path: String) throws(ConfigurationError) -> [Assignment] {
    do {
      guard let bytes = try BoundedFile.read(path, limitBytes: FlatYAML.limitBytes) else {
        throw ConfigurationError(problems: ["\(path): the file is larger than \(FlatYAML.limitBytes) bytes"])
      }
      return try FlatYAML(bytes).entries.map { entry in
        let source = ConfigurationSource.file(path: path, line: entry.line, column: entry.column)
        var assignment = Assignment(key: entry.key, value: entry.value, source: source)
        assignment.isList = entry.isList
        return assignment
      }
    } catch let error as YAMLError {
      throw ConfigurationError(problems: ["\(path):\(error)"])
    } catch let error as SystemError {
      throw ConfigurationError(problems: ["\(error)"])
    } catch let error as ConfigurationError {
      throw error
    } catch {
      preconditionFailure("only these errors are thrown here, not \(error)")
    }
  }

  static func isSecret(_ key: String) -> Bool {
    let prefix = "kafka.property."
    return key.hasPrefix(prefix) && BrokerProperties.isSecret(String(key.dropFirst(prefix.count)))
  }

  /// For messages: no line of its own, no control of the terminal, not without end.
  private static func printable(_ text: String) -> String {
    let scalars = text.unicodeScalars.prefix(200).map { $0.properties.generalCategory == .control ? "�" : $0 }
    return String(String.UnicodeScalarView(scalars)) + (text.unicodeScalars.count > 200 ? "…" : "")
  }
}
