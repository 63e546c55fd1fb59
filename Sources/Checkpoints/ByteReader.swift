/// Reads what ``ByteWriter`` wrote, trusting nothing.
///
/// Every count is compared with the bytes that remain before anything is allocated, so no input makes it allocate more
/// than the input's own size, read out of bounds, or trap.
public struct ByteReader: Sendable {
  @usableFromInline let bytes: ArraySlice<UInt8>
  @usableFromInline var consumed = 0

  /// A reader at the first of `bytes`. The bytes are shared, not copied.
  public init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
  }

  /// A reader at the first of `bytes`. The bytes are shared, not copied.
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes[...]
  }

  /// How many bytes are left.
  @inlinable public var remaining: Int { bytes.count - consumed }

  /// Reads a number of the type asked for.
  /// - Throws: ``CheckpointError/truncated`` if too few bytes remain.
  @inlinable
  public mutating func read<Value: FixedWidthValue>(_ type: Value.Type = Value.self) throws(CheckpointError) -> Value {
    guard remaining >= MemoryLayout<Value>.size else { throw .truncated }
    // SAFETY: the guard proves that the value lies inside the bytes, and every bit pattern is a value of its type.
    let value = unsafe bytes.withUnsafeBytes { unsafe $0.loadUnaligned(fromByteOffset: consumed, as: Value.self) }
    consumed += MemoryLayout<Value>.size
    return value
  }

  /// Reads one byte that must be 0 or 1.
  /// - Throws: ``CheckpointError/truncated``, ``CheckpointError/malformed(_:)``.
  @inlinable
  public mutating func read(_ type: Bool.Type = Bool.self) throws(CheckpointError) -> Bool {
    switch try read(UInt8.self) {
    case 0: return false
    case 1: return true
    case let other: throw .malformed("\(other) is no Boolean")
    }
  }

  /// Reads a count and as many elements, copied in one piece.
  /// - Throws: ``CheckpointError/truncated`` if fewer elements remain than the count says; the reader then stands where it
  ///   stood before.
  @inlinable
  public mutating func read<Element: FixedWidthValue>(
    _ type: [Element].Type = [Element].self
  ) throws(CheckpointError) -> [Element] {
    let start = consumed
    let count = try read(UInt64.self)
    // Divided, not multiplied: no product can overflow.
    guard count <= UInt64(remaining / MemoryLayout<Element>.stride) else {
      consumed = start
      throw .truncated
    }
    return try read(uncounted: Int(count))
  }

  /// Reads `count` elements that were written without their count.
  /// - Throws: ``CheckpointError/truncated`` if fewer remain.
  @inlinable
  public mutating func read<Element: FixedWidthValue>(
    uncounted count: Int, of type: Element.Type = Element.self
  ) throws(CheckpointError) -> [Element] {
    guard count >= 0, count <= remaining / MemoryLayout<Element>.stride else { throw .truncated }
    let length = count * MemoryLayout<Element>.stride
    let from = consumed
    // SAFETY: the guard proves that `length` bytes lie inside the source; the target has room for `count` elements, which
    // are fully initialized by the copy, and every bit pattern is a value of their type.
    let values = unsafe [Element](unsafeUninitializedCapacity: count) { target, initialized in
      unsafe bytes.withUnsafeBytes { source in
        unsafe UnsafeMutableRawBufferPointer(target).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: source[from..<from + length]))
      }
      initialized = count
    }
    consumed += length
    return values
  }

  /// Declares that everything has been read.
  /// - Throws: ``CheckpointError/malformed(_:)`` if bytes are left over.
  public func finish() throws(CheckpointError) {
    guard remaining == 0 else { throw .malformed("\(remaining) bytes left over") }
  }
}
