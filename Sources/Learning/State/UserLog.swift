/// What one user did: the items seen, oldest first, each with its strongest weight so far, the history of positives, and what was
/// shown without an answer.
///
/// All hold item serials. At most 4,096 items are remembered as seen; a new one pushes out the one that was touched
/// longest ago. Memory is three allocations that grow by a quarter, since this is most of what a user costs.
@safe struct UserLog: BitwiseCopyable {
  // SAFETY: `seenCapacity` serials, then as many weights, in one allocation; serials past `seenCount` are `noSerial`.
  private var seenBase: UnsafeMutablePointer<UInt32>?
  private var seenCapacity: UInt16 = 0
  private var seenStored: UInt16 = 0
  /// The history of positives, oldest first.
  private var historyList = SerialList()
  /// Items shown and not answered, one entry per impression, oldest first.
  private(set) var shown = SerialList()

  /// The most items remembered as seen.
  static var seenLimit: Int { 4096 }
  /// The longest history.
  static var historyLimit: Int { 100 }
  /// The most impressions remembered of items that are not seen yet.
  static var shownLimit: Int { 256 }
  /// No item has this serial.
  static var noSerial: UInt32 { .max }

  init() {}

  /// How much is held: items seen, history, and impressions.
  var entryCount: Int { seenCount + historyCount + shown.count }
  /// The number of items seen.
  @inline(__always)
  var seenCount: Int { Int(seenStored) }
  /// The number of items in the history.
  @inline(__always)
  var historyCount: Int { historyList.count }

  /// Frees the memory. Called once, by the table that owns the log.
  func destroy() {
    // SAFETY: allocated by `reserveSeen`; the owner drops the log afterwards.
    unsafe seenBase.map { unsafe UnsafeMutableRawPointer($0).deallocate() }
    historyList.destroy()
    shown.destroy()
  }

  // MARK: Seen

  @inline(__always)
  private var seenWeights: UnsafeMutablePointer<UInt8> {
    // SAFETY: the weights follow the serials; never called before there are any.
    unsafe UnsafeMutableRawPointer(seenBase! + Int(seenCapacity)).assumingMemoryBound(to: UInt8.self)
  }

  /// The serial of the item seen at `index`, 0 being the oldest.
  @inline(__always)
  func seen(at index: Int) -> UInt32 {
    precondition(index >= 0 && index < seenCount, "no such entry")
    // SAFETY: within the entries, checked above.
    return unsafe seenBase.unsafelyUnwrapped[index]
  }

  /// The strongest weight of the item seen at `index`, in sixteenths.
  func seenWeight(at index: Int) -> UInt8 {
    precondition(index >= 0 && index < seenCount, "no such entry")
    // SAFETY: within the entries, checked above.
    return unsafe seenWeights[index]
  }

  /// Appends the serials of the items seen, then their weights, oldest first.
  func appendSeen(to content: inout RowContent) {
    guard seenCount > 0, let base = unsafe seenBase else { return }
    // SAFETY: there are `seenCount` serials, and as many weights.
    unsafe content.append(UnsafeRawBufferPointer(start: base, count: seenCount * MemoryLayout<UInt32>.size))
    unsafe content.append(UnsafeRawBufferPointer(start: seenWeights, count: seenCount))
  }

  /// The position of an item among those seen; nil if it is not.
  func indexOfSeen(_ serial: UInt32) -> Int? {
    guard seenCount > 0, let base = unsafe seenBase else { return nil }
    let wanted = SIMD8<UInt32>(repeating: serial)
    for start in stride(from: 0, to: seenCount, by: 8) {
      // SAFETY: capacities are multiples of eight, and what follows the last entry is `noSerial`.
      let block = unsafe UnsafeRawPointer(base + start).loadUnaligned(as: SIMD8<UInt32>.self)
      if any(block .== wanted) {
        for lane in 0..<8 where block[lane] == serial { return start + lane }
      }
    }
    return nil
  }

  /// True if the item was seen.
  @inline(__always)
  func hasSeen(_ serial: UInt32) -> Bool {
    guard let base = unsafe seenBase else { return false }
    let wanted = SIMD8<UInt32>(repeating: serial)
    var hits = SIMDMask<SIMD8<Int32>>(repeating: false)
    for start in stride(from: 0, to: seenCount, by: 8) {
      // SAFETY: as in `indexOfSeen`.
      let block = unsafe UnsafeRawPointer(base + start).loadUnaligned(as: SIMD8<UInt32>.self)
      hits = hits .| (block .== wanted)
    }
    return any(hits)
  }

