/// A short list of item serials, oldest first, in memory that its owner frees.
@safe struct SerialList: BitwiseCopyable {
  // SAFETY: `capacity` serials in one allocation; nil while there is none.
  private var base: UnsafeMutablePointer<UInt32>?
  private var capacity: UInt16 = 0
  private var stored: UInt16 = 0

  init() {}

  /// The number of serials.
  @inline(__always)
  var count: Int { Int(stored) }

  /// How many serials fit without asking for memory.
  var room: Int { Int(capacity) }

  /// Frees the memory. Called once, by the owner, who drops the list afterwards.
  func destroy() {
    // SAFETY: allocated by `reserve`.
    unsafe base.map { unsafe $0.deallocate() }
  }

  /// The serial at `index`, 0 being the oldest.
  @inline(__always)
  subscript(index: Int) -> UInt32 {
    precondition(index >= 0 && index < count, "no such entry")
    // SAFETY: within the entries, checked above.
    return unsafe base.unsafelyUnwrapped[index]
  }

  /// Appends the serials, oldest first.
  func append(to content: inout RowContent) {
    // SAFETY: `count` serials from `base` on; where there is no memory the count is 0.
    unsafe content.append(UnsafeRawBufferPointer(start: base, count: count * MemoryLayout<UInt32>.size))
  }

  /// Appends a serial, after dropping the oldest ones if there would be more than `limit`.
  mutating func append(_ serial: UInt32, limit: Int) {
    while count >= limit { remove(at: 0) }
    if stored == capacity { reserve(min(count + max(4, count / 16 * 4), limit)) }
    // SAFETY: there is room for one more entry.
    unsafe base.unsafelyUnwrapped[count] = serial
    stored += 1
  }

  /// Takes out every occurrence of a serial.
  mutating func remove(_ serial: UInt32) {
    for index in (0..<count).reversed() where self[index] == serial { remove(at: index) }
    // What was shown often and then seen is not to be paid for ever.
    if capacity > 8, count * 2 < capacity { reserve(max(count, 4)) }
  }

  /// Takes out the oldest serial; there is one.
  mutating func removeOldest() { remove(at: 0) }

  private mutating func remove(at index: Int) {
    precondition(index >= 0 && index < count, "no such entry")
    let rest = count - index - 1
    // SAFETY: both ranges lie within the entries; `update` allows them to overlap.
    unsafe (base! + index).update(from: base! + index + 1, count: rest)
    stored -= 1
  }

  /// Takes over what a checkpoint has, into an empty list.
  mutating func restore(_ serials: ArraySlice<UInt32>) {
    precondition(count == 0, "a list is restored once")
    if !serials.isEmpty { reserve(serials.count) }
    // SAFETY: the memory was reserved for exactly these entries.
    for (index, serial) in serials.enumerated() { unsafe base.unsafelyUnwrapped[index] = serial }
    stored = UInt16(serials.count)
  }

  private mutating func reserve(_ capacity: Int) {
    // SAFETY: the old entries are copied before their memory is freed.
    let memory = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
    unsafe memory.initialize(repeating: UserLog.noSerial, count: capacity)
    if let old = unsafe base {
      unsafe memory.update(from: old, count: count)
      unsafe old.deallocate()
    }
    unsafe base = memory
    self.capacity = UInt16(capacity)
  }
}
