import FeedEvents
import Testing

@Suite struct JSONTests {
  let reader = JSONReader()

  @Test func `a document becomes a tree`() throws {
    let document = bytes(
      #"""
       {"epoch": 8813, "big": 18446744073709551615, "least": -9223372036854775808, "half": 0.5, "yes": true, "no": false,
        "nothing": null, "list": [[], {}, "a\u0000b", [1, 2.0]], "": "empty key"}
      """#)
    let tree = try reader.read(document)
    #expect(tree["epoch"] == .int64(8813))
    #expect(tree["big"] == .uint64(.max))
    #expect(tree["least"] == .int64(.min))
    #expect(tree["half"] == .double(0.5))
    #expect(tree["yes"]?.bool == true)
    #expect(tree["no"]?.bool == false)
    #expect(tree["nothing"] == .null)
    #expect(
      tree["list"]
        == .array([.array([]), .object([]), .string([0x61, 0, 0x62]), .array([.int64(1), .double(2)])]))
    #expect(tree[""]?.string == bytes("empty key"))
    #expect(tree["missing"] == nil)
    #expect(tree.object?.map { text($0.key) } == ["epoch", "big", "least", "half", "yes", "no", "nothing", "list", ""])
  }

  @Test func `whole numbers are whole however they are written`() throws {
    #expect(try reader.read(bytes("3.0")).integer == 3)
    #expect(try reader.read(bytes("-9223372036854775808.0")).integer == .min)
    #expect(try reader.read(bytes("9223372036854775808.0")).integer == nil)
    #expect(try reader.read(bytes("18446744073709551615")).integer == nil)
    #expect(try reader.read(bytes("3.5")).integer == nil)
    #expect(try reader.read(bytes("18446744073709551615")).number == 0x1p64)
  }

  @Test(arguments: ["null", "0", " \"x\" ", "[]", "{}", "true", "-0.0"])
  func `any value is a document`(document: String) throws {
    _ = try reader.read(bytes(document))
  }

  @Test(
    arguments: [
      ("", .emptyPayload), (" ", .malformedJSON), ("[1,]", .malformedJSON), ("1e999", .malformedJSON),
      ("18446744073709551616", .malformedJSON), (#"{"a":1,"a":2}"#, .duplicateField),
      (#"[{"a":1,"\u0061":2}]"#, .duplicateField),
      (#""\udc00""#, .malformedJSON), ("nullx", .malformedJSON),
    ] as [(String, RejectionReason)])
  func `what is no document is refused`(document: String, reason: RejectionReason) {
    #expect(throws: reason) { try reader.read(bytes(document)) }
  }

  @Test func `a reader has its own limits`() throws {
    let small = JSONReader(limitBytes: 40, limitDepth: 2)
    #expect(try small.read(bytes("[[1]]")) == .array([.array([.int64(1)])]))
    #expect(throws: RejectionReason.tooDeep) { try small.read(bytes("[[[1]]]")) }
    #expect(try small.read([UInt8](repeating: 0x20, count: 39) + [0x31]) == .int64(1))
    #expect(throws: RejectionReason.tooLarge) { try small.read([UInt8](repeating: 0x20, count: 40) + [0x31]) }
    let tiny = JSONReader(limitBytes: 3, limitDepth: 1)
    #expect(throws: RejectionReason.tooLarge) { try tiny.read(bytes("1234")) }
    #expect(try tiny.read(bytes("123")) == .int64(123))
  }

  @Test func `a writer puts commas where they belong`() {
    var writer = JSONWriter()
    writer.beginObject()
    writer.field("a", 1)
    writer.key("b")
    writer.beginArray()
    writer.integer(UInt64.max)
    writer.integer(Int64.min)
    writer.beginObject()
    writer.endObject()
    writer.beginArray()
    writer.endArray()
    writer.null()
    writer.endArray()
    writer.key(bytes("c\"").span)
    writer.bool(true)
    writer.field("d", bytes("e"))
    writer.endObject()
    #expect(
      text(writer.bytes) == #"{"a":1,"b":[18446744073709551615,-9223372036854775808,{},[],null],"c\"":true,"d":"e"}"#)
  }

  @Test func `every character of ASCII is written so that it reads back`() throws {
    for byte: UInt8 in 0...127 {
      var writer = JSONWriter()
      writer.string([0x61, byte, 0x62])
      #expect(try reader.read(writer.bytes) == .string([0x61, byte, 0x62]))
    }
    var writer = JSONWriter()
    writer.string(bytes("\u{0}\u{8}\t\n\u{B}\u{C}\r\u{1F}\u{7F}\"\\/é🙂"))
    #expect(text(writer.bytes) == #""\u0000\b\t\n\u000b\f\r\u001f"# + "\u{7F}" + #"\"\\/é🙂""#)
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `any tree is written so that it reads back`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for round in 0..<500 {
      let tree = JSONValue.random(&generator, depth: 5)
      var writer = JSONWriter()
      writer.value(tree)
      #expect(try reader.read(writer.bytes) == tree, "seed \(seed), round \(round): \(text(writer.bytes))")
    }
  }
}

extension JSONValue {
  fileprivate static func random(_ generator: inout SeededGenerator, depth: Int) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 10 : 7), using: &generator) {
    case 0: return .null
    case 1: return .bool(.random(using: &generator))
    case 2: return .int64(.random(in: .min ... .max, using: &generator))
    case 3: return .uint64(.random(in: UInt64(Int64.max) + 1 ... .max, using: &generator))
    case 4:
      let value = Double(bitPattern: generator.next())
      return .double(value.isFinite ? value : 0.5)
    case 5, 6: return .string(bytes(String(generator.next(), radix: 36) + "\"\n é"))
    case 7, 8:
      return .array((0..<Int.random(in: 0...4, using: &generator)).map { _ in random(&generator, depth: depth - 1) })
    default:
      return .object(
        (0..<Int.random(in: 0...4, using: &generator)).map {
          JSONMember(key: bytes("k\($0)"), value: random(&generator, depth: depth - 1))
        })
    }
  }
}
