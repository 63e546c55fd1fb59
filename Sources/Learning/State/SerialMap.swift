/// Leads from the serials of items to their rows, once the two differ.
///
/// Open addressing with linear probing over 8-byte slots, serial above row, at most half full: most of those who ask have the
/// serial of an item that is gone. Serials are given out in sequence, which multiplying by 2⁶⁴/φ spreads evenly (Knuth, *The Art of
/// Computer Programming* 3, §6.4). The order of slots is never observed.
struct SerialMap: ~Copyable {
  private static var empty: UInt64 { .max }
  private static var leastCapacityLog2: Int { 6 }

  private var slots = FixedBuffer<UInt64>(repeating: empty, capacity: 1 << leastCapacityLog2)
  private var capacityLog2 = leastCapacityLog2
  /// The number of serials that have a row.
  private(set) var count = 0

  init() {}

  /// The number of slots.
  var capacity: Int { slots.capacity }

  @inline(__always)
  private func home(_ serial: UInt32) -> Int {
    Int(truncatingIfNeeded: (UInt64(serial) &* 0x9E37_79B9_7F4A_7C15) &>> UInt64(64 - capacityLog2))
  }

  /// The row of a serial; nil if its item is gone.
  @inline(__always)
  func row(of serial: UInt32) -> Int? {
    let mask = slots.capacity - 1
    var index = home(serial)
    while true {
      let slot = slots[index]
      if slot == Self.empty { return nil }
      if UInt32(truncatingIfNeeded: slot &>> 32) == serial { return Int(UInt32(truncatingIfNeeded: slot)) }
      index = (index + 1) & mask
    }
  }

  /// Gives a serial that has none a row. No item has the serial ``UserLog/noSerial``.
  mutating func insert(_ serial: UInt32, row: Int) {
    if (count + 1) * 2 > slots.capacity { grow() }
    place(UInt64(serial) << 32 | UInt64(row))
    count += 1
  }

  private mutating func place(_ slot: UInt64) {
    let mask = slots.capacity - 1
    var index = home(UInt32(truncatingIfNeeded: slot >> 32))
    while slots[index] != Self.empty { index = (index + 1) & mask }
    slots[index] = slot
  }

  private mutating func grow() {
    var larger = FixedBuffer<UInt64>(repeating: Self.empty, capacity: slots.capacity * 2)
    swap(&slots, &larger)
    capacityLog2 += 1
    for index in 0..<larger.capacity where larger[index] != Self.empty { place(larger[index]) }
  }

  /// Takes a serial out, which has a row.
  mutating func remove(_ serial: UInt32) {
    let mask = slots.capacity - 1
    var hole = home(serial)
    while UInt32(truncatingIfNeeded: slots[hole] >> 32) != serial {
      precondition(slots[hole] != Self.empty, "the serial \(serial) has no row")
      hole = (hole + 1) & mask
    }
    // Later entries of the same run move up, so that no tombstones are needed.
    var index = (hole + 1) & mask
    while slots[index] != Self.empty {
      let distance = index - home(UInt32(truncatingIfNeeded: slots[index] >> 32))
      if distance & mask >= (index - hole) & mask {
        slots[hole] = slots[index]
        hole = index
      }
      index = (index + 1) & mask
    }
    slots[hole] = Self.empty
    count -= 1
  }
}
