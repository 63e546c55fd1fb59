import Setup
import Testing

@Suite struct FlatYAMLTests {
  private func entries(_ text: String) throws -> [FlatYAML.Entry] {
    try FlatYAML(Array(text.utf8)).entries
  }

  @Test func `maps and dots mean the same, and everything knows its place`() throws {
    let entries = try entries(
      """
      # the cluster
      kafka:
        bootstrap_servers: [a:9092, "b:9092"]
        property: {sasl.username: 'x: y', linger.ms: 5}
      http.port: 0
      """)
    #expect(
      entries == [
        .init(key: "kafka.bootstrap_servers", value: "a:9092,b:9092", isList: true, line: 3, column: 3),
        .init(key: "kafka.property.sasl.username", value: "x: y", line: 4, column: 14),
        .init(key: "kafka.property.linger.ms", value: "5", line: 4, column: 37),
        .init(key: "http.port", value: "0", line: 5, column: 1),
      ])
  }

  @Test(arguments: ["", "# nothing\n", "---\n", "---\n...\n", "\u{feff}", "{}"])
  func `a file without settings is one`(text: String) throws {
    #expect(try entries(text).isEmpty)
  }

  @Test(arguments: [
    ("a: 1\na: 2\n", "2:1: a is given twice, first at 1:1"),
    ("a:\n  b: 1\na.b: 2\n", "3:1: a.b is given twice, first at 2:3"),
    ("a:\n", "1:1: a has no value"),
    ("x: 1\na: ~\n", "2:1: a has no value"),
    ("a: &x 1\n", "1:4: anchors are not allowed"),
    ("a: *x\n", "1:4: aliases are not allowed"),
    ("a: !!int 1\n", "1:4: tags are not allowed"),
    ("a: [[1]]\n", "1:5: the list of a may hold words only"),
    ("a: [b: 1]\n", "1:5: the list of a may hold words only"),
    ("- a\n", "1:1: a map of settings is expected here"),
    ("word\n", "1:1: a map of settings is expected here"),
    ("? [a]\n: 1\n", "1:3: a key has to be a word"),
    ("'': 1\n", "1:1: an empty key"),
    ("a: 1\n---\nb: 2\n", "2:1: a second document"),
    ("a: 'open\n", "2:1: found unexpected end of stream"),
    ("a: 1\n\tb: 2\n", "2:1: found a tab character that violates indentation"),
    ("a: 1\nb: x\u{1}y\n", "2:5: control characters are not allowed"),
  ])
  func `what is wrong is named with line and column`(text: String, message: String) {
    #expect {
      _ = try entries(text)
    } throws: {
      "\($0)" == message
    }
  }

  @Test func `bytes that are no UTF-8 are named with their place`() {
    #expect(throws: YAMLError(line: 2, column: 5, problem: "not UTF-8")) {
      try FlatYAML(Array("ü: 1\nü: ü".utf8) + [0xff])
    }
    // UTF-16, which YAML allows and we do not.
    #expect(throws: YAMLError(line: 1, column: 1, problem: "not UTF-8")) { try FlatYAML([0xff, 0xfe, 0x61, 0]) }
  }

  @Test func `size, depth and number are bounded`() {
    #expect(throws: YAMLError.self) { try FlatYAML(Array(repeating: 0x20, count: FlatYAML.limitBytes + 1)) }
    #expect {
      _ = try entries(String(repeating: "{a: ", count: 100_000))
    } throws: {
      "\($0)" == "1:33: maps are nested deeper than 8"
    }
    #expect {
      _ = try entries((0...FlatYAML.limitEntries).map { "k\($0): 1\n" }.joined())
    } throws: {
      "\($0)" == "4097:1: more than 4096 settings"
    }
  }

  @Test func `aliases that would multiply stop at the first anchor`() {
    var bomb = "a0: &a0 [x, x]\n"
    for level in 1...40 { bomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
    #expect {
      _ = try entries(bomb)
    } throws: {
      "\($0)" == "1:5: anchors are not allowed"
    }
  }

  @Test(arguments: 0..<8 as Range<UInt64>) func `any bytes give entries or an error with a place`(seed: UInt64) {
    var random = SplitMix(seed)
    let pieces = [
      "a", "kafka", ":", ": ", "\n", "  ", "- ", "[", "]", "{", "}", ",", "'", "\"", "&x ", "*x", "!t ", "# ", "|", ">",
      "---\n", "?", "\t",
    ]
    .map { Array($0.utf8) }
    for round in 0..<400 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 0...60, using: &random) {
        if round % 2 == 0 {
          bytes.append(UInt8.random(in: 0...255, using: &random))
        } else {
          bytes += pieces.randomElement(using: &random)!
        }
      }
      do {
        for entry in try FlatYAML(bytes).entries {
          #expect(entry.line >= 1 && entry.column >= 1 && !entry.key.isEmpty, "seed \(seed), round \(round)")
        }
      } catch {
        let lines = 1 + bytes.count { $0 == 0x0a || $0 == 0x0d } + 3 * bytes.count { $0 >= 0x80 }
        #expect((1...lines + 1).contains(error.line) && error.column >= 1, "seed \(seed), round \(round): \(error)")
      }
    }
  }
}
