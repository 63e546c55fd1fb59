import Daemon
import Setup
import Testing

@Suite struct ArgumentsTests {
  private static let subcommand = Subcommand(
    "replay", "replay events", operands: [.init("DIR", "where"), .init("FILE", "what", isRequired: false)],
    options: [
      CommandOption("--rate", takes: "N", "events per second"), CommandOption("--json", "print JSON"),
      CommandOption("--user", takes: "ID", "whose", isRepeatable: true),
    ] + CommandOption.configuration
  ) { _ in .success }

  private func read(_ line: String...) throws -> Arguments {
    try Arguments(line, of: Self.subcommand)
  }

  private func message(_ line: String...) -> String? {
    do throws(UsageError) {
      _ = try Arguments(line, of: Self.subcommand)
      return nil
    } catch {
      return error.description
    }
  }

  @Test func `both spellings, repetition, operands anywhere`() throws {
    let arguments = try read("a", "--rate", "5", "--user=x=y", "--json", "--user", "-1", "--", "--b")
    #expect(arguments.operands == ["a", "--b"])
    #expect(try arguments.integer("--rate", in: 1...10) == 5)
    #expect(arguments.values("--user") == ["x=y", "-1"])
    #expect(arguments.has("--json"))
    #expect(!arguments.has("--rates"))
    #expect(arguments.value("--config") == nil)
  }

  @Test func `mistakes are named`() {
    #expect(message("a", "--ratte", "5") == "there is no option --ratte, did you mean --rate?")
    #expect(message("a", "--rate") == "--rate needs a value: N")
    #expect(message("a", "--rate", "--json") == "--rate needs a value: N")
    #expect(message("a", "--rate=1", "--rate=2") == "--rate is given twice")
    #expect(message("a", "--json=1") == "--json takes no value")
    #expect(message() == "DIR is missing")
    #expect(message("a", "b", "c") == "\"c\" is one argument too many")
    #expect(message("a", "-x") == "there is no option -x")
    #expect(message("a", "--kafka", "sasl.password:hunter2") == "--kafka takes KEY=VALUE")
    #expect(message("a", "--set", "=1") == "--set takes KEY=VALUE")
  }

  @Test func `a number outside its range is named`() throws {
    let arguments = try read("a", "--rate", "11")
    #expect(throws: UsageError("--rate is \"11\", allowed is a whole number from 1 to 10")) {
      try arguments.integer("--rate", in: 1...10)
    }
  }

  @Test func `a required option has to come`() {
    let subcommand = Subcommand(
      "predict", "predict", options: [CommandOption("--user", takes: "ID", "whose", isRequired: true)]
    ) { _ in .success }
    #expect(throws: UsageError("--user ID is missing")) { try Arguments([String](), of: subcommand) }
    #expect(HelpText.page(subcommand).hasPrefix("usage: woonkly-feed predict --user ID\n"))
  }

  @Test func `help wins over mistakes, but not after the dashes`() throws {
    #expect(try read("--nonsense", "--help").asksForHelp)
    #expect(try read("-h").asksForHelp)
    #expect(try !read("--", "--help").asksForHelp)
  }

  @Test func `short names lead to settings`() throws {
    let arguments = try read(
      "a", "--bootstrap-servers", "b:1", "--state-directory=/s", "--http-port", "0", "--start-timeout", "5", "--set",
      "log.level=debug", "--kafka", "linger.ms=5", "--kafka-secret-file", "sasl.password=/p")
    #expect(
      arguments.assignments.map { "\($0.key) \($0.value) \($0.source)" } == [
        "kafka.bootstrap_servers b:1 --bootstrap-servers", "state.directory /s --state-directory",
        "http.port 0 --http-port", "start.timeout_seconds 5 --start-timeout", "log.level debug --set",
        "kafka.property.linger.ms 5 --kafka", "kafka.secret_file.sasl.password /p --kafka-secret-file",
      ])
    #expect(arguments.assignments.allSatisfy { Configuration.setting($0.key) != nil })
  }
}
