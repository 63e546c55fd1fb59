/// Writes.
public struct ByteWriter: Sendable {
  /// The bytes.
  public private(set) var bytes: [UInt8] = []
  /// Empty.
  public init() {}
  /// Integer.
  public mutating func write<I: FixedWidthInteger>(_ value: I) {
    for shift in 0..<I.bitWidth / 8 { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * shift))) }
  }
  /// Float.
  public mutating func write(_ value: Float) { write(value.bitPattern) }
  /// Double.
  public mutating func write(_ value: Double) { write(value.bitPattern) }
  /// Count, then bytes.
  public mutating func write(prefixed value: [UInt8]) {
    write(UInt32(value.count))
    bytes += value
  }
  /// Count, then values.
  public mutating func write(_ values: [UInt32]) { bulk(values) }
  /// Count, then values.
  public mutating func write(_ values: [UInt64]) { bulk(values) }
  /// Count, then values.
  public mutating func write(_ values: [Float]) { bulk(values) }
  private mutating func bulk<T: BitwiseCopyable>(_ values: [T]) {
    write(UInt64(values.count))
    // SAFETY: copied.
    unsafe values.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
  }
}
