internal import Checkpoints

/// Leads from ids, which are bytes, to rows.
///
/// Open addressing with linear probing over a table of 8-byte slots: 32 bits of the id's hash, 32 bits of row + 1. Ids are
/// compared byte by byte (two spellings of "é" are two ids), and the hash is keyed, so that nobody can choose ids that
/// collide without knowing the seed. The order of slots is never observed.
struct IdentifierMap: ~Copyable {
  private var slots: [UInt64]
  private var bytes: [UInt8] = []
  /// Per row: where its id begins in `bytes` (48 bits) and its length (16 bits); 0 for a row without id.
  private var locations: [UInt64] = []
  private var garbage = 0
  private let hashKey: UInt64
  /// The number of rows that have an id.
  private(set) var count = 0

  /// Ids are 1...256 bytes long.
  static let lengthRange = 1...256

  init(hashKey: UInt64) {
    self.hashKey = hashKey
    slots = Array(repeating: 0, count: 64)
  }

  /// The number of rows that have or had an id.
  var rowCount: Int { locations.count }

  /// The bytes of all ids that have a row.
  var byteCount: Int { bytes.count - garbage }
  /// The number of slots.
  var slotCount: Int { slots.count }
  /// The bytes that ids take, those of removed ones and room to grow included.
  var storedBytes: Int { bytes.capacity }

  @inline(__always)
  private func hash(_ id: Span<UInt8>) -> UInt32 { UInt32(truncatingIfNeeded: Hash.xxh3(id, seed: hashKey)) }

  /// The row of `id`. Expected O(1).
  func row(of id: Span<UInt8>) -> Int? {
    slot(of: id, hash: hash(id)).map { Int(UInt32(truncatingIfNeeded: slots[$0])) - 1 }
  }

  private func slot(of id: Span<UInt8>, hash: UInt32) -> Int? {
    let mask = slots.count - 1
    var index = Int(hash) & mask
    while slots[index] != 0 {
      let slot = slots[index]
      if UInt32(truncatingIfNeeded: slot >> 32) == hash, isEqual(Int(UInt32(truncatingIfNeeded: slot)) - 1, id) {
        return index
      }
      index = (index + 1) & mask
    }
    return nil
  }

  private func isEqual(_ row: Int, _ id: Span<UInt8>) -> Bool {
    let (start, length) = location(row)
    guard length == id.count else { return false }
    return bytes.span.extracting(start..<start + length).isEqual(id)
  }

  @inline(__always)
  private func location(_ row: Int) -> (start: Int, length: Int) {
    let packed = locations[row]
    return (Int(packed >> 16), Int(packed & 0xFFFF))
  }

  /// True if `row` has an id.
  func isLive(_ row: Int) -> Bool { row < locations.count && locations[row] != 0 }

  /// The id of `row`, empty if it has none.
  func identifier(of row: Int) -> [UInt8] {
    let (start, length) = location(row)
    return Array(bytes[start..<start + length])
  }

  /// A copy of all ids, rows without one being empty.
  func arena() -> IdentifierArena {
    var arena = IdentifierArena()
    arena.reserve(rows: rowCount, bytes: bytes.count - garbage)
    for row in 0..<rowCount { withIdentifier(of: row) { _ = arena.append($0) } }
    return arena
  }

  /// Calls `body` with the id of `row`.
  @inline(__always)
  func withIdentifier<Result>(of row: Int, _ body: (Span<UInt8>) -> Result) -> Result {
    let (start, length) = location(row)
    return body(bytes.span.extracting(start..<start + length))
  }

  /// Gives `row` the id `id`, which has no row yet. Rows are given out in sequence, or again once removed.
  mutating func insert(_ id: Span<UInt8>, row: Int) {
    precondition(Self.lengthRange.contains(id.count), "an id has 1 to 256 bytes, not \(id.count)")
    precondition(row <= locations.count && !isLive(row), "row \(row) cannot be given out")
    // At most 5/8 full: an unsuccessful search then looks at 4 slots on average.
    if (count + 1) * 8 > slots.count * 5 { grow() }
    if garbage > 1024, garbage * 4 > bytes.count { compact() }
    // Grows by a quarter: ids are a large part of a row.
    if bytes.count + id.count > bytes.capacity { bytes.reserveCapacity(bytes.count + max(4096, bytes.count / 4)) }
    let packed = UInt64(bytes.count) << 16 | UInt64(id.count)
    for index in id.indices { bytes.append(id[index]) }
    if row == locations.count { locations.append(packed) } else { locations[row] = packed }
    place(UInt64(hash(id)) << 32 | UInt64(row + 1))
    count += 1
  }

  /// Leaves the next row without an id.
  mutating func skip(_ row: Int) {
    precondition(row == locations.count, "rows are given out in sequence")
    locations.append(0)
  }

  private mutating func place(_ slot: UInt64) {
    let mask = slots.count - 1
    var index = Int(slot >> 32) & mask
    while slots[index] != 0 { index = (index + 1) & mask }
    slots[index] = slot
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: 0, count: old.count * 2)
    for slot in old where slot != 0 { place(slot) }
  }

  /// Takes the id away from its row and returns the row; nil if it has none.
  mutating func remove(_ id: Span<UInt8>) -> Int? {
    guard var hole = slot(of: id, hash: hash(id)) else { return nil }
    let row = Int(UInt32(truncatingIfNeeded: slots[hole])) - 1
    garbage += location(row).length
    locations[row] = 0
    count -= 1
    // Later entries of the same run move up, so that no tombstones are needed.
    let mask = slots.count - 1
    var index = (hole + 1) & mask
    while slots[index] != 0 {
      let home = Int(slots[index] >> 32) & mask
      if (index - home) & mask >= (index - hole) & mask {
        slots[hole] = slots[index]
        hole = index
      }
      index = (index + 1) & mask
    }
    slots[hole] = 0
    return row
  }

  /// Takes the id away from `row`, which has one.
  mutating func remove(row: Int) {
    let id = identifier(of: row)
    precondition(remove(id.span) == row, "row \(row) has no id")
  }

  private mutating func compact() {
    var packed: [UInt8] = []
    packed.reserveCapacity(bytes.count - garbage)
    for row in locations.indices where locations[row] != 0 {
      let (start, length) = location(row)
      locations[row] = UInt64(packed.count) << 16 | UInt64(length)
      packed += bytes[start..<start + length]
    }
    bytes = packed
    garbage = 0
  }
}

extension Span<UInt8> {
  /// Whether the other has the same bytes. Eight at a time: ids of users and items are mostly longer than that.
  @inline(__always)
  func isEqual(_ other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    // SAFETY: eight bytes from `place` on and every byte from there to the end lie within both, which are `count` long.
    return unsafe withUnsafeBytes { left in
      unsafe other.withUnsafeBytes { right in
        var place = 0
        while place + 8 <= left.count {
          let one = unsafe left.loadUnaligned(fromByteOffset: place, as: UInt64.self)
          guard unsafe one == right.loadUnaligned(fromByteOffset: place, as: UInt64.self) else { return false }
          place += 8
        }
        while place < left.count {
          guard unsafe left[place] == right[place] else { return false }
          place += 1
        }
        return true
      }
    }
  }
}
