/// The last 65,536 positives: what negatives are drawn from, so that items come up as often as they are liked now.
struct PositiveRing {
  /// The most positives remembered.
  static let capacity = 65_536

  /// Item serials, in the order in which they came until the ring is full; then `head` is the oldest.
  private(set) var serials: [UInt32] = []
  private(set) var head = 0

  init() {}

  /// A ring as a checkpoint has it.
  init(serials: [UInt32], head: Int) {
    self.serials = serials
    self.head = head
  }

  /// The number of positives remembered.
  var count: Int { serials.count }

  @inline(__always)
  subscript(index: Int) -> UInt32 { serials[index] }

  /// Remembers a positive and returns the one it replaces, once the ring is full.
  mutating func append(_ serial: UInt32) -> UInt32? {
    guard serials.count == Self.capacity else {
      serials.append(serial)
      return nil
    }
    let oldest = serials[head]
    serials[head] = serial
    head = (head + 1) % Self.capacity
    return oldest
  }
}
