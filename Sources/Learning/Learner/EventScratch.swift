/// A tag among those of the event being learned or scored.
struct TagEntry: BitwiseCopyable {
  var row: Int32
  /// Its coefficients in the two pools.
  var recent: Float = 0
  var long: Float = 0
  /// q · t.
  var dot: Float = 0
  /// The coefficient of q in its gradient.
  var alpha: Float = 0
  /// Its L2.
  var penalty: Float = 0
  /// True for a tag of the positive.
  var isPositives = false
}

/// The items of an event's history, and the distinct tags of the event.
struct TagScratch: ~Copyable {
  private var slots = FixedBuffer<Int32>(repeating: -1, capacity: 1)
  var entries = FixedBuffer(repeating: TagEntry(row: 0), capacity: 1)
  private(set) var count = 0
  /// The rows of the history's items by age, -1 for those that are gone.
  var historyRows = FixedBuffer<Int32>(repeating: -1, capacity: UserLog.historyLimit)

  init() {}

  /// Makes room for `tags` tag rows.
  mutating func reserve(tags: Int) {
    slots.grow(to: tags)
    entries.grow(to: tags)
  }

  /// The position of a tag row among the entries; it becomes one if it is not.
  @inline(__always)
  mutating func slot(of row: Int) -> Int {
    let known = slots[row]
    if known >= 0 { return Int(known) }
    let slot = count
    slots[row] = Int32(truncatingIfNeeded: slot)
    entries[slot] = TagEntry(row: Int32(truncatingIfNeeded: row))
    count += 1
    return slot
  }

  /// No entries again.
  mutating func removeAll() {
    for index in 0..<count { slots[Int(entries[index].row)] = -1 }
    count = 0
  }
}

/// An item whose row the event changes, with its gradient α·q + β·G.
struct TouchedItem: BitwiseCopyable {
  var row: Int32
  /// How often it was drawn; 1 for the positive.
  var draws: Float = 0
  /// g_j: the coefficient of q.
  var alpha: Float = 0
  /// w_k: the coefficient of G.
  var beta: Float = 0
  /// Where its tags' slots begin among `tagSlots`, and how many there are.
  var tagStart: Int32 = 0
  var tagCount: Int32 = 0
}

/// Memory for one event's step, kept between events.
struct EventScratch: ~Copyable {
  var tags = TagScratch()
  /// Candidates first (the positive is candidate 0), then the history's items that are none.
  var items: FixedBuffer<TouchedItem>
  /// Serials as drawn from the ring, and their rows, -1 for those whose item is gone.
  var drawn: FixedBuffer<UInt32>
  var drawnRows: FixedBuffer<Int32>
  /// Tag slots of the candidates, one candidate after the other.
  var tagSlots: FixedBuffer<Int32>
  /// q·v_j + B_j.
  var logits: FixedBuffer<Float>
  /// Popularity over the ring's count, times draws: what e^logit is multiplied by.
  var factors: FixedBuffer<Float>
  /// p_m(j) and Σ π_m p_m(j).
  var shares: FixedBuffer<SIMD4<Double>>
  var content = RowContent()
  var ranker = RankerScratch()

  init(negatives: Int, historyLength: Int) {
    let candidates = (negatives + 1 + 7) / 8 * 8
    items = FixedBuffer(repeating: TouchedItem(row: 0), capacity: candidates + historyLength)
    drawn = FixedBuffer(repeating: 0, capacity: negatives)
    drawnRows = FixedBuffer(repeating: -1, capacity: negatives)
    tagSlots = FixedBuffer(repeating: 0, capacity: candidates * Recipe.tagsPerItemLimit)
    logits = FixedBuffer(repeating: 0, capacity: candidates)
    factors = FixedBuffer(repeating: 0, capacity: candidates)
    shares = FixedBuffer(repeating: .zero, capacity: candidates)
  }
}
