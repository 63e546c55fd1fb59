private import CXXHash

/// The bytes of one row, gathered for its hash.
@safe struct RowContent: ~Copyable {
  // SAFETY: `capacity` bytes, owned by this value and freed by its deinit.
  private var base: UnsafeMutableRawPointer
  private var capacity = 4096
  private var count = 0

  /// The table that a row is hashed for; a key, so that a user and an item of one id differ.
  enum Table: UInt64 {
    case user = 0x7573_6572, item = 0x6974_656d, tag = 0x0074_6167, ring = 0x7269_6e67, scalars = 0x7363_616c, ranker =
      0x7261_6e6b
  }

  /// So many rows ahead of the one being hashed the cache is asked for them: half a kilobyte each, which a hash takes longer to go
  /// over than memory to deliver.
  static let rowsAhead = 4

  init() {
    unsafe base = .allocate(byteCount: capacity, alignment: 16)
  }

  deinit {
    unsafe base.deallocate()
  }

  mutating func removeAll() { count = 0 }

  @inline(__always)
  private mutating func reserve(_ more: Int) {
    if count + more > capacity { grow(more) }
  }

  private mutating func grow(_ more: Int) {
    let larger = max(capacity * 2, count + more)
    // SAFETY: the old bytes are copied before their memory is freed.
    let memory = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
    unsafe memory.copyMemory(from: base, byteCount: count)
    unsafe base.deallocate()
    unsafe base = memory
    capacity = larger
  }

  /// Appends a value as it lies in memory: little-endian on every machine this compiles for. Types without padding only.
  @inline(__always)
  mutating func append<Value: BitwiseCopyable>(_ value: Value) {
    let size = MemoryLayout<Value>.size
    reserve(size)
    // SAFETY: there is room for `size` bytes at `count`.
    unsafe (base + count).storeBytes(of: value, as: Value.self)
    count += size
  }

  mutating func append(_ bytes: Span<UInt8>) {
    // SAFETY: the span's bytes, for the duration of the call.
    unsafe bytes.withUnsafeBytes { unsafe append($0) }
  }

  /// Appends bytes as they lie in memory, which is not this value's own.
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress else { return }
    let size = bytes.count
    reserve(size)
    // SAFETY: there is room for `size` bytes at `count`.
    unsafe (base + count).copyMemory(from: source, byteCount: size)
    count += size
  }

  /// Appends the hash of an array that is too long to be copied.
  mutating func append(hashOf values: [Float]) {
    // SAFETY: the array's bytes, for the duration of the call.
    let hash = unsafe values.withUnsafeBytes { unsafe woonkly_xxh3_128($0.baseAddress, $0.count, 0) }
    append(hash.low)
    append(hash.high)
  }

  /// Appends a row's weights, then its accumulators.
  mutating func append(_ row: EmbeddingRow) {
    reserve(EmbeddingTable.rowBytes)
    // SAFETY: there is room for a row's bytes at `count`.
    unsafe row.copy(to: base + count)
    count += EmbeddingTable.rowBytes
  }

  /// The hash of the bytes gathered so far.
  func hash(_ table: Table) -> UInt128 {
    // SAFETY: the first `count` bytes are initialized.
    let hash = unsafe woonkly_xxh3_128(base, count, table.rawValue)
    return UInt128(hash.high) << 64 | UInt128(hash.low)
  }
}
