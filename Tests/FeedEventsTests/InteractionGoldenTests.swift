import FeedEvents
import Testing

@Suite struct InteractionGoldenTests {
  let decoder = InteractionDecoder()

  static let example = Interaction(
    eventID: bytes("01J9ZK3W8Q4C7V5M2T6RFB0XND"), userID: bytes("u_184467"), itemID: bytes("p_99120"),
    type: .like, value: 1, occurredAt: 1_795_315_069_113)

  @Test func `the example of the contract decodes field by field`() throws {
    let payload = bytes(
      """
      {"event_id":"01J9ZK3W8Q4C7V5M2T6RFB0XND","user_id":"u_184467","item_id":"p_99120",
       "type":"like","value":1.0,"occurred_at":1795315069113}
      """)
    #expect(try decoder.decode(payload) == Self.example)
  }

  @Test func `the example encodes to the contract's bytes`() {
    #expect(
      text(Self.example.encoded()) == #"{"event_id":"01J9ZK3W8Q4C7V5M2T6RFB0XND","user_id":"u_184467","#
        + #""item_id":"p_99120","type":"like","value":1.0,"occurred_at":1795315069113}"#)
  }

  @Test func `every field has its place`() throws {
    let interaction = Interaction(
      eventID: bytes("e"), userID: bytes("u\"\\\u{1F}\u{7F}é"), itemID: bytes("p"), type: .unknown("peek"),
      value: -1.5e-07,
      occurredAt: 0, listVersion: .max, position: 3, surface: bytes("home"), authorID: bytes("a"))
    #expect(
      text(interaction.encoded()) == #"{"event_id":"e","user_id":"u\"\\\u001f"# + "\u{7F}é"
        + #"","item_id":"p","type":"peek","value":-1.5e-07,"occurred_at":0,"#
        + #""list_version":9223372036854775807,"position":3,"surface":"home","author_id":"a"}"#)
    #expect(try decoder.decode(interaction.encoded()) == interaction)
  }

  @Test func `absent fields are left out`() {
    let interaction = Interaction(userID: bytes("u"), itemID: [], type: .forget, occurredAt: 7)
    #expect(text(interaction.encoded()) == #"{"user_id":"u","type":"forget","occurred_at":7}"#)
  }
}
