private import CXXHash

/// XXH3.
public enum Hash {
  /// 64 bits.
  public static func xxh3(_ bytes: Span<UInt8>, seed: UInt64) -> UInt64 {
    // SAFETY: the buffer is used within the closure only.
    unsafe bytes.withUnsafeBytes { unsafe woonkly_xxh3_64($0.baseAddress, $0.count, seed) }
  }
  /// 128 bits.
  public static func xxh3_128(_ bytes: Span<UInt8>, seed: UInt64) -> UInt128 {
    // SAFETY: the buffer is used within the closure only.
    let hash = unsafe bytes.withUnsafeBytes { unsafe woonkly_xxh3_128($0.baseAddress, $0.count, seed) }
    return UInt128(hash.high) << 64 | UInt128(hash.low)
  }
}
