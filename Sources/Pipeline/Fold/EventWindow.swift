import Checkpoints

/// The last events of one input partition, so that one that is delivered again is known.
///
/// First in, first out by sequence number, which counts the events taken in since the log began; a duplicate takes none and
/// renews nothing. A ring holds the entries, a table with open addressing finds them.
///
///     sequence   … 4   5   6   7 │ 8 = next          a window of 4, which goes back to next - 4
///     ring        [4] [5] [6] [7]                     entry of sequence s at s modulo the ring's size; 0: forgotten
///     slots       32 bits of the entry, place in the ring + 1; 0: free. Twice as many as the ring has places
///
/// Memory: 32 bytes an event, 2 MiB in a full window of 65,536 (3 MiB while it grows for the last time), nothing in one that
/// never met an event id.
struct EventWindow: Sendable {
  /// The number of events after which a second delivery is no longer known. It costs 2 MiB a partition and holds what a
  /// producer sends again after a lost answer; twenty events a second in one partition fill it in 55 minutes, a partition that
  /// gets everything that one daemon can fold (60,000 a second) in one second.
  static let limitEvents = 65_536
  private static let smallestRing = 64

  /// How many events the window goes back. A power of two up to ``limitEvents``.
  let limit: Int
  /// The sequence number that the next event gets.
  private(set) var next: UInt64 = 0
  /// The sum of the entries' hashes, each with its sequence number, modulo 2¹²⁸.
  private var sum: UInt128 = 0
  private let partition: Int32
  private var ring: [UInt128] = []
  private var slots: [UInt64] = []

  /// An empty window. Allocates nothing.
  init(partition: Int32, limit: Int = Self.limitEvents) {
    precondition(Self.isAllowed(limit: limit), "a window goes back a power of two of events, not \(limit)")
    self.partition = partition
    self.limit = limit
  }

  private static func isAllowed(limit: Int) -> Bool {
    (1...limitEvents).contains(limit) && limit.nonzeroBitCount == 1
  }

  /// The sequence number that the window goes back to.
  private var oldest: UInt64 { next > UInt64(limit) ? next - UInt64(limit) : 0 }

  /// The entries from oldest to newest, 0 for one that was forgotten.
  var entries: [UInt128] { (oldest..<next).map { ring[place(of: $0)] } }

  /// What the window adds to a digest: nothing before its first event. O(1).
  var digest: UInt128 { next == 0 ? 0 : sum &+ hash(0, at: next) }

  /// The same from scratch. O(entries).
  func recomputedDigest() -> UInt128 {
    guard next > 0 else { return 0 }
    return (oldest..<next).reduce(hash(0, at: next)) { sum, sequence in
      let entry = ring[place(of: sequence)]
      return entry == 0 ? sum : sum &+ hash(entry, at: sequence)
    }
  }

  /// Takes in an event, which is not 0, unless it is there. Expected O(1), amortized over growth.
  /// - Returns: false for a duplicate, of which nothing is kept.
  mutating func admit(_ entry: UInt128) -> Bool {
    if slot(of: entry) != nil { return false }
    if next >= UInt64(limit) {
      drop(place(of: next - UInt64(limit)), at: next - UInt64(limit))
    } else if Int(next) == ring.count {
      grow()
    }
    put(entry, at: next)
    next += 1
    return true
  }

  /// Takes out every event whose upper half is `prefix`. O(entries).
  mutating func forget(prefix: UInt64) {
    for sequence in oldest..<next where UInt64(truncatingIfNeeded: ring[place(of: sequence)] >> 64) == prefix {
      drop(place(of: sequence), at: sequence)
    }
  }

  private func place(of sequence: UInt64) -> Int { Int(sequence) & (ring.count - 1) }

  private func hash(_ entry: UInt128, at sequence: UInt64) -> UInt128 {
    let content = (entry, sequence, Int64(partition))
    // SAFETY: 32 bytes without padding, read during the call only.
    return unsafe withUnsafeBytes(of: content) { Hash.xxh3_128(unsafe Span(_unsafeBytes: $0), seed: 0x6576_656E_7473) }
  }

  // MARK: Ring and table

  private mutating func put(_ entry: UInt128, at sequence: UInt64) {
    let place = place(of: sequence)
    ring[place] = entry
    sum &+= hash(entry, at: sequence)
    occupy(Self.tag(entry), place)
  }

  private mutating func drop(_ place: Int, at sequence: UInt64) {
    let entry = ring[place]
    guard entry != 0 else { return }
    sum &-= hash(entry, at: sequence)
    ring[place] = 0
    vacate(Self.tag(entry), place)
  }

  private mutating func grow() {
    ring += Array(repeating: 0, count: max(ring.count, min(Self.smallestRing, limit)))
    slots = Array(repeating: 0, count: ring.count * 2)
    // Nothing was ever dropped by age from a ring below the limit: places are the sequence numbers, and stay.
    for place in 0..<Int(next) where ring[place] != 0 { occupy(Self.tag(ring[place]), place) }
  }

  /// The bits of an entry that its slot keeps, the lowest of which say where the search begins.
  private static func tag(_ entry: UInt128) -> UInt32 { UInt32(truncatingIfNeeded: entry) }

  private func slot(of entry: UInt128) -> Int? {
    guard !slots.isEmpty else { return nil }
    let (mask, tag) = (slots.count - 1, Self.tag(entry))
    var index = Int(tag) & mask
    while slots[index] != 0 {
      let slot = slots[index]
      if UInt32(truncatingIfNeeded: slot >> 32) == tag, ring[Int(UInt32(truncatingIfNeeded: slot)) - 1] == entry {
        return index
      }
      index = (index + 1) & mask
    }
    return nil
  }

  private mutating func occupy(_ tag: UInt32, _ place: Int) {
    let mask = slots.count - 1
    var index = Int(tag) & mask
    while slots[index] != 0 { index = (index + 1) & mask }
    slots[index] = UInt64(tag) << 32 | UInt64(place + 1)
  }

  private mutating func vacate(_ tag: UInt32, _ place: Int) {
    let mask = slots.count - 1
    var hole = Int(tag) & mask
    while slots[hole] != UInt64(tag) << 32 | UInt64(place + 1) { hole = (hole + 1) & mask }
    // Later entries of the same run move up, so that no tombstones are needed.
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
  }
}

extension EventWindow {
  /// The window that had these entries and this next sequence number.
  /// - Throws: ``CheckpointError/malformed(_:)`` for what no window can have had.
  init(partition: Int32, limit: Int, next: UInt64, entries: [UInt128]) throws(CheckpointError) {
    guard Self.isAllowed(limit: limit) else { throw .malformed("a window of \(limit) events") }
    self.init(partition: partition, limit: limit)
    guard next > 0, next <= UInt64(Int64.max), UInt64(entries.count) == min(next, UInt64(limit)) else {
      throw .malformed("a window of events does not hold as many as it has taken in")
    }
    var size = min(Self.smallestRing, limit)
    while size < entries.count { size *= 2 }
    ring = Array(repeating: 0, count: size)
    slots = Array(repeating: 0, count: size * 2)
    self.next = next
    for (sequence, entry) in zip(next - UInt64(entries.count)..<next, entries) where entry != 0 {
      guard slot(of: entry) == nil else { throw .malformed("a window holds an event twice") }
      put(entry, at: sequence)
    }
  }
}
