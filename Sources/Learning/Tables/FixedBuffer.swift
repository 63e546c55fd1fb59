/// Scratch memory with checked access: an array without the checks for sharing that a loop over an array pays.
@safe struct FixedBuffer<Element: BitwiseCopyable>: ~Copyable {
  // SAFETY: `capacity` initialized elements, owned by this value and freed by its deinit.
  private var base: UnsafeMutablePointer<Element>
  private(set) var capacity: Int
  private let filler: Element

  /// `capacity` elements, all `filler`.
  init(repeating filler: Element, capacity: Int) {
    self.filler = filler
    self.capacity = max(capacity, 1)
    unsafe base = .allocate(capacity: self.capacity)
    unsafe base.initialize(repeating: filler, count: self.capacity)
  }

  deinit {
    unsafe base.deallocate()
  }

  @inline(__always)
  subscript(index: Int) -> Element {
    _read {
      precondition(index >= 0 && index < capacity, "beyond the scratch buffer")
      // SAFETY: within the allocation, checked above.
      yield unsafe base[index]
    }
    _modify {
      precondition(index >= 0 && index < capacity, "beyond the scratch buffer")
      // SAFETY: within the allocation, checked above, and `self` is accessed exclusively.
      yield unsafe &base[index]
    }
  }

  /// Eight elements from a multiple of eight on.
  @inline(__always)
  func eight(_ block: Int) -> SIMD8<Element> where Element: SIMDScalar {
    precondition(block >= 0 && block * 8 + 8 <= capacity, "beyond the scratch buffer")
    // SAFETY: within the allocation, checked above; the load allows any alignment.
    return unsafe UnsafeRawPointer(base + block * 8).loadUnaligned(as: SIMD8<Element>.self)
  }

  /// Writes eight elements from a multiple of eight on.
  @inline(__always)
  mutating func setEight(_ block: Int, _ value: SIMD8<Element>) where Element: SIMDScalar {
    precondition(block >= 0 && block * 8 + 8 <= capacity, "beyond the scratch buffer")
    // SAFETY: within the allocation, checked above; the store allows any alignment.
    unsafe UnsafeMutableRawPointer(base + block * 8).storeBytes(of: value, as: SIMD8<Element>.self)
  }

  /// Makes room for `capacity` elements; new ones are the filler.
  mutating func grow(to capacity: Int) {
    guard capacity > self.capacity else { return }
    let larger = max(capacity, self.capacity * 2)
    // SAFETY: the old elements are copied before the old memory is freed.
    let memory = UnsafeMutablePointer<Element>.allocate(capacity: larger)
    unsafe memory.initialize(from: base, count: self.capacity)
    unsafe (memory + self.capacity).initialize(repeating: filler, count: larger - self.capacity)
    unsafe base.deallocate()
    unsafe base = memory
    self.capacity = larger
  }
}
