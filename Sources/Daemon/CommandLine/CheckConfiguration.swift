internal import Kafka
internal import Setup

extension Subcommand {
  /// `check-config`.
  package static let checkConfiguration = Subcommand(
    "check-config", "check the configuration and print what it comes to",
    discussion: """
      Prints every setting as YAML, with the place it comes from. Secrets are not shown. Exits with 78 when something
      is wrong, and says what, where, and what would be allowed. Nothing is connected to.
      """,
    options: CommandOption.configuration
  ) { invocation in
    let effective = try invocation.configuration()
    // Names and values of librdkafka's properties are librdkafka's to judge.
    _ = try Kafka.KafkaProperties(effective.configuration)
    invocation.output("# woonkly-feed \(Program.version), effective configuration\n" + effective.yaml)
    return .success
  }
}