  /// Notes that an item was shown, and returns how often that was, among the last ``shownLimit`` impressions.
  mutating func show(_ serial: UInt32) -> Int {
    shown.append(serial, limit: Self.shownLimit)
    return (0..<shown.count).count { shown[$0] == serial }
  }

  /// Makes an item the most recently seen, with `weight` sixteenths.
  /// - Parameter index: where it stands now; nil for an item not seen yet.
  mutating func see(_ serial: UInt32, weight: UInt8, at index: Int?) {
    if let index {
      removeSeen(at: index)
    } else {
      shown.remove(serial)
      if seenCount == Self.seenLimit { removeSeen(at: 0) }
    }
    if seenStored == seenCapacity { reserveSeen(min(seenCount + max(8, seenCount / 32 * 8), Self.seenLimit)) }
    // SAFETY: there is room for one more entry.
    unsafe seenBase.unsafelyUnwrapped[seenCount] = serial
    unsafe seenWeights[seenCount] = weight
    seenStored += 1
  }

  /// Forgets how strong a positive the item at `index` was; it stays seen.
  func clearWeight(at index: Int) {
    precondition(index >= 0 && index < seenCount, "no such entry")
    // SAFETY: within the entries, checked above.
    unsafe seenWeights[index] = 0
  }

  /// Drops what matters least of a log that holds something: the item seen longest ago, then impressions, then history.
  mutating func dropOldest() {
    if seenCount > 0 {
      removeSeen(at: 0)
    } else if shown.count > 0 {
      shown.removeOldest()
    } else {
      historyList.removeOldest()
    }
  }

  private mutating func removeSeen(at index: Int) {
    precondition(index >= 0 && index < seenCount, "no such entry")
    let rest = seenCount - index - 1
    // SAFETY: both ranges lie within the entries; `update` allows them to overlap.
    unsafe (seenBase! + index).update(from: seenBase! + index + 1, count: rest)
    unsafe (seenWeights + index).update(from: seenWeights + index + 1, count: rest)
    seenStored -= 1
    unsafe seenBase![seenCount] = Self.noSerial
  }

  private mutating func reserveSeen(_ wanted: Int) {
    let capacity = (wanted + 7) / 8 * 8
    // SAFETY: five bytes an entry; the old entries are copied before their memory is freed.
    let memory = UnsafeMutableRawPointer.allocate(byteCount: capacity * 5, alignment: 16)
    let serials = unsafe memory.bindMemory(to: UInt32.self, capacity: capacity)
    unsafe serials.initialize(repeating: Self.noSerial, count: capacity)
    let weights = unsafe (memory + capacity * 4).bindMemory(to: UInt8.self, capacity: capacity)
    unsafe weights.initialize(repeating: 0, count: capacity)
    if let old = unsafe seenBase {
      unsafe serials.update(from: old, count: seenCount)
      unsafe weights.update(from: seenWeights, count: seenCount)
      unsafe UnsafeMutableRawPointer(old).deallocate()
    }
    unsafe seenBase = serials
    seenCapacity = UInt16(capacity)
  }

  // MARK: Checkpoints

  /// Takes over what a checkpoint has of a user who has done nothing yet: all lists oldest first, within their limits.
  mutating func restore(
    history: ArraySlice<UInt32>, shown: ArraySlice<UInt32>, seen: ArraySlice<UInt32>, weights: ArraySlice<UInt8>
  ) {
    precondition(seenCount == 0 && seen.count == weights.count, "a log is restored once")
    historyList.restore(history)
    self.shown.restore(shown)
    if !seen.isEmpty { reserveSeen(seen.count) }
    for (serial, weight) in zip(seen, weights) {
      // SAFETY: as above.
      unsafe seenBase.unsafelyUnwrapped[seenCount] = serial
      unsafe seenWeights[seenCount] = weight
      seenStored += 1
    }
  }

  // MARK: History

  /// The serial of the history's item of age `age`, 0 being the newest.
  @inline(__always)
  func history(age: Int) -> UInt32 { historyList[historyCount - 1 - age] }

  /// Makes an item the newest of the history, wherever it was, and drops the oldest beyond `limit`.
  mutating func append(_ serial: UInt32, limit: Int) {
    historyList.remove(serial)
    historyList.append(serial, limit: limit)
  }

  /// Takes an item out of the history, if it is there.
  mutating func remove(_ serial: UInt32) { historyList.remove(serial) }
}
