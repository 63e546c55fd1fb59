import FeedEvents
import Testing

@Suite struct RecommendationsTests {
  let decoder = RecommendationsDecoder()

  static let example = Recommendations(
    userID: bytes("u_184467"), version: 8813, generatedAt: 1_795_315_069_402,
    items: [.init(itemID: bytes("p_70011"), score: 2.41), .init(itemID: bytes("p\"é"), score: -1e-7)],
    basedOn: .init(partition: 17, offset: 90_211_834, occurredAt: 1_795_315_069_113))

  static let exampleText =
    #"{"user_id":"u_184467","version":8813,"generated_at":1795315069402,"#
    + #""items":[{"item_id":"p_70011","score":2.41},{"item_id":"p\"é","score":-1e-07}],"#
    + #""based_on":{"partition":17,"offset":90211834,"occurred_at":1795315069113}}"#

  @Test func `a list encodes to the contract's bytes and back`() throws {
    #expect(text(Self.example.encoded()) == Self.exampleText)
    #expect(try decoder.decode(bytes(Self.exampleText)) == Self.example)
  }

  @Test func `an explored item carries its propensity, and others have no such field`() throws {
    var list = Self.example
    list.items[1].propensity = 1.0 / 300
    let encoded = text(list.encoded())
    #expect(encoded == Self.exampleText.replacing("-1e-07}", with: #"-1e-07,"propensity":0.0033333333333333335}"#))
    #expect(try decoder.decode(bytes(encoded)) == list)
    list.items[0].propensity = 1
    #expect(try decoder.decode(list.encoded()) == list)
  }

  @Test(arguments: ["0", "1.5", "-0.1", "\"1\"", "null"])
  func `a propensity that is no probability is refused`(wrong: String) {
    let payload = Self.exampleText.replacing("2.41}", with: #"2.41,"propensity":\#(wrong)}"#)
    #expect(throws: RecommendationsError.field("propensity")) { try decoder.decode(bytes(payload)) }
  }

  @Test func `a list written item by item has the same bytes`() {
    let list = Self.example
    var encoder = RecommendationsEncoder(
      userID: list.userID.span, version: list.version, generatedAt: list.generatedAt, itemCount: 0)
    for item in list.items {
      encoder.append(itemID: item.itemID.span, score: item.score, propensity: item.propensity)
    }
    #expect(encoder.finish(basedOn: list.basedOn) == list.encoded())
  }

  @Test func `an empty list is still a document`() throws {
    var list = Self.example
    list.items = []
    #expect(try decoder.decode(list.encoded()) == list)
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `scores come back bit for bit`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let edges: [Float] = [
      0, -0.0, .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, 0.1, 16_777_216,
    ]
    for round in 0..<200 {
      var list = Self.example
      list.items = (0..<50).map { _ in
        let score = Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &generator))
        return .init(itemID: bytes("p"), score: score.isFinite ? score : edges.randomElement(using: &generator) ?? 0)
      }
      let decoded = try decoder.decode(list.encoded())
      #expect(
        decoded.items.map(\.score.bitPattern) == list.items.map(\.score.bitPattern), "seed \(seed), round \(round)")
    }
  }

  @Test(arguments: [
    ("\"user_id\":\"u_184467\"", "\"user_id\":7", "user_id"),
    ("\"user_id\":\"u_184467\"", "\"user_id\":\"\"", "user_id"),
    ("\"version\":8813", "\"version\":-1", "version"), ("\"version\":8813", "\"v\":1", "version"),
    ("\"generated_at\":1795315069402", "\"generated_at\":0.5", "generated_at"),
    ("\"items\":[", "\"items\":7,\"x\":[", "items"),
    ("\"item_id\":\"p_70011\"", "\"item\":\"p\"", "item_id"), ("\"score\":2.41", "\"score\":1e39", "score"),
    ("\"score\":2.41", "\"score\":\"2\"", "score"), ("\"based_on\":{", "\"b\":{", "based_on"),
    ("\"partition\":17", "\"partition\":2147483648", "partition"), ("\"offset\":90211834", "\"offset\":null", "offset"),
    ("\"occurred_at\":", "\"o\":", "occurred_at"), ("{\"item_id\":\"p_70011\",\"score\":2.41}", "1", "item_id"),
  ])
  func `what is wrong is named`(right: String, wrong: String, field: String) {
    let payload = Self.exampleText.replacing(right, with: wrong)
    #expect(payload != Self.exampleText)
    #expect(throws: RecommendationsError.field(field)) { try decoder.decode(bytes(payload)) }
  }

  @Test func `what is no object is unreadable`() {
    #expect(throws: RecommendationsError.unreadable(.notAnObject)) { try decoder.decode(bytes("[]")) }
    #expect(throws: RecommendationsError.unreadable(.malformedJSON)) { try decoder.decode(bytes("{")) }
    #expect(throws: RecommendationsError.unreadable(.emptyPayload)) { try decoder.decode([]) }
  }
}
