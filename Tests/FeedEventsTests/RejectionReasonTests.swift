import FeedEvents
import Testing

@Suite struct RejectionReasonTests {
  let decoder = InteractionDecoder()
  let catalog = CatalogDecoder()

  static let long = String(repeating: "x", count: 257)

  /// For every reason that an interaction can have, payloads that have it.
  static let interactions: [(RejectionReason, [[UInt8]])] = [
    (.emptyPayload, [[]]),
    (.tooLarge, [[UInt8](repeating: 0x20, count: 1_048_577), [UInt8](repeating: 0x5B, count: 10_000_000)]),
    (
      .malformedJSON,
      [
        " ", "\u{FEFF}{}", "{", "}", #"{"user_id"}"#, #"{"user_id":}"#, #"{"user_id":"u",}"#, #"{'user_id':"u"}"#,
        text(event()) + "x", text(event()) + "{}", text(event()) + "\0", #"{"value":NaN}"#, #"{"value":Infinity}"#,
        #"{"value":-Infinity}"#, #"{"value":+1}"#, #"{"value":01}"#, #"{"value":1.}"#, #"{"value":.5}"#,
        #"{"value":1e}"#, #"{"value":0x10}"#, #"{"value":-}"#, #"{"value":tru}"#, "{\"user_id\":\"a\u{0}\"}",
        "{\"user_id\":\"a\nb\"}", #"{"user_id":"\x"}"#, #"{"user_id":"\u12"}"#, #"{"user_id":"\ud800"}"#,
        #"{"user_id":"\udc00"}"#, #"{"user_id":"\ud800\u0041"}"#, #"{"user_id":"\ud800\ud800"}"#,
        #"{"user_id":"\udc00\ud800"}"#, #"{"other":"\udfff"}"#, #"{"\udc00":1}"#, "// no\n{}", "{}{}", "[1,]", "1 2",
        String(repeating: "1", count: 400) + "x", #"{"value":99999999999999999999999.}"#,
      ].map(bytes)
    ),
    (
      .invalidUTF8,
      [
        [0xFF], bytes(#"{"user_id":""#) + [0xC0, 0x80] + bytes(#""}"#),
        bytes("{\"") + [0xED, 0xA0, 0x80] + bytes("\":1}"),
        bytes(#"{"a":""#) + [0xF4, 0x90, 0x80, 0x80] + bytes(#""}"#), bytes(#"{"a":""#) + [0xE2, 0x82] + bytes(#""}"#),
        // Two faults: invalid UTF-8 goes before malformed.
        bytes("{,") + [0x80],
      ]
    ),
    (
      .tooDeep,
      [
        bytes(#"{"a":"# + String(repeating: "[", count: 32) + "1" + String(repeating: "]", count: 32) + "}"),
        bytes(String(repeating: "[", count: 10_000) + "1" + String(repeating: "]", count: 10_000)),
        bytes(String(repeating: #"{"a":"#, count: 10_000) + "1" + String(repeating: "}", count: 10_000)),
      ]
    ),
    (.notAnObject, ["[]", "1", "null", "true", #""text""#, "[{}]", " 1e999 "].map(bytes)),
    (
      .duplicateField,
      [
        event(#""user_id":"u","#), event(#""user_id":null,"#), event(#""type":"like","#),
        event(#""value":1,"value":1,"#),
        event(#""user\u005fid":"u","#), event(#""value":null,"value":null,"#),
      ]
    ),
    (.missingUserID, ["{}", #"{"item_id":"p"}"#, #"{"user_id":null}"#, #"{"User_id":"u"}"#].map(bytes)),
    (
      .missingItemID,
      [#"{"user_id":"u","type":"like","occurred_at":1}"#, #"{"user_id":"u","type":"follow","occurred_at":1}"#].map(
        bytes)
    ),
    (.missingType, [bytes(#"{"user_id":"u","item_id":"p","occurred_at":1}"#)]),
    (.missingOccurredAt, [bytes(#"{"user_id":"u","item_id":"p","type":"like"}"#)]),
    (.wrongTypeOfEventID, [event(#""event_id":1,"#)]),
    (.wrongTypeOfUserID, [bytes(#"{"user_id":184467}"#), bytes(#"{"user_id":["u"]}"#)]),
    (.wrongTypeOfItemID, [bytes(#"{"item_id":{"id":"p"}}"#)]),
    (.wrongTypeOfType, [bytes(#"{"type":true}"#)]),
    (.wrongTypeOfValue, [event(#""value":"1","#), event(#""value":[],"#), event(#""value":false,"#)]),
    (
      .wrongTypeOfOccurredAt,
      ["1.5", #""1""#, "true", "1e-1", "9007199254740993.5e-1"].map { bytes(#"{"occurred_at":\#($0)}"#) }
    ),
    (.wrongTypeOfListVersion, [event(#""list_version":"8","#), event(#""list_version":0.1,"#)]),
    (.wrongTypeOfPosition, [event(#""position":{},"#)]),
    (.wrongTypeOfSurface, [event(#""surface":0,"#)]),
    (.wrongTypeOfAuthorID, [event(#""author_id":[],"#)]),
    (.lengthOfEventID, [event(#""event_id":"","#), event(#""event_id":"\#(long)","#)]),
    (.lengthOfUserID, ["", long].map { bytes(#"{"user_id":"\#($0)"}"#) }),
    (.lengthOfItemID, ["", long].map { bytes(#"{"user_id":"u","type":"like","item_id":"\#($0)"}"#) }),
    (.lengthOfType, [event(type: "")]),
    (.lengthOfSurface, [event(#""surface":"","#), event(#""surface":"\#(String(repeating: "é", count: 33))","#)]),
    (.lengthOfAuthorID, [event(#""author_id":"","#), event(#""author_id":"\#(long)","#)]),
    (
      .valueOutOfRange,
      [
        "1e999", "-1e999", "1e309", "3.5e38", "-3.5e38", "1" + String(repeating: "0", count: 400),
        "0.1e999999999999999999999", String(repeating: "9", count: 39),
      ].map { event(#""value":\#($0),"#) }
    ),
    (
      .listVersionOutOfRange,
      ["-1", "9223372036854775808", "18446744073709551616", "1e19", "1e999"].map { event(#""list_version":\#($0),"#) }
    ),
    (.positionOutOfRange, ["-1", "-1e999", "-9223372036854775809"].map { event(#""position":\#($0),"#) }),
    (
      .timeNegative,
      ["-1", "-1e300", "-1e999", "-9223372036854775809"].map {
        bytes(#"{"user_id":"u","item_id":"p","type":"like","occurred_at":\#($0)}"#)
      }
    ),
    (
      .timeTooLate,
      ["253402300800000", "1e15", "9223372036854775807", "9223372036854775808", "1e999"]
        .map { bytes(#"{"user_id":"u","item_id":"p","type":"like","occurred_at":\#($0)}"#) }
    ),
  ]

  /// The same for catalogue items.
  static let items: [(RejectionReason, [[UInt8]])] = [
    (.emptyPayload, [[]]),
    (.tooLarge, [[UInt8](repeating: 0x20, count: 1_048_577)]),
    (.malformedJSON, [bytes("{"), bytes(#"{"item_id":"p","title":"\ud800"}"#)]),
    (.invalidUTF8, [[0x80]]),
    (.tooDeep, [bytes(String(repeating: "[", count: 33) + "1" + String(repeating: "]", count: 33))]),
    (.notAnObject, [bytes("[]")]),
    (.duplicateField, [item(#""active":true,"active":true,"#)]),
    (.missingItemID, [bytes("{}")]),
    (.wrongTypeOfItemID, [bytes(#"{"item_id":7}"#)]),
    (.wrongTypeOfTitle, [item(#""title":["x"],"#)]),
    (
      .wrongTypeOfTags,
      [item(#""tags":"x","#), item(#""tags":[1],"#), item(#""tags":[["x"]],"#), item(#""tags":["a",null],"#)]
    ),
    (.wrongTypeOfAuthor, [item(#""author":1,"#)]),
    (.wrongTypeOfCreated, [item(#""created":"2026-01-01","#)]),
    (.wrongTypeOfExpires, [item(#""expires":0.5,"#)]),
    (.wrongTypeOfActive, [item(#""active":1,"#), item(#""active":"true","#)]),
    (.lengthOfItemID, [bytes(#"{"item_id":""}"#), bytes(#"{"item_id":"\#(long)"}"#)]),
    (.lengthOfTag, [item(#""tags":["a",""],"#), item(#""tags":["\#(long)"],"#)]),
    (.lengthOfAuthor, [item(#""author":"","#), item(#""author":"\#(long)","#)]),
    (.tooManyTags, [item(#""tags":[\#((0..<65).map { "\"\($0)\"" }.joined(separator: ","))],"#)]),
    (.timeNegative, [item(#""created":-1,"#), item(#""expires":-1,"#)]),
    (.timeTooLate, [item(#""created":253402300800000,"#), item(#""expires":1e999,"#)]),
  ]

  @Test func `every reason an interaction can have is reached`() {
    for (reason, payloads) in Self.interactions {
      for payload in payloads {
        #expect(throws: reason, "\(text(Array(payload.prefix(120))))") { try decoder.decode(payload) }
      }
    }
  }

  @Test func `every reason an item can have is reached`() {
    for (reason, payloads) in Self.items {
      for payload in payloads {
        #expect(throws: reason, "\(text(Array(payload.prefix(120))))") { try catalog.decode(payload) }
      }
    }
  }

  @Test func `no reason is left unreached but the one that needs the record's own time`() {
    let reached = Set((Self.interactions + Self.items).map(\.0))
    #expect(Set(RejectionReason.allCases).subtracting(reached) == [.timeAheadOfRecord])
  }

  @Test func `raw values are stable words for metrics and headers`() {
    #expect(
      RejectionReason.allCases.map(\.rawValue) == [
        "empty_payload", "too_large", "malformed_json", "invalid_utf8", "too_deep", "not_an_object", "duplicate_field",
        "missing_user_id", "missing_item_id", "missing_type", "missing_occurred_at", "wrong_type_of_event_id",
        "wrong_type_of_user_id", "wrong_type_of_item_id", "wrong_type_of_type", "wrong_type_of_value",
        "wrong_type_of_occurred_at", "wrong_type_of_list_version", "wrong_type_of_position", "wrong_type_of_surface",
        "wrong_type_of_author_id", "wrong_type_of_title", "wrong_type_of_tags", "wrong_type_of_author",
        "wrong_type_of_created", "wrong_type_of_expires", "wrong_type_of_active", "length_of_event_id",
        "length_of_user_id", "length_of_item_id", "length_of_type", "length_of_surface", "length_of_author_id",
        "length_of_tag", "length_of_author", "too_many_tags", "value_out_of_range", "list_version_out_of_range",
        "position_out_of_range", "time_negative", "time_too_late", "time_ahead_of_record",
      ])
  }

  @Test func `of several faults in fields the first in the document counts`() {
    #expect(throws: RejectionReason.wrongTypeOfValue) { try decoder.decode(bytes(#"{"value":"x","user_id":1}"#)) }
    #expect(throws: RejectionReason.wrongTypeOfUserID) { try decoder.decode(bytes(#"{"user_id":1,"value":"x"}"#)) }
  }

  @Test func `a decoder works on after a rejection`() throws {
    for (_, payloads) in Self.interactions {
      for payload in payloads {
        _ = try? decoder.decode(payload)
        #expect(try decoder.decode(event()).userID == bytes("u"))
      }
    }
  }
}
