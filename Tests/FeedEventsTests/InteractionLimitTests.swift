import FeedEvents
import Testing

@Suite struct InteractionLimitTests {
  let decoder = InteractionDecoder()

  @Test func `identifiers of 1 and 256 bytes are accepted`() throws {
    for count in [1, 256] {
      let id = String(repeating: "x", count: count)
      let payload = bytes(
        #"{"event_id":"\#(id)","user_id":"\#(id)","item_id":"\#(id)","author_id":"\#(id)","type":"like","occurred_at":1}"#
      )
      let interaction = try decoder.decode(payload)
      #expect(interaction.eventID == bytes(id))
      #expect(interaction.userID == bytes(id))
      #expect(interaction.itemID == bytes(id))
      #expect(interaction.authorID == bytes(id))
    }
  }

  @Test func `lengths count bytes after unescaping`() throws {
    let escaped = String(repeating: #"\u0078"#, count: 256)
    let payload = bytes(#"{"user_id":"\#(escaped)","item_id":"p","type":"like","occurred_at":1}"#)
    #expect(try decoder.decode(payload).userID == [UInt8](repeating: 0x78, count: 256))
    let twoEach = String(repeating: "é", count: 129)
    #expect(throws: RejectionReason.lengthOfUserID) { try decoder.decode(bytes(#"{"user_id":"\#(twoEach)"}"#)) }
  }

  @Test func `a surface has up to 64 bytes`() throws {
    let surface = String(repeating: "s", count: 64)
    #expect(try decoder.decode(event(#""surface":"\#(surface)","#)).surface == bytes(surface))
  }

  @Test func `a payload of exactly 1 MiB is read and one byte more is not`() throws {
    let record = event()
    let filled = record + [UInt8](repeating: 0x20, count: 1_048_576 - record.count)
    #expect(try decoder.decode(filled) == decoder.decode(record))
    #expect(throws: RejectionReason.tooLarge) { try decoder.decode(filled + [0x20]) }
  }

  @Test func `arrays and objects nest 32 deep, the record included`() throws {
    let inside = String(repeating: "[", count: 31) + "1" + String(repeating: "]", count: 31)
    #expect(try decoder.decode(event(#""other":\#(inside),"#)).userID == bytes("u"))
    #expect(throws: RejectionReason.tooDeep) { try decoder.decode(event(#""other":[\#(inside)],"#)) }
    let objects = String(repeating: #"{"a":"#, count: 31) + "1" + String(repeating: "}", count: 31)
    #expect(try decoder.decode(event(#""other":\#(objects),"#)).userID == bytes("u"))
    #expect(throws: RejectionReason.tooDeep) { try decoder.decode(event(#""other":{"a":\#(objects)},"#)) }
    // What is empty has no depth.
    let empty = String(repeating: "[", count: 31) + "[],{}" + String(repeating: "]", count: 31)
    #expect(try decoder.decode(event(#""other":\#(empty),"#)).userID == bytes("u"))
  }

  @Test func `times reach from 1970 to the end of 9999`() throws {
    for time: Int64 in [0, 253_402_300_799_999] {
      let payload = bytes(#"{"user_id":"u","item_id":"p","type":"like","occurred_at":\#(time)}"#)
      #expect(try decoder.decode(payload).occurredAt == time)
    }
  }

  @Test(arguments: ["1795315069113", "1795315069113.0", "1.795315069113e12", "1795315069113000E-3"])
  func `a whole number may be written as a fraction`(time: String) throws {
    let payload = bytes(#"{"user_id":"u","item_id":"p","type":"like","occurred_at":\#(time)}"#)
    #expect(try decoder.decode(payload).occurredAt == 1_795_315_069_113)
  }

  @Test(
    arguments: [
      ("0", 0), ("-0", 0), ("-0.0", 0), ("1e-999", 0), ("-1e-999", 0), ("4.5", 4.5),
      ("3.4028234663852886e38", 0x1.fffffep127),
      ("-3.4028234663852886e38", -0x1.fffffep127), ("9223372036854775807", 0x1p63), ("18446744073709551615", 0x1p64),
      ("18446744073709551616", 0x1p64), ("-9223372036854775809", -0x1p63),
      ("123456789012345678901234567890", 123_456_789_012_345_677_877_719_597_056),
      ("100000000000000000000000000000000000000", 1e38), ("-99999999999999999999", -1e20),
      ("5e-324", .leastNonzeroMagnitude),
      ("340282346638528859811704183484516925440", 0x1.fffffep127), ("0.1", 0.1),
      ("12345678901234567890", 12_345_678_901_234_567_168),
    ] as [(String, Double)])
  func `values are read exactly, and zero has no sign`(written: String, value: Double) throws {
    let read = try #require(try decoder.decode(event(#""value":\#(written),"#)).value)
    #expect(read == value)
    #expect(read.sign == .plus || read != 0)
  }

  @Test func `list version and position take any natural number of 63 bits`() throws {
    let interaction = try decoder.decode(event(#""list_version":9223372036854775807,"position":0,"#))
    #expect(interaction.listVersion == .max)
    #expect(interaction.position == 0)
  }

  @Test func `numbers of any size may stand in fields nobody reads`() throws {
    let digits = String(repeating: "7", count: 500)
    let interaction = try decoder.decode(
      event(
        #""a":\#(digits),"b":[-\#(digits),1e999,-1E+999,{"c":0.0e99999}],"s":"1e999, \" 1e999","list_version":9223372036854775807,"#
      ))
    #expect(interaction.listVersion == .max)
  }
}
