import FeedEvents

func bytes(_ text: String) -> [UInt8] {
  Array(text.utf8)
}

func text(_ bytes: [UInt8]) -> String {
  String(decoding: bytes, as: UTF8.self)
}

/// An interaction with the fields that every type needs, and `more` before them.
func event(_ more: String = "", type: String = "like") -> [UInt8] {
  bytes(#"{\#(more)"user_id":"u","item_id":"p","type":"\#(type)","occurred_at":1}"#)
}

/// A catalogue item with `more` before its identifier.
func item(_ more: String = "") -> [UInt8] {
  bytes(#"{\#(more)"item_id":"p"}"#)
}

/// SplitMix64 (Steele, Lea & Flood, OOPSLA 2014): a test that fails names its seed and fails again.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
