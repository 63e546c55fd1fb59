import CXXHash

/// XXH3, the hash behind every checksum and digest. Not cryptographic: it finds accidents, not forgeries.
///
/// The result depends on the bytes and the seed alone, on every machine. Memory speed on long inputs, a few nanoseconds
/// on ids.
public enum Hash {
  /// 64 bits over `bytes`.
  public static func xxh3(_ bytes: Span<UInt8>, seed: UInt64 = 0) -> UInt64 {
    // SAFETY: the hash reads exactly the span's bytes, during the call only; an empty span is not dereferenced.
    unsafe bytes.withUnsafeBufferPointer { unsafe woonkly_xxh3_64($0.baseAddress, $0.count, seed) }
  }

  /// 128 bits over `bytes`.
  public static func xxh3_128(_ bytes: Span<UInt8>, seed: UInt64 = 0) -> UInt128 {
    // SAFETY: as above.
    let hash = unsafe bytes.withUnsafeBufferPointer { unsafe woonkly_xxh3_128($0.baseAddress, $0.count, seed) }
    return UInt128(hash.high) << 64 | UInt128(hash.low)
  }
}
