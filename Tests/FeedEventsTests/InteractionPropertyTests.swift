import FeedEvents
import Testing

@Suite struct InteractionPropertyTests {
  let decoder = InteractionDecoder()

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `what is encoded decodes to an equal value if and only if it is valid`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for round in 0..<2_500 {
      let interaction = Interaction.random(&generator)
      do throws(RejectionReason) {
        try interaction.validate()
        let decoded = try decoder.decode(interaction.encoded())
        #expect(decoded == interaction, "seed \(seed), round \(round)")
      } catch {
        #expect(throws: error, "seed \(seed), round \(round)") { try decoder.decode(interaction.encoded()) }
      }
    }
  }

  @Test(arguments: 1...2 as ClosedRange<UInt64>)
  func `numbers of any length are read as the nearest double`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for round in 0..<2_000 {
      var number = Bool.random(using: &generator) ? "-" : ""
      number += String(Int.random(in: 1...9, using: &generator))
      for _ in 0..<Int.random(in: 15...37, using: &generator) {
        number += String(Int.random(in: 0...9, using: &generator))
      }
      if Bool.random(using: &generator) { number += ".\(UInt64.random(in: 0 ... .max, using: &generator))" }
      // A number that no type holds beside it makes the parser take its longer way.
      let beside = Bool.random(using: &generator) ? "99999999999999999999" : "1"
      let read = try decoder.decode(event(#""other":\#(beside),"value":\#(number),"#)).value
      #expect(read == Double(number), "seed \(seed), round \(round): \(number)")
    }
  }

  @Test(arguments: 1...2 as ClosedRange<UInt64>)
  func `mutated records never crash, and what is accepted re-encodes to itself`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var accepted = 0
    var reasons: Set<RejectionReason> = []
    for round in 0..<10_000 {
      var payload = Interaction.random(&generator).encoded()
      for _ in 0..<Int.random(in: 1...3, using: &generator) { payload.mutate(&generator) }
      do throws(RejectionReason) {
        let interaction = try decoder.decode(payload)
        accepted += 1
        let again = try? decoder.decode(interaction.encoded())
        #expect(again == interaction, "seed \(seed), round \(round): \(payload)")
      } catch {
        reasons.insert(error)
      }
    }
    // The mutations reach both sides, or they would show nothing.
    #expect(accepted > 1_000, "seed \(seed)")
    #expect(reasons.count > 15, "seed \(seed): \(reasons)")
  }
}

extension Interaction {
  /// Mostly valid, and often at a limit.
  fileprivate static func random(_ generator: inout SeededGenerator) -> Interaction {
    let times: [Int64] = [0, 1_795_315_069_113, 253_402_300_799_999, .random(in: 0...1 << 48, using: &generator), -1]
    let types = InteractionType.known + [.unknown("peek"), .unknown("\u{0}\"\\é🙂")]
    let values: [Double?] = [
      nil, 0, 1, -2.5, 1e38, 3.5e38, 0.1, .leastNonzeroMagnitude,
      Double(Int64.random(in: .min ... .max, using: &generator)),
      Double(Float(bitPattern: UInt32.random(in: 0...0x7F7F_FFFF, using: &generator))),
    ]
    func sometimes<Value>(_ value: Value) -> Value? { Bool.random(using: &generator) ? value : nil }
    return Interaction(
      eventID: sometimes(randomText(&generator)),
      userID: randomText(&generator),
      itemID: sometimes(randomText(&generator)) ?? bytes("p"),
      type: types.randomElement(using: &generator) ?? .like,
      value: values.randomElement(using: &generator) ?? nil,
      // Rarely one that is out of range.
      occurredAt: times[min(4, Int.random(in: 0...40, using: &generator) / 10)],
      listVersion: sometimes(Int64.random(in: -1...100, using: &generator)),
      position: sometimes(.max),
      surface: sometimes(Array(randomText(&generator).prefix(3).filter { $0 < 0x80 })),
      authorID: sometimes(randomText(&generator)))
  }

  private static func randomText(_ generator: inout SeededGenerator) -> [UInt8] {
    let alphabet = Array(
      "abcdefghijklmnopqrstuvwxyz0123456789_-:\"\\/\n\u{0}\u{1F}\u{7F}é\u{301}ß用户😀\u{10FFFF}".unicodeScalars)
    let count = [1, 2, 8, 26, 60, 64].randomElement(using: &generator) ?? 1
    var text = ""
    for _ in 0..<count { text.unicodeScalars.append(alphabet.randomElement(using: &generator) ?? "a") }
    return bytes(text)
  }
}

extension [UInt8] {
  /// Flips a bit, cuts, repeats or exchanges a few bytes, or puts in something that means something in JSON.
  fileprivate mutating func mutate(_ generator: inout SeededGenerator) {
    guard !isEmpty else { return }
    let at = Int.random(in: 0..<count, using: &generator)
    switch Int.random(in: 0..<8, using: &generator) {
    case 0, 1: self[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 2: self[at] = .random(in: 0...255, using: &generator)
    case 3: removeSubrange(at..<Swift.min(count, at + Int.random(in: 1...4, using: &generator)))
    case 4: if Int.random(in: 0..<4, using: &generator) == 0 { removeLast(count - at) }
    case 5: insert(contentsOf: self[at..<Swift.min(count, at + 12)], at: at)
    case 6: self[at] = UInt8.random(in: 0x30...0x39, using: &generator)
    default:
      let tokens = [
        "{", "}", "[", "]", ",", ":", "\"", "\\u0000", "\\ud800", "\\udc00", "null", "true", "1e999", "-", "0", ".5",
        "e9",
        "99999999999999999999", "\"user_id\":\"u\",", "\"value\":2,",
      ]
      insert(contentsOf: (tokens.randomElement(using: &generator) ?? "").utf8, at: at)
    }
  }
}
