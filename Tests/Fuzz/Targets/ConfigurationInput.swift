import Setup

/// Bytes as a configuration file, and as options and environment variables.
enum ConfigurationInput {
  static func run(yaml bytes: [UInt8]) {
    guard let file = try? FlatYAML(bytes) else { return }
    for entry in file.entries {
      precondition(!entry.key.isEmpty && entry.line >= 1 && entry.column >= 1, "\(entry)")
    }
    apply(assignments(file))
  }

  /// Lines of KEY=VALUE; those that begin as a variable does are variables.
  static func run(lines bytes: [UInt8]) {
    var environment: [String: String] = [:]
    var options: [Assignment] = []
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      guard let equals = line.firstIndex(of: "=") else { continue }
      let (key, value) = (String(line[..<equals]), String(line[line.index(after: equals)...]))
      if key.hasPrefix(EnvironmentNames.prefix) {
        environment[key] = value
      } else {
        options.append(Assignment(key: key, value: value, source: .option("--set")))
      }
    }
    apply(EnvironmentNames.assignments(in: environment) + options)
  }

  /// What is allowed is listed in a form that reads back to the same.
  private static func apply(_ assignments: [Assignment]) {
    // A fuzzer should not open whatever file it comes to name.
    let harmless = assignments.filter { !$0.key.hasPrefix("kafka.secret_file") }
    guard let effective = try? EffectiveConfiguration(options: harmless) else { return }
    let listing = effective.yaml
    // Secrets are left out of it, as comments.
    guard !listing.split(separator: "\n").contains(where: { $0.hasPrefix("#") }) else { return }
    do {
      let again = try EffectiveConfiguration(options: Self.assignments(try FlatYAML(Array(listing.utf8))))
      precondition(again.configuration == effective.configuration, "\(listing)")
    } catch {
      preconditionFailure("\(error) in\n\(listing)")
    }
  }

  private static func assignments(_ file: FlatYAML) -> [Assignment] {
    file.entries.map {
      var assignment = Assignment(
        key: $0.key, value: $0.value, source: .file(path: "feed.yaml", line: $0.line, column: $0.column))
      assignment.isList = $0.isList
      return assignment
    }
  }
}
