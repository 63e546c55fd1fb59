import Daemon
import Host
import Settings
import Setup
import Testing

private func run(
  _ arguments: String..., environment: [String: String] = [:]
) -> (status: Daemon.ExitStatus, output: String, errors: String) {
  let (output, errors) = (Transcript(), Transcript())
  let status = Program.run(arguments, environment: environment, output: output.write, errors: errors.write)
  return (status, output.text, errors.text)
}

@Suite struct ProgramTests {
  @Test func `no subcommand is a mistake, and shows what there is`() {
    let (status, output, errors) = run()
    #expect(status == .usage)
    #expect(output.isEmpty)
    #expect(errors.contains("usage: woonkly-feed SUBCOMMAND"))
  }

  @Test(arguments: ["help", "--help", "-h"]) func `help lists every subcommand`(word: String) {
    let (status, output, errors) = run(word)
    #expect(status == .success)
    #expect(errors.isEmpty)
    for subcommand in Program.subcommands { #expect(output.contains("  \(subcommand.name) ")) }
  }

  @Test func `every subcommand has a page, by help and by its own option`() {
    for subcommand in Program.subcommands {
      let (status, page, _) = run("help", subcommand.name)
      #expect(status == .success)
      #expect(page == run(subcommand.name, "--help").output)
      for option in subcommand.options { #expect(page.contains("  \(option.usage)")) }
      #expect(page.split(separator: "\n").allSatisfy { $0.count <= 120 })
    }
  }

  @Test func `help settings names every key, its variable and its default`() {
    let page = run("help", "settings").output
    for setting in Configuration.settings {
      #expect(page.contains("\n\(setting.key)\n"))
      #expect(page.contains(EnvironmentNames.variable(of: setting.key)))
    }
  }

  @Test func `the version goes to standard output`() {
    let (status, output, errors) = run("--version")
    #expect(status == .success)
    #expect(output == "woonkly-feed \(Program.version)\n")
    #expect(errors.isEmpty)
  }

  @Test func `a slip is answered with what was meant`() {
    let (status, output, errors) = run("chekc-config")
    #expect(status == .usage)
    #expect(output.isEmpty)
    #expect(errors.hasPrefix("woonkly-feed: there is no subcommand chekc-config, did you mean check-config?\n"))
    #expect(run("help", "chekc-config").status == .usage)
    #expect(run("--versoin").errors.contains("did you mean --version?"))
    #expect(run("check-config", "--htp-port", "1").errors.contains("did you mean --http-port?"))
  }

  @Test func `check-config prints on standard output what holds and whence`() {
    let (status, output, errors) = run(
      "check-config", "--set", "log.level=debug", environment: ["WOONKLY_FEED_HTTP__PORT": "0"])
    #expect(status == .success)
    #expect(errors.isEmpty)
    let lines = output.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("log.level: debug ") && $0.hasSuffix("# --set") })
    #expect(
      lines.contains { $0.hasPrefix("http.port: 0 ") && $0.hasSuffix("# environment variable WOONKLY_FEED_HTTP__PORT") }
    )
    #expect(lines.contains { $0.hasPrefix("epoch.records: 50000 ") && $0.hasSuffix("# default") })
  }

  @Test func `check-config with mistakes prints only those, and exits with 78`() {
    let (status, output, errors) = run("check-config", "--http-port", "x", "--set", "epoch.records=0")
    #expect(status == .configuration)
    #expect(output.isEmpty)
    #expect(errors.split(separator: "\n").count == 2)
  }

  @Test func `a file of something else altogether does not flood the terminal`() throws {
    let directory = try TemporaryDirectory()
    let file = try directory.file("other.yaml", (1...500).map { "key\($0): 1\n" }.joined())
    let (status, _, errors) = run("check-config", "--config", file)
    #expect(status == .configuration)
    #expect(errors.split(separator: "\n").count == 21)
    #expect(errors.hasSuffix("woonkly-feed: and 480 more\n"))
  }

  @Test(arguments: Daemon.ExitStatus.allCases) func `a failure ends with its own status and line`(
    status: Daemon.ExitStatus
  ) {
    let subcommand = Subcommand("fail", "fails") { _ in throw Failure(status, "the broker is away") }
    let errors = Transcript()
    let result = Program.run(["fail"], of: [subcommand], environment: [:], output: { _ in }, errors: errors.write)
    #expect(result == status)
    #expect(errors.text == "woonkly-feed fail: the broker is away\n")
  }

  @Test func `an error that nobody expected is an internal one`() {
    let subcommand = Subcommand("fail", "fails") { _ in throw SystemError("read", "x", code: 5) }
    let errors = Transcript()
    let result = Program.run(["fail"], of: [subcommand], environment: [:], output: { _ in }, errors: errors.write)
    #expect(result == .internalError)
    #expect(errors.text == "woonkly-feed fail: read x: Input/output error\n")
  }

  @Test func `exit codes are what supervisors and scripts rely on`() {
    #expect(Daemon.ExitStatus.allCases.map(\.rawValue) == [0, 1, 64, 65, 69, 70, 75, 78])
  }
}
