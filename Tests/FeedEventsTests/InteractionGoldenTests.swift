import FeedEvents
import Testing

@Suite struct InteractionGoldenTests {
  let decoder = InteractionDecoder()

  @Test func `the example of the contract decodes field by field`() throws {
    let interaction = try decoder.decode(
      bytes(
        """
        {"event_id":"01J9ZK3W8Q4C7V5M2T6RFB0XND","user_id":"u_184467","item_id":"p_99120",
         "type":"like","value":1.0,"occurred_at":1795315069113}
        """))
    #expect(
      interaction
        == Interaction(
          eventID: bytes("01J9ZK3W8Q4C7V5M2T6RFB0XND"), userID: bytes("u_184467"), itemID: bytes("p_99120"),
          type: .like, value: 1, occurredAt: 1_795_315_069_113))
  }
}
