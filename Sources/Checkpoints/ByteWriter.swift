/// Writes numbers and arrays as little-endian bytes, without padding; ``ByteReader`` reads them back.
///
///     var writer = ByteWriter()
///     writer.write(UInt32(3))
///     writer.write([1.5, 2.5] as [Float])   // count as UInt64, then the elements at memcpy speed
public struct ByteWriter: Sendable {
  /// What has been written so far.
  public private(set) var bytes: [UInt8] = []

  /// An empty writer with room for `bytes` bytes.
  public init(reserving bytes: Int = 0) {
    self.bytes.reserveCapacity(bytes)
  }

  @usableFromInline
  mutating func append(_ raw: UnsafeRawBufferPointer) {
    unsafe bytes.append(contentsOf: raw)
  }

  /// Writes a number in its own width.
  @inlinable
  public mutating func write(_ value: some FixedWidthValue) {
    // SAFETY: the value is bitwise copyable; its bytes are copied before the closure returns.
    unsafe withUnsafeBytes(of: value) { unsafe append($0) }
  }

  /// Writes one byte, 0 or 1.
  @inlinable
  public mutating func write(_ value: Bool) {
    write(value ? 1 : 0 as UInt8)
  }

  /// Writes the count as `UInt64`, then the elements, copied in one piece. Ids and other byte strings go this way too.
  @inlinable
  public mutating func write<Element: FixedWidthValue>(_ values: [Element]) {
    write(UInt64(values.count))
    // SAFETY: the elements are bitwise copyable without padding; they are copied before the closure returns.
    unsafe values.withUnsafeBytes { unsafe append($0) }
  }

  /// Writes the count as `UInt64`, then the elements, copied in one piece.
  @inlinable
  public mutating func write<Element: FixedWidthValue>(_ values: ArraySlice<Element>) {
    write(UInt64(values.count))
    // SAFETY: as for arrays.
    unsafe values.withUnsafeBytes { unsafe append($0) }
  }

  /// Writes the elements without their count, for layouts that fix it elsewhere.
  @inlinable
  public mutating func write<Element: FixedWidthValue>(uncounted values: Span<Element>) {
    // SAFETY: as for arrays.
    unsafe values.withUnsafeBytes { unsafe append($0) }
  }
}
