import FeedEvents
import Testing

@Suite struct CatalogItemTests {
  let decoder = CatalogDecoder()

  static let full = CatalogItem(
    itemID: bytes("p_99120"), title: bytes("Sunrise"), tags: [bytes("nature"), bytes("photo")], author: bytes("u_7"),
    created: 1_795_315_000_000, expires: 1_795_400_000_000, active: false)

  @Test func `every field has its place`() throws {
    let payload = bytes(
      #"{"item_id":"p_99120","title":"Sunrise","tags":["nature","photo"],"author":"u_7","#
        + #""created":1795315000000,"expires":1795400000000,"active":false}"#)
    #expect(try decoder.decode(payload) == Self.full)
    #expect(text(Self.full.encoded()) == text(payload))
  }

  @Test func `an identifier is enough, and such an item is active`() throws {
    let item = try decoder.decode(bytes(#"{"item_id":"p"}"#))
    #expect(item == CatalogItem(itemID: bytes("p"), active: true))
    #expect(text(item.encoded()) == #"{"item_id":"p"}"#)
  }

  @Test func `null is absence`() throws {
    let payload = bytes(
      #"{"title":null,"tags":null,"author":null,"created":null,"expires":null,"active":null,"x":null,"item_id":"p"}"#)
    #expect(try decoder.decode(payload) == CatalogItem(itemID: bytes("p")))
  }

  @Test func `64 tags are read, in order, each once`() throws {
    let tags = (0..<64).map { "t\($0)" }
    let payload = item(#""tags":[\#(tags.map { "\"\($0)\"" }.joined(separator: ","))],"#)
    #expect(try decoder.decode(payload).tags == tags.map(bytes))
    #expect(try decoder.decode(item(#""tags":["b","a","\u0062","B","a"],"#)).tags == ["b", "a", "B"].map(bytes))
    #expect(try decoder.decode(item(#""tags":[],"#)).tags == [])
  }

  @Test func `tags and author have up to 256 bytes, a title any number`() throws {
    let limit = String(repeating: "x", count: 256)
    let title = String(repeating: "x", count: 100_000)
    let read = try decoder.decode(item(#""tags":["\#(limit)"],"author":"\#(limit)","title":"\#(title)","#))
    #expect(read.tags == [bytes(limit)])
    #expect(read.author == bytes(limit))
    #expect(read.title == bytes(title))
    #expect(try decoder.decode(item(#""title":"","#)).title == [])
  }

  @Test func `a tag beside other fields belongs to tags alone`() throws {
    let read = try decoder.decode(bytes(#"{"tags":["item_id"],"x":{"tags":["no"]},"item_id":"tags","title":"active"}"#))
    #expect(read == CatalogItem(itemID: bytes("tags"), title: bytes("active"), tags: [bytes("item_id")]))
  }

  @Test(arguments: 1...2 as ClosedRange<UInt64>)
  func `what is encoded decodes to an equal value if and only if it is valid`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for round in 0..<300 {
      func text(_ limit: Int) -> [UInt8] {
        [UInt8]((0..<Int.random(in: 0...limit, using: &generator)).map { _ in .random(in: 0...127, using: &generator) })
      }
      func sometimes<Value>(_ value: Value) -> Value? { Bool.random(using: &generator) ? value : nil }
      let tags = (0..<Int.random(in: 0...8, using: &generator)).map { [UInt8(0x30 + $0)] + text(255) }
      let item = CatalogItem(
        itemID: [0x70] + text(257), title: sometimes(text(100)), tags: tags, author: sometimes([0x61] + text(255)),
        created: sometimes(.random(in: -1...1, using: &generator)), expires: sometimes(1 << 40),
        active: .random(using: &generator))
      do throws(RejectionReason) {
        try item.validate()
        let decoded = try decoder.decode(item.encoded())
        #expect(decoded == item, "seed \(seed), round \(round)")
      } catch {
        #expect(throws: error, "seed \(seed), round \(round)") { try decoder.decode(item.encoded()) }
      }
    }
  }

  @Test func `validation finds what a decoder would`() {
    #expect(throws: RejectionReason.invalidUTF8) { try CatalogItem(itemID: [0xFF]).validate() }
    #expect(throws: RejectionReason.lengthOfItemID) { try CatalogItem(itemID: []).validate() }
    #expect(throws: RejectionReason.lengthOfTag) { try CatalogItem(itemID: bytes("p"), tags: [[]]).validate() }
    #expect(throws: RejectionReason.tooManyTags) {
      try CatalogItem(itemID: bytes("p"), tags: (0..<65).map { bytes("\($0)") }).validate()
    }
    #expect(throws: RejectionReason.invalidUTF8) {
      try Interaction(userID: [0xC3], itemID: bytes("p"), type: .like, occurredAt: 0).validate()
    }
  }
}
