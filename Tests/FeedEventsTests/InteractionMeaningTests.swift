import FeedEvents
import Testing

@Suite struct InteractionMeaningTests {
  let decoder = InteractionDecoder()

  @Test func `types are known by name and all of them are listed`() throws {
    #expect(InteractionType.known.count == 15)
    for type in InteractionType.known {
      #expect(try decoder.decode(event(type: type.name)).type == type)
      #expect(InteractionType(name: type.name) == type)
    }
  }

  @Test(arguments: [
    "Like", "likes", "lik", "\u{0}like", "ljke", "a name of some fifty bytes, which is short enough", "🙂",
  ])
  func `an unknown type keeps its name`(name: String) throws {
    let escaped = name.replacing("\u{0}", with: #"\u0000"#)
    #expect(try decoder.decode(event(type: escaped)).type == .unknown(name))
  }

  @Test func `the name of an unknown type is cut at 64 bytes between characters`() throws {
    let name = String(repeating: "x", count: 64)
    #expect(try decoder.decode(event(type: name)).type == .unknown(name))
    #expect(try decoder.decode(event(type: name + "y")).type == .unknown(name))
    let fits = String(repeating: "é", count: 32)
    #expect(try decoder.decode(event(type: fits + "é")).type == .unknown(fits))
    #expect(try decoder.decode(event(type: "x" + fits)).type == .unknown("x" + String(repeating: "é", count: 31)))
    #expect(
      try decoder.decode(event(type: "xx" + String(repeating: "🙂", count: 16))).type
        == .unknown("xx" + String(repeating: "🙂", count: 15)))
  }

  @Test func `an unknown type needs no item`() throws {
    let interaction = try decoder.decode(bytes(#"{"user_id":"u","type":"login","occurred_at":1}"#))
    #expect(interaction == Interaction(userID: bytes("u"), itemID: [], type: .unknown("login"), occurredAt: 1))
  }

  @Test func `to forget needs no item`() throws {
    #expect(try decoder.decode(bytes(#"{"user_id":"u","type":"forget","occurred_at":1}"#)).itemID == [])
  }

  @Test(arguments: ["follow", "unfollow"])
  func `an author can be followed without an item`(type: String) throws {
    let author = try decoder.decode(bytes(#"{"user_id":"u","type":"\#(type)","author_id":"a","occurred_at":1}"#))
    #expect(author.itemID == [])
    #expect(author.authorID == bytes("a"))
    let item = try decoder.decode(bytes(#"{"user_id":"u","type":"\#(type)","item_id":"p","occurred_at":1}"#))
    #expect(item.itemID == bytes("p"))
    #expect(throws: RejectionReason.missingItemID) {
      try decoder.decode(bytes(#"{"user_id":"u","type":"\#(type)","occurred_at":1}"#))
    }
  }

  @Test func `an author does not replace the item of other types`() {
    for type in InteractionType.known where ![.follow, .unfollow, .forget].contains(type) {
      #expect(throws: RejectionReason.missingItemID) {
        try decoder.decode(bytes(#"{"user_id":"u","type":"\#(type.name)","author_id":"a","occurred_at":1}"#))
      }
    }
  }

  @Test func `identifiers that differ in normalization only stay different`() throws {
    let composed = try decoder.decode(
      bytes("{\"user_id\":\"caf\u{E9}\",\"item_id\":\"p\",\"type\":\"like\",\"occurred_at\":1}"))
    let decomposed = try decoder.decode(
      bytes("{\"user_id\":\"cafe\u{301}\",\"item_id\":\"p\",\"type\":\"like\",\"occurred_at\":1}"))
    #expect(text(composed.userID) == text(decomposed.userID))
    #expect(composed.userID != decomposed.userID)
    #expect(composed != decomposed)
    #expect(composed.encoded() != decomposed.encoded())
  }

  @Test func `escapes are undone, NUL included`() throws {
    let interaction = try decoder.decode(
      bytes(
        #"{"user_id":"a\u0000\"\\\/\b\f\n\r\t\u00e9\ud83d\ude42","item_id":"\u0000","type":"li\u006be","occurred_at":1}"#
      ))
    #expect(interaction.userID == bytes("a\u{0}\"\\/\u{8}\u{C}\n\r\té🙂"))
    #expect(interaction.itemID == [0])
    #expect(interaction.type == .like)
    #expect(try decoder.decode(interaction.encoded()) == interaction)
  }

  @Test func `null is absence, order is free, unknown fields are ignored, also twice`() throws {
    let payload = bytes(
      #"""
       {"x":{"user_id":"no"},"occurred_at":1,"x":[1,"}"],"value":null,"event_id":null,"type":"like","surface":null,
      "item_id":"p","author_id":null,"list_version":null,"position":null,"user_id":"u"}
      """#)
    #expect(
      try decoder.decode(payload) == Interaction(userID: bytes("u"), itemID: bytes("p"), type: .like, occurredAt: 1))
  }

  @Test func `where a payload lies does not matter`() throws {
    let record = event(#""value":123456789012345678901234567890,"surface":"home","#)
    let expected = try decoder.decode(record)
    for junk: UInt8 in [0x00, 0x22, 0x31, 0x7D, 0xFF] {
      let padded = record + [UInt8](repeating: junk, count: 64)
      let read = try unsafe padded.withUnsafeBytes { all in
        // SAFETY: 64 bytes of `padded` lie behind the record.
        try unsafe decoder.decode(UnsafeRawBufferPointer(rebasing: all[..<record.count]), readableBytesAfterEnd: 64)
      }
      #expect(read == expected)
      #expect(padded.prefix(record.count).elementsEqual(record))
    }
  }
}
