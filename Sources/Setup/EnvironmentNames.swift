/// How keys are spelled as environment variables: `WOONKLY_FEED_`, then the key in upper case with two underscores for each
/// dot. A single underscore stays one, so the way back is never in doubt.
///
///     epoch.interval_milliseconds     WOONKLY_FEED_EPOCH__INTERVAL_MILLISECONDS
package enum EnvironmentNames {
  /// What all of them begin with.
  package static let prefix = "WOONKLY_FEED_"
  /// Names the configuration file; `--config` comes before it.
  package static let file = "WOONKLY_FEED_CONFIG"

  /// The variable of a key.
  package static func variable(of key: String) -> String {
    prefix + key.uppercased().split(separator: ".", omittingEmptySubsequences: false).joined(separator: "__")
  }

  /// The assignments in an environment, in the order of the variables' names.
  package static func assignments(in environment: [String: String]) -> [Assignment] {
    environment.keys.filter { $0.hasPrefix(prefix) && $0 != file && !isForeign($0) }.sorted().map { name in
      let key = name.dropFirst(prefix.count).lowercased().split(separator: "__", omittingEmptySubsequences: false)
      return Assignment(
        key: key.joined(separator: "."), value: environment[name] ?? "", source: .environment(name))
    }
  }

  /// Kubernetes tells every container about a service named `woonkly-feed` by variables such as
  /// `WOONKLY_FEED_SERVICE_HOST` and `WOONKLY_FEED_PORT_9464_TCP_ADDR`. They are not meant for us.
  private static func isForeign(_ name: String) -> Bool {
    let rest = name.dropFirst(prefix.count)
    return rest == "SERVICE_HOST" || rest.hasPrefix("SERVICE_PORT") || rest == "PORT" || rest.hasPrefix("PORT_")
  }
}
