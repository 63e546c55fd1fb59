/// Reads.
public struct ByteReader: Sendable {
  private var bytes: ArraySlice<UInt8>
  /// From.
  public init(_ bytes: [UInt8]) { self.bytes = bytes[...] }
  private mutating func read<I: FixedWidthInteger>(_: I.Type) throws(CheckpointError) -> I {
    let n = I.bitWidth / 8
    guard bytes.count >= n else { throw .truncated }
    var v: I = 0
    for (i, b) in bytes.prefix(n).enumerated() { v |= I(truncatingIfNeeded: b) << (8 * i) }
    bytes = bytes.dropFirst(n)
    return v
  }
  /// Reads.
  public mutating func readUInt8() throws(CheckpointError) -> UInt8 { try read(UInt8.self) }
  /// Reads.
  public mutating func readUInt16() throws(CheckpointError) -> UInt16 { try read(UInt16.self) }
  /// Reads.
  public mutating func readUInt32() throws(CheckpointError) -> UInt32 { try read(UInt32.self) }
  /// Reads.
  public mutating func readUInt64() throws(CheckpointError) -> UInt64 { try read(UInt64.self) }
  /// Reads.
  public mutating func readInt32() throws(CheckpointError) -> Int32 { try read(Int32.self) }
  /// Reads.
  public mutating func readInt64() throws(CheckpointError) -> Int64 { try read(Int64.self) }
  /// Reads.
  public mutating func readUInt128() throws(CheckpointError) -> UInt128 { try read(UInt128.self) }
  /// Reads.
  public mutating func readFloat() throws(CheckpointError) -> Float { Float(bitPattern: try readUInt32()) }
  /// Reads.
  public mutating func readDouble() throws(CheckpointError) -> Double { Double(bitPattern: try readUInt64()) }
  /// Reads.
  public mutating func readPrefixed() throws(CheckpointError) -> [UInt8] {
    let n = Int(try readUInt32())
    guard bytes.count >= n else { throw .truncated }
    defer { bytes = bytes.dropFirst(n) }
    return Array(bytes.prefix(n))
  }
  /// Nothing may remain.
  public func finish() throws(CheckpointError) {
    guard bytes.isEmpty else { throw .malformed("bytes remain") }
  }
}

extension ByteReader {
  /// Reads.
  public mutating func readUInt32s() throws(CheckpointError) -> [UInt32] { 
    let n = Int(try readUInt64())
    var a: [UInt32] = []
    for _ in 0..<n { a.append(try readUInt32()) }
    return a
  }
  /// Reads.
  public mutating func readFloats() throws(CheckpointError) -> [Float] { 
    let n = Int(try readUInt64())
    var a: [Float] = []
    for _ in 0..<n { a.append(try readFloat()) }
    return a
  }
}
