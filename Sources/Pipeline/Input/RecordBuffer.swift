import Checkpoints
public import FeedEvents

/// One record in a ``RecordBuffer``: where it stood in the log, and where its bytes are in the buffer.
public struct BufferedRecord: Sendable {
  /// The offset in its partition.
  public let offset: Int64
  /// Milliseconds since 1970, or -1 when the broker keeps none.
  public let timestamp: Int64
  /// The key's place in the buffer's bytes; nil: null key.
  public let key: Range<Int>?
  /// The value's place in the buffer's bytes; nil: null value.
  public let value: Range<Int>?
  /// The value's whole length. Larger than `value` where the value was cut.
  public let valueByteCount: Int
  /// The record's headers.
  public let headers: [RecordHeader]
  /// The hash of key and value, whole ones.
  public let hash: UInt128
}

/// The records polled for one epoch, in one allocation, by input.
///
/// Kafka's memory is borrowed for the length of one poll; here the bytes are owned. A value longer than
/// ``valueLimitBytes`` is hashed whole but kept cut: it can only become a dead letter.
public struct RecordBuffer: Sendable {
  /// The longest value that can be decoded, 1 MiB: the largest event seen is far below, and a decoder that is given 10 MB
  /// is stopped for seconds.
  public static let valueLimitBytes = RecordLimits.payloadLimitBytes
  /// How much of a longer value is kept, for its dead letter: one byte more than that keeps, so that it says it was cut.
  public static let keptBytesOfLongValue = RecordLimits.deadLetterPartLimitBytes + 1

  /// The bytes that the records' ranges point into.
  public private(set) var bytes: [UInt8] = []
  /// The records by input, in offset order.
  public private(set) var records: [[BufferedRecord]]
  /// The number of records.
  public private(set) var count = 0
  /// Records that were delivered again and left out.
  public private(set) var redelivered = 0
  private var expected: [Int64]
  private let hashes: Bool

  /// An empty buffer for inputs whose next offsets are `expected`.
  public init(expecting expected: [Int64]) { self.init(expecting: expected, hashing: true) }

  /// The same; without hashes only where a benchmark asks what they cost.
  init(expecting expected: [Int64], hashing hashes: Bool) {
    self.expected = expected
    self.hashes = hashes
    self.records = Array(repeating: [], count: expected.count)
  }

  /// The next offset per input: one past the last record taken in.
  public var nextOffsets: [Int64] { expected }

  /// Takes in one record. A record below the expected offset is counted and left out: librdkafka 2.0.2 can deliver again
  /// after it has validated its offsets.
  public mutating func append(
    input: Int, offset: Int64, timestamp: Int64, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
    headers: [RecordHeader] = []
  ) {
    guard offset >= expected[input] else {
      redelivered += 1
      return
    }
    expected[input] = offset + 1
    let hash = hashes ? unsafe Hash.record(key: key, value: value) : 0
    let keyRange = unsafe copy(key, limit: Self.keptBytesOfLongValue)
    let valueByteCount = unsafe value?.count ?? 0
    let limit = valueByteCount > Self.valueLimitBytes ? Self.keptBytesOfLongValue : Self.valueLimitBytes
    let valueRange = unsafe copy(value, limit: limit)
    records[input].append(
      BufferedRecord(
        offset: offset, timestamp: timestamp, key: keyRange, value: valueRange, valueByteCount: valueByteCount,
        headers: headers, hash: hash))
    count += 1
  }

  /// Notes records that were delivered again and left out before they came here.
  public mutating func count(redelivered records: Int) { redelivered += records }

  /// Takes in one record whose key and value are arrays.
  public mutating func append(
    input: Int, offset: Int64, timestamp: Int64, key: [UInt8]?, value: [UInt8]?, headers: [RecordHeader] = []
  ) {
    // SAFETY: the pointers are used only inside the closures, while the arrays are alive and unchanged.
    unsafe Self.borrow(key) { key in
      unsafe Self.borrow(value) { value in
        unsafe append(input: input, offset: offset, timestamp: timestamp, key: key, value: value, headers: headers)
      }
    }
  }

  private static func borrow(_ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) -> Void) {
    // SAFETY: the pointer does not leave the closure.
    if let bytes { unsafe bytes.withUnsafeBytes { unsafe body($0) } } else { body(nil) }
  }

  private mutating func copy(_ source: UnsafeRawBufferPointer?, limit: Int) -> Range<Int>? {
    guard let source = unsafe source else { return nil }
    let start = bytes.count
    // SAFETY: the caller keeps `source` alive and unchanged for the length of `append`.
    unsafe bytes.append(contentsOf: source.prefix(limit))
    return start..<bytes.count
  }

  /// The bytes of a key or value.
  public func slice(_ range: Range<Int>?) -> [UInt8]? {
    range.map { Array(bytes[$0]) }
  }

  /// Takes the records below `ends` (per input) out, in a buffer of their own; the rest stays.
  /// Complexity: O(the smaller part that is copied), nothing is copied when everything goes.
  public mutating func take(below ends: [Int64]) -> RecordBuffer {
    let goes = records.indices.map { input in
      records[input].firstIndex { $0.offset >= ends[input] } ?? records[input].count
    }
    var rest = RecordBuffer(expecting: expected, hashing: hashes)
    for input in records.indices {
      for record in records[input][goes[input]...] {
        rest.adopt(record, from: self, input: input)
      }
    }
    var taken = self
    self = rest
    for input in taken.records.indices {
      taken.count -= taken.records[input].count - goes[input]
      taken.records[input].removeSubrange(goes[input]...)
      taken.expected[input] = ends[input]
    }
    return taken
  }

  private mutating func adopt(_ record: BufferedRecord, from other: RecordBuffer, input: Int) {
    func move(_ range: Range<Int>?) -> Range<Int>? {
      guard let range else { return nil }
      let start = bytes.count
      bytes.append(contentsOf: other.bytes[range])
      return start..<bytes.count
    }
    let key = move(record.key)
    let value = move(record.value)
    records[input].append(
      BufferedRecord(
        offset: record.offset, timestamp: record.timestamp, key: key, value: value,
        valueByteCount: record.valueByteCount, headers: record.headers, hash: record.hash))
    count += 1
  }
}

extension Hash {
  /// The hash of one record's key and value; null differs from empty.
  static func record(key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?) -> UInt128 {
    // SAFETY: the caller keeps both alive for the length of this call.
    let keyHash = unsafe key.map { unsafe xxh3(Span(_unsafeBytes: $0), seed: 1) } ?? 0
    let valueHash = unsafe value.map { unsafe xxh3_128(Span(_unsafeBytes: $0), seed: keyHash) }
    return valueHash ?? (UInt128(keyHash) &+ 1)
  }
}
