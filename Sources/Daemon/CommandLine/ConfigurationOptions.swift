extension CommandOption {
  /// The configuration file.
  package static let configurationFile = CommandOption("--config", takes: "FILE", "YAML file with settings")
  /// Where to find the cluster.
  package static let bootstrapServers = setting(
    "--bootstrap-servers", "HOST:PORT,…", "kafka.bootstrap_servers", "brokers to find the cluster by")
  /// Where checkpoints lie.
  package static let stateDirectory = setting(
    "--state-directory", "DIR", "state.directory", "directory of the checkpoints")
  /// Health and metrics.
  package static let httpPort = setting("--http-port", "N", "http.port", "port of health and metrics; 0: off")
  /// Patience at start.
  package static let startTimeout = setting(
    "--start-timeout", "SECONDS", "start.timeout_seconds", "how long to wait for the broker at start")
  /// Any setting.
  package static let set = pair("--set", "KEY=VALUE", prefix: "", "any setting; 'help settings' lists them")
  /// Any property of librdkafka's.
  package static let kafka = pair("--kafka", "KEY=VALUE", prefix: "kafka.property.", "any property of librdkafka's")
  /// A property whose value nobody should see.
  package static let kafkaSecretFile = pair(
    "--kafka-secret-file", "KEY=FILE", prefix: "kafka.secret_file.", "property of librdkafka's, read from a file")

  /// For subcommands that only talk to the broker.
  package static let connection: [CommandOption] = [
    configurationFile, bootstrapServers, startTimeout, set, kafka, kafkaSecretFile,
  ]

  /// For subcommands that take the whole configuration.
  package static let configuration: [CommandOption] = [
    configurationFile, bootstrapServers, stateDirectory, httpPort, startTimeout, set, kafka, kafkaSecretFile,
  ]
}
