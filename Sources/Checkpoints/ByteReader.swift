/// Reads what ``ByteWriter`` wrote. Trusts nothing: a count is checked against what is left before anything is allocated.
public struct ByteReader: Sendable {
  private let bytes: [UInt8]
  private var next: Int
  private let end: Int

  /// Reads from the start of `bytes`.
  public init(_ bytes: [UInt8]) {
    self.init(bytes, in: bytes.indices)
  }

  /// Reads the part of `bytes` in `range`.
  public init(_ bytes: [UInt8], in range: Range<Int>) {
    self.bytes = bytes
    next = range.lowerBound
    end = range.upperBound
  }

  /// The number of bytes not yet read.
  public var remaining: Int { end - next }

  private mutating func take(_ count: Int) throws(CheckpointError) -> Range<Int> {
    guard count >= 0, count <= remaining else { throw .truncated }
    defer { next += count }
    return next..<next + count
  }

  private mutating func integer<Value: FixedWidthInteger & BitwiseCopyable>(_: Value.Type) throws(CheckpointError)
    -> Value
  {
    let range = try take(MemoryLayout<Value>.size)
    // SAFETY: `take` has checked that the range lies within the bytes; every bit pattern is an integer.
    let value = unsafe bytes.withUnsafeBytes {
      unsafe $0.loadUnaligned(fromByteOffset: range.lowerBound, as: Value.self)
    }
    return Value(littleEndian: value)
  }

  /// Reads a number. All of these throw ``CheckpointError/truncated`` where the bytes end too early.
  public mutating func readUInt8() throws(CheckpointError) -> UInt8 { try integer(UInt8.self) }
  /// Reads a number.
  public mutating func readUInt16() throws(CheckpointError) -> UInt16 { try integer(UInt16.self) }
  /// Reads a number.
  public mutating func readUInt32() throws(CheckpointError) -> UInt32 { try integer(UInt32.self) }
  /// Reads a number.
  public mutating func readUInt64() throws(CheckpointError) -> UInt64 { try integer(UInt64.self) }
  /// Reads a number.
  public mutating func readUInt128() throws(CheckpointError) -> UInt128 { try integer(UInt128.self) }
  /// Reads a number.
  public mutating func readInt32() throws(CheckpointError) -> Int32 { try integer(Int32.self) }
  /// Reads a number.
  public mutating func readInt64() throws(CheckpointError) -> Int64 { try integer(Int64.self) }
  /// Reads a number, which may be any bit pattern.
  public mutating func readFloat() throws(CheckpointError) -> Float { Float(bitPattern: try readUInt32()) }
  /// Reads a number, which may be any bit pattern.
  public mutating func readDouble() throws(CheckpointError) -> Double { Double(bitPattern: try readUInt64()) }

  /// Reads a count of 32 bits and as many bytes.
  public mutating func readPrefixed() throws(CheckpointError) -> [UInt8] {
    Array(bytes[try take(Int(try readUInt32()))])
  }

  /// Reads as many bytes.
  public mutating func readRaw(_ count: Int) throws(CheckpointError) -> [UInt8] { Array(bytes[try take(count)]) }

  /// Reads a count of 64 bits and as many numbers. At the speed of copying memory.
  public mutating func readFloats() throws(CheckpointError) -> [Float] { try bulk(Float.self) }
  /// Reads a count of 64 bits and as many numbers.
  public mutating func readDoubles() throws(CheckpointError) -> [Double] { try bulk(Double.self) }
  /// Reads a count of 64 bits and as many numbers.
  public mutating func readUInt16s() throws(CheckpointError) -> [UInt16] { try bulk(UInt16.self) }
  /// Reads a count of 64 bits and as many numbers.
  public mutating func readUInt32s() throws(CheckpointError) -> [UInt32] { try bulk(UInt32.self) }
  /// Reads a count of 64 bits and as many numbers.
  public mutating func readUInt64s() throws(CheckpointError) -> [UInt64] { try bulk(UInt64.self) }
  /// Reads a count of 64 bits and as many numbers.
  public mutating func readInt64s() throws(CheckpointError) -> [Int64] { try bulk(Int64.self) }

  private mutating func bulk<Value: BitwiseCopyable>(_: Value.Type) throws(CheckpointError) -> [Value] {
    requireLittleEndian()
    let count = try readUInt64()
    let stride = MemoryLayout<Value>.stride
    guard count <= UInt64(remaining / stride) else { throw .truncated }
    let range = try take(Int(count) * stride)
    // SAFETY: as many bytes are copied as the array has room for, from within `bytes`; every bit pattern is a number.
    return unsafe Array(unsafeUninitializedCapacity: Int(count)) { buffer, initialized in
      unsafe bytes.withUnsafeBytes { source in
        unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(from: UnsafeRawBufferPointer(rebasing: source[range]))
      }
      initialized = Int(count)
    }
  }

  /// Checks that everything was read.
  /// - Throws: ``CheckpointError/malformed(_:)``.
  public func finish() throws(CheckpointError) {
    guard remaining == 0 else { throw .malformed("\(remaining) bytes too many") }
  }
}
