/// What is due when: a binary heap by time, and by order of entry among things due at the same time.
struct Agenda<Entry: Sendable>: Sendable {
  private struct Slot: Sendable {
    var time: Int64
    var number: UInt64
    var entry: Entry

    static func < (left: Slot, right: Slot) -> Bool {
      (left.time, left.number) < (right.time, right.number)
    }
  }

  private var slots: [Slot] = []
  private var entries: UInt64 = 0

  mutating func add(_ entry: Entry, at time: Int64) {
    slots.append(Slot(time: time, number: entries, entry: entry))
    entries += 1
    var child = slots.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard slots[child] < slots[parent] else { break }
      slots.swapAt(child, parent)
      child = parent
    }
  }

  /// Takes out the earliest entry that is due at `now` or before.
  mutating func next(dueAt now: Int64) -> (time: Int64, entry: Entry)? {
    guard let first = slots.first, first.time <= now else { return nil }
    slots.swapAt(0, slots.count - 1)
    slots.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < slots.count && slots[child] < slots[least] {
        least = child
      }
      if least == parent { break }
      slots.swapAt(parent, least)
      parent = least
    }
    return (first.time, first.entry)
  }
}
