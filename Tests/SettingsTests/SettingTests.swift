import Settings
import Testing

private struct Sample: Equatable {
  var rate: Float = 0.11
  var count = 40
  var tags = true
  static let settings: [Setting<Sample>] = [
    .number("sample.rate", \.rate, in: 0.001...1, "step size"),
    .integer("sample.count", \.count, in: 1...100, "draws"),
    .flag("sample.tags", \.tags, "use tags"),
  ]
}

@Suite struct SettingTests {
  @Test func `the canonical text reads back to the same configuration`() throws {
    var written = Sample()
    written.rate = 0.3
    written.tags = false
    let text = Sample.settings.canonicalText(of: written)
    var read = Sample()
    try Sample.settings.apply(canonicalText: text, to: &read)
    #expect(read == written)
    #expect(text == "sample.count=40\nsample.rate=0.3\nsample.tags=false\n")
  }

  @Test(arguments: ["0", "101", "forty", ""]) func `a refused value is named with its key and what is allowed`(
    text: String
  ) {
    var sample = Sample()
    #expect(throws: SettingError(key: "sample.count", value: text, allowed: "a whole number from 1 to 100")) {
      try Sample.settings[1].set(text, in: &sample)
    }
    #expect(sample == Sample())
  }

  @Test func `an unknown key is refused by name`() {
    var sample = Sample()
    #expect(throws: SettingError.self) {
      try Sample.settings.apply(canonicalText: "sample.color=red\n", to: &sample)
    }
  }

  @Test func `not a number is not a number`() {
    var sample = Sample()
    #expect(throws: SettingError.self) { try Sample.settings[0].set("nan", in: &sample) }
    #expect(throws: SettingError.self) { try Sample.settings[0].set("inf", in: &sample) }
  }
}
