import Setup
import Pipeline
import Settings
import Telemetry
import Testing

@Suite struct ConfigurationTests {
  private func problems(
    _ yaml: String? = nil, environment: [String: String] = [:], set: [(String, String)] = []
  ) throws -> [String] {
    let directory = try TemporaryDirectory()
    let file = try yaml.map { try directory.file("feed.yaml", $0) }
    do {
      _ = try EffectiveConfiguration(file: file, environment: environment, options: options(set))
      return []
    } catch {
      return error.problems.map { String($0.split(separator: directory.path + "/", maxSplits: 1).joined()) }
    }
  }

  private func options(_ pairs: [(String, String)]) -> [Assignment] {
    pairs.map { Assignment(key: $0.0, value: $0.1, source: .option("--set")) }
  }

  @Test func `with nothing said everything is as documented`() throws {
    let effective = try EffectiveConfiguration()
    #expect(effective.configuration == Configuration())
    #expect(effective.configuration.pacing.epochRecords == 50_000)
    #expect(effective.configuration.http.port == 9_464)
    #expect(Configuration.settings.allSatisfy { effective.source(of: $0.key) == .builtIn })
  }

  @Test func `options come before the environment, that before the file, that before defaults`() throws {
    let directory = try TemporaryDirectory()
    let file = try directory.file(
      "feed.yaml", "epoch:\n  records: 1\n  interval_milliseconds: 1\nhttp.port: 1\n")
    let environment = [
      "WOONKLY_FEED_EPOCH__RECORDS": "2", "WOONKLY_FEED_EPOCH__INTERVAL_MILLISECONDS": "2", "PATH": "/bin",
      "WOONKLY_FEED_CONFIG": "/not/read",
    ]
    let effective = try EffectiveConfiguration(
      file: file, environment: environment, options: options([("epoch.records", "9"), ("epoch.records", "3")]))
    #expect(effective.configuration.pacing.epochRecords == 3)
    #expect(effective.source(of: "epoch.records") == .option("--set"))
    #expect(effective.configuration.pacing.epochMilliseconds == 2)
    #expect(
      effective.source(of: "epoch.interval_milliseconds")
        == .environment("WOONKLY_FEED_EPOCH__INTERVAL_MILLISECONDS"))
    #expect(effective.configuration.http.port == 1)
    #expect(effective.source(of: "http.port") == .file(path: file, line: 4, column: 1))
    #expect(effective.configuration.log.level == .info)
    #expect(effective.source(of: "log.level") == .builtIn)
  }

  @Test func `the environment can name the file`() throws {
    let directory = try TemporaryDirectory()
    let file = try directory.file("feed.yaml", "http.port: 7\n")
    #expect(try EffectiveConfiguration(environment: ["WOONKLY_FEED_CONFIG": file]).configuration.http.port == 7)
    #expect(
      try problems(environment: ["WOONKLY_FEED_CONFIG": "/nowhere/feed.yaml"]) == [
        "open /nowhere/feed.yaml: No such file or directory"
      ])
  }

  @Test func `every key can be set by its environment variable, and no two share one`() throws {
    var seen: Set<String> = []
    for setting in Configuration.settings {
      let variable = EnvironmentNames.variable(of: setting.key)
      #expect(seen.insert(variable).inserted)
      let text = setting.text(in: Configuration())
      let effective = try EffectiveConfiguration(environment: [variable: text])
      #expect(effective.source(of: setting.key) == .environment(variable))
    }
  }

  @Test func `what Kubernetes says about a service of our name is not for us`() throws {
    let environment = [
      "WOONKLY_FEED_SERVICE_HOST": "10.0.0.1", "WOONKLY_FEED_SERVICE_PORT": "9464",
      "WOONKLY_FEED_PORT": "tcp://10.0.0.1",
      "WOONKLY_FEED_SERVICE_PORT_METRICS": "9464", "WOONKLY_FEED_PORT_9464_TCP_ADDR": "10.0.0.1",
    ]
    #expect(try EffectiveConfiguration(environment: environment).configuration == Configuration())
  }

  @Test func `an unknown key is refused, and the nearest known one named`() throws {
    #expect(
      try problems("epoch:\n  recrods: 5\n") == [
        "feed.yaml:2:3: there is no setting \"epoch.recrods\", did you mean epoch.records?"
      ])
    #expect(
      try problems(environment: ["WOONKLY_FEED_HTTP_PORT": "1"]) == [
        "environment variable WOONKLY_FEED_HTTP_PORT: there is no setting \"http_port\", did you mean http.port "
          + "(WOONKLY_FEED_HTTP__PORT)?"
      ])
    #expect(try problems(set: [("banana", "1")]) == ["--set: there is no setting \"banana\""])
    #expect(
      try problems(set: [("kafka.properties.linger.ms", "1")]) == [
        "--set: there is no setting \"kafka.properties.linger.ms\""
      ])
  }

  @Test func `a wrong value is named with key, value, place and what is allowed; all of them at once`() throws {
    let yaml = "http:\n  port: 70000\n  address: localhost\nlog: {level: loud}\nepoch.records: [1]\n"
    #expect(
      try problems(yaml, environment: ["WOONKLY_FEED_EPOCH__RECORDS": ""]) == [
        "feed.yaml:2:3: http.port is \"70000\", allowed is a whole number from 0 to 65535",
        "feed.yaml:3:3: http.address is \"localhost\", allowed is a numeric IPv4 or IPv6 address",
        "feed.yaml:4:7: log.level is \"loud\", allowed is one of debug, info, warning, error",
        "feed.yaml:5:1: epoch.records is a list, allowed is a whole number from 1 to 1000000",
        "environment variable WOONKLY_FEED_EPOCH__RECORDS: epoch.records is \"\", allowed is a whole number from 1 to "
          + "1000000",
      ])
  }

  @Test func `a wrong value is an error even where another one overrides it`() throws {
    #expect(try problems("http.port: x\n", set: [("http.port", "1")]).count == 1)
  }

  @Test(arguments: [
    "a:9092", "a", "a:1,b:65535", "[::1]:9092", "SASL_SSL://broker-1.example.org:9093,SSL://b", "127.0.0.1:9092",
  ]) func `a list of brokers as librdkafka takes it`(servers: String) throws {
    #expect(try problems(set: [("kafka.bootstrap_servers", servers)]).isEmpty)
  }

  @Test(arguments: ["", "a,", ",a", "a:", "a:0", "a:65536", "a:x", "a b:1", "://a", ":9092", "[::1", "a:1/x"])
  func `no list of brokers`(servers: String) throws {
    #expect(try problems(set: [("kafka.bootstrap_servers", servers)]).count == 1)
  }

  @Test(arguments: ["", ".", "..", "a/b", "a b", "ü", String(repeating: "x", count: 250)])
  func `no name of a topic`(name: String) throws {
    #expect(try problems(set: [("topics.items", name)]).count == 1)
  }

  @Test func `two topics cannot share a name`() throws {
    #expect(
      try problems(set: [("topics.interactions", "woonkly.items")]) == [
        "--set: topics.items is \"woonkly.items\", as is topics.interactions; every topic needs a name of its own"
      ])
  }

  @Test func `properties that the protocol needs cannot be changed`() throws {
    for (name, value) in BrokerProperties.required {
      #expect(try problems(set: [("kafka.property." + name, value)]).isEmpty)
      #expect(try problems(set: [("kafka.property." + name, "other")]).count == 1)
    }
    #expect(
      try problems(set: [("kafka.property.bootstrap.servers", "a:1")]).first?.contains("kafka.bootstrap_servers")
        == true)
    #expect(try problems(set: [("kafka.property.Linger.MS", "1")]).count == 1)
    #expect(try problems(set: [("kafka.property.", "1")]).count == 1)
  }

  @Test func `a secret is shown by nothing`() throws {
    let secret = "hunter2"
    let directory = try TemporaryDirectory()
    let file = try directory.file("password", secret + "\n")
    let effective = try EffectiveConfiguration(
      options: options([
        ("kafka.property.ssl.key.password", secret), ("kafka.secret_file.sasl.password", file),
        ("kafka.property.sasl.username", "feed"),
      ]))
    let properties = effective.configuration.kafka.properties
    #expect(properties.revealed("sasl.password") == secret)
    #expect(properties.revealed("ssl.key.password") == secret)
    #expect(properties.redacted("sasl.username") == "feed")
    var dumped = ""
    dump(effective, to: &dumped)
    for text in [
      effective.yaml, "\(effective)", String(reflecting: effective), dumped, "\(properties)",
      effective.warnings.joined(),
      Configuration.setting("kafka.property.ssl.key.password")!.text(in: effective.configuration),
    ] {
      #expect(!text.contains(secret))
    }
    #expect(effective.yaml.contains("kafka.secret_file.sasl.password: \(file)"))
    #expect(effective.warnings.count == 1, "only the one that the list of processes shows")
    #expect(try problems(set: [("kafka.property.Bad.password", secret)]).allSatisfy { !$0.contains(secret) })
  }

  @Test(arguments: [
    "sasl.password", "ssl.key.password", "ssl.key.pem", "ssl.keystore.password", "sasl.oauthbearer.client.secret",
    "sasl.oauthbearer.config",
  ]) func `librdkafka's secrets are known as such`(name: String) {
    #expect(BrokerProperties.isSecret(name))
  }

  @Test(arguments: ["ssl.key.location", "ssl.keystore.location", "sasl.username", "sasl.mechanism", "linger.ms"])
  func `librdkafka's other properties are not secret`(name: String) {
    #expect(!BrokerProperties.isSecret(name))
  }

  @Test func `a secret file that cannot be used is named, not shown`() throws {
    let directory = try TemporaryDirectory()
    let key = "kafka.secret_file.sasl.password"
    #expect(
      try problems(set: [(key, "/nowhere")]) == ["--set: \(key): open /nowhere: No such file or directory"])
    for content in [[], [0x0a], [0x61, 0], [0xff], Array(repeating: 0x61, count: 65_537)] as [[UInt8]] {
      #expect(try problems(set: [(key, try directory.file("secret", content))]).count == 1)
    }
    let file = try directory.file("secret", "x")
    #expect(
      try problems(set: [(key, file), ("kafka.property.sasl.password", "y")]) == [
        "--set: \(key) is given, but so is kafka.property.sasl.password (--set); one of them has to go"
      ])
  }

  @Test func `the listing reads back to the same configuration`() throws {
    let directory = try TemporaryDirectory()
    let secret = try directory.file("secret", "x")
    let effective = try EffectiveConfiguration(
      options: options([
        ("kafka.bootstrap_servers", "a:1,[::1]:2"), ("state.directory", " a # \"b\\\u{7}ü: "), ("http.address", "::1"),
        ("kafka.property.client.id", "null"), ("kafka.property.debug", "~"), ("kafka.property.sasl.username", ""),
        ("kafka.secret_file.sasl.password", secret), ("log.format", "json"),
      ]))
    let again = try EffectiveConfiguration(file: try directory.file("feed.yaml", effective.yaml))
    #expect(again.configuration == effective.configuration)
    #expect(again.configuration != Configuration())
  }

  @Test func `metrics that the network can reach deserve a warning`() throws {
    #expect(try EffectiveConfiguration(options: options([("http.address", "0.0.0.0")])).warnings.count == 1)
    #expect(try EffectiveConfiguration(options: options([("http.address", "::1")])).warnings.isEmpty)
    #expect(
      try EffectiveConfiguration(options: options([("http.address", "0.0.0.0"), ("http.port", "0")])).warnings.isEmpty)
  }
}
