/// Writes fixed-width values, little endian, one after the other. What it writes, ``ByteReader`` reads.
public struct ByteWriter: Sendable {
  /// What has been written.
  public private(set) var bytes: [UInt8] = []

  /// Nothing written yet.
  public init(capacity: Int = 0) {
    bytes.reserveCapacity(capacity)
  }

  /// Writes a whole number.
  public mutating func write(_ value: some FixedWidthInteger & BitwiseCopyable) {
    // SAFETY: any bytes of an integer may be looked at; they are copied before the closure ends.
    unsafe withUnsafeBytes(of: value.littleEndian) { unsafe bytes.append(contentsOf: $0) }
  }

  /// Writes the bit pattern.
  public mutating func write(_ value: Float) { write(value.bitPattern) }
  /// Writes the bit pattern.
  public mutating func write(_ value: Double) { write(value.bitPattern) }

  /// Writes a count of 32 bits and the bytes.
  public mutating func write(prefixed value: [UInt8]) {
    write(UInt32(value.count))
    bytes += value
  }

  /// Writes the bytes as they are.
  public mutating func write(raw value: some Collection<UInt8>) { bytes += value }

  /// Writes a count of 64 bits and the numbers. At the speed of copying memory.
  public mutating func write(_ values: [Float]) { bulk(values) }
  /// Writes a count of 64 bits and the numbers.
  public mutating func write(_ values: [Double]) { bulk(values) }
  /// Writes a count of 64 bits and the numbers.
  public mutating func write(_ values: [UInt16]) { bulk(values) }
  /// Writes a count of 64 bits and the numbers.
  public mutating func write(_ values: [UInt32]) { bulk(values) }
  /// Writes a count of 64 bits and the numbers.
  public mutating func write(_ values: [UInt64]) { bulk(values) }
  /// Writes a count of 64 bits and the numbers.
  public mutating func write(_ values: [Int64]) { bulk(values) }

  private mutating func bulk(_ values: [some BitwiseCopyable]) {
    requireLittleEndian()
    write(UInt64(values.count))
    // SAFETY: any bytes of a number may be looked at; they are copied before the closure ends.
    unsafe values.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
  }
}

/// Arrays are copied as they lie in memory. Every machine that the project is built for is little endian.
func requireLittleEndian() {
  precondition(1.littleEndian == 1, "checkpoints are written and read on little-endian machines only")
}
