/// The hash by which Kafka's default partitioners for Java, and `murmur2_random` of librdkafka, place a key.
///
/// MurmurHash2, 32 bit, by Austin Appleby, with the seed that Kafka chose.
public enum Murmur2 {
  /// The hash of some bytes.
  public static func hash(_ bytes: Span<UInt8>) -> UInt32 {
    let multiplier: UInt32 = 0x5bd1_e995
    var hash = 0x9747_b28c ^ UInt32(truncatingIfNeeded: bytes.count)
    var index = 0
    while index + 4 <= bytes.count {
      var word =
        UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2]) << 16
        | UInt32(bytes[index + 3]) << 24
      word &*= multiplier
      word ^= word >> 24
      word &*= multiplier
      hash = (hash &* multiplier) ^ word
      index += 4
    }
    let rest = bytes.count - index
    if rest > 0 {
      for byte in 0..<rest {
        hash ^= UInt32(bytes[index + byte]) << (8 * UInt32(byte))
      }
      hash &*= multiplier
    }
    hash ^= hash >> 13
    hash &*= multiplier
    return hash ^ (hash >> 15)
  }

  /// The partition a key goes to, of `count`. A null key, which has no hash, goes anywhere.
  public static func partition(of key: Span<UInt8>, count: Int) -> Int {
    precondition(count > 0, "count must be positive, is \(count)")
    return Int(hash(key) & 0x7fff_ffff) % count
  }
}
