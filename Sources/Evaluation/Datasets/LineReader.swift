#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Reads a file line by line in constant memory.
///
/// A file is read, not mapped: mapped pages would count as resident memory, which is what an evaluation reports.
/// Lines end in LF or CR LF; the last one may end with the file.
struct LineReader: ~Copyable {
  /// The longest line that is read. A longer one is an error rather than a surprise in memory.
  static let lineLimitBytes = 1 << 20

  let file: String
  /// The number of the line read last, from 1.
  private(set) var line = 0
  private let descriptor: Int32
  private var buffer = [UInt8](repeating: 0, count: lineLimitBytes)
  private var unread = 0..<0
  private var isAtEnd = false

  init(_ file: String) throws(DatasetError) {
    self.file = file
    // SAFETY: the path is a null-terminated copy that lives for the call; the descriptor is owned by this value alone.
    descriptor = unsafe open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw DatasetError(file: file, problem: .unreadable(code: errno)) }
  }

  deinit {
    close(descriptor)
  }

  /// Hands the next line, without its end, to `body`.
  /// - Returns: what `body` returns; nil at the end of the file.
  /// - Throws: what goes wrong in reading, and what `body` finds wrong with the line, at its place.
  mutating func next<Parsed>(
    _ body: (Span<UInt8>) throws(DatasetError.Problem) -> Parsed
  ) throws(DatasetError) -> Parsed? {
    guard let range = try advance() else { return nil }
    do {
      return try body(buffer.span.extracting(range))
    } catch {
      throw failure(error)
    }
  }

  /// Hands every remaining line to `body`.
  consuming func forEach(_ body: (Span<UInt8>) throws(DatasetError.Problem) -> Void) throws(DatasetError) {
    while try next(body) != nil {}
  }

  private func failure(_ problem: DatasetError.Problem) -> DatasetError {
    DatasetError(file: file, line: line, problem: problem)
  }

  private mutating func advance() throws(DatasetError) -> Range<Int>? {
    var searched = 0
    while true {
      if let end = lineEnd(from: unread.lowerBound + searched) {
        let range = unread.lowerBound..<end
        unread = end + 1..<unread.upperBound
        return lineRange(range)
      }
      searched = unread.count
      if isAtEnd {
        guard !unread.isEmpty else { return nil }
        let range = unread
        unread = range.upperBound..<range.upperBound
        return lineRange(range)
      }
      if unread.count == buffer.count {
        line += 1
        throw failure(.lineTooLong)
      }
      try refill()
    }
  }

  private func lineEnd(from start: Int) -> Int? {
    let bytes = buffer.span
    var index = start
    while index < unread.upperBound {
      if bytes[index] == UInt8(ascii: "\n") { return index }
      index += 1
    }
    return nil
  }

  private mutating func lineRange(_ range: Range<Int>) -> Range<Int> {
    line += 1
    let endsInReturn = !range.isEmpty && buffer[range.upperBound - 1] == UInt8(ascii: "\r")
    return endsInReturn ? range.lowerBound..<range.upperBound - 1 : range
  }

  private mutating func refill() throws(DatasetError) {
    let (kept, descriptor) = (unread.count, descriptor)
    let from = unread.lowerBound
    // SAFETY: the kept bytes and the free rest both lie inside the buffer, whose storage is exclusive for the closure.
    let count = unsafe buffer.withUnsafeMutableBytes { bytes -> Int in
      guard let base = bytes.baseAddress else { return 0 }
      unsafe memmove(base, base + from, kept)
      var count: Int
      repeat {
        count = unsafe read(descriptor, base + kept, bytes.count - kept)
      } while count < 0 && errno == EINTR
      return count
    }
    guard count >= 0 else { throw DatasetError(file: file, problem: .unreadable(code: errno)) }
    unread = 0..<kept + count
    isAtEnd = count == 0
  }
}

/// Whether there is something of that name to open.
func fileExists(_ path: String) -> Bool {
  // SAFETY: the path is a null-terminated copy that lives for the call.
  unsafe access(path, F_OK) == 0
}

/// The operating system's words for an error number.
func systemMessage(_ code: Int32) -> String {
  // SAFETY: strerror returns a null-terminated string that is copied before any other call could replace it.
  unsafe String(cString: strerror(code))
}
