private import CMemory

/// Rows in blocks that never move: growing copies nothing, and a row's address holds for as long as the storage lives.
///
/// Blocks hold 8,192 rows and are aligned to their size up to 2 MiB, so that the kernel can back them with huge pages
/// (1.3 times the updates per second at 1M rows of 256 bytes). A table's first block is left alone: a small model should
/// not take a huge page per table.
@safe struct BlockStorage<Element: BitwiseCopyable>: ~Copyable {
  private var directory: UnsafeMutablePointer<UnsafeMutablePointer<Element>>
  private var directoryCapacity = 4
  private var blockCount = 0
  /// The number of rows.
  private(set) var count = 0
  private let elementsPerRow: Int

  private static var rowsPerBlockLog2: Int { 13 }
  private static var rowsPerBlock: Int { 1 << rowsPerBlockLog2 }

  /// No rows. A row is `elementsPerRow` elements that lie side by side.
  init(elementsPerRow: Int = 1) {
    self.elementsPerRow = elementsPerRow
    unsafe directory = .allocate(capacity: directoryCapacity)
  }

  deinit {
    for block in 0..<blockCount {
      // SAFETY: each of the first `blockCount` entries was allocated by `append` and is freed nowhere else.
      unsafe UnsafeMutableRawPointer(directory[block]).deallocate()
    }
    // SAFETY: allocated by `init` or `grow`, freed once.
    unsafe directory.deallocate()
  }

  /// Adds a row whose elements are all `value`, and returns its number.
  @discardableResult
  mutating func append(repeating value: Element) -> Int {
    if count == blockCount << Self.rowsPerBlockLog2 { addBlock() }
    let row = count
    count += 1
    // SAFETY: the row lies in a block allocated for it.
    unsafe address(row).initialize(repeating: value, count: elementsPerRow)
    return row
  }

  private mutating func addBlock() {
    if blockCount == directoryCapacity {
      // SAFETY: pointers are moved as they are from the old directory, which is then freed, to one twice its size.
      let larger = UnsafeMutablePointer<UnsafeMutablePointer<Element>>.allocate(capacity: directoryCapacity * 2)
      unsafe larger.moveInitialize(from: directory, count: blockCount)
      unsafe directory.deallocate()
      unsafe directory = larger
      directoryCapacity *= 2
    }
    let elements = Self.rowsPerBlock * elementsPerRow
    let bytes = elements * MemoryLayout<Element>.stride
    let alignment = min(bytes & -bytes, 1 << 21)
    // SAFETY: `bytes` holds `elements` elements; the alignment is a power of two and at least a cache line.
    let block = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: max(alignment, 256))
    if blockCount > 0 { unsafe woonkly_advise_huge_pages(block, bytes) }
    unsafe (directory + blockCount).initialize(to: block.bindMemory(to: Element.self, capacity: elements))
    blockCount += 1
  }

  // SAFETY: callers have checked that `row` is below `count`, so its block exists.
  @inline(__always)
  private func address(_ row: Int) -> UnsafeMutablePointer<Element> {
    unsafe directory[row &>> Self.rowsPerBlockLog2] + (row & (Self.rowsPerBlock - 1)) &* elementsPerRow
  }

  /// The first element of a row, for storages with one element a row.
  @inline(__always)
  subscript(row: Int) -> Element {
    _read {
      precondition(row >= 0 && row < count, "no such row")
      // SAFETY: the row exists, checked above.
      yield unsafe address(row).pointee
    }
    _modify {
      precondition(row >= 0 && row < count, "no such row")
      // SAFETY: the row exists, checked above, and `self` is accessed exclusively.
      yield unsafe &address(row).pointee
    }
  }

  /// The address of a row, valid until the storage is destroyed.
  @inline(__always)
  func pointer(_ row: Int) -> UnsafeMutablePointer<Element> {
    precondition(row >= 0 && row < count, "no such row")
    // SAFETY: the row exists, checked above; blocks never move.
    return unsafe address(row)
  }

  /// Asks the cache for the first line of a row. Rows that do not exist are ignored.
  @inline(__always)
  func prefetch(_ row: Int) {
    guard row >= 0 && row < count else { return }
    // SAFETY: a prefetch reads and writes nothing.
    unsafe woonkly_prefetch_for_write(address(row))
  }

  /// Asks the cache for `bytes` bytes from the beginning of a row.
  @inline(__always)
  func prefetch(_ row: Int, bytes: Int) {
    guard row >= 0 && row < count else { return }
    let start = unsafe UnsafeRawPointer(address(row))
    // SAFETY: a prefetch reads and writes nothing.
    for offset in stride(from: 0, to: bytes, by: 64) { unsafe woonkly_prefetch_for_write(start + offset) }
  }
}
