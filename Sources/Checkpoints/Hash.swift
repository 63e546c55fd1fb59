internal import CXXHash

/// XXH3 (Collet, xxHash 0.8): checksums of what lies on disk and digests of what was learned. Not cryptographic.
public enum Hash {
  /// 64 bits over `bytes`, keyed by `seed`. O(bytes), at about the speed of memory.
  public static func xxh3(_ bytes: Span<UInt8>, seed: UInt64) -> UInt64 {
    // SAFETY: the pointer is used within the closure only.
    unsafe bytes.withUnsafeBytes { unsafe woonkly_xxh3_64($0.baseAddress, $0.count, seed) }
  }

  /// 128 bits over `bytes`, keyed by `seed`. O(bytes).
  public static func xxh3_128(_ bytes: Span<UInt8>, seed: UInt64) -> UInt128 {
    // SAFETY: the pointer is used within the closure only.
    let hash = unsafe bytes.withUnsafeBytes { unsafe woonkly_xxh3_128($0.baseAddress, $0.count, seed) }
    return UInt128(hash.high) << 64 | UInt128(hash.low)
  }
}
