internal import Glibc
internal import Host

/// Standard output for results without an end: each piece goes out at once, and a reader who has left is no error.
struct ResultLines {
  /// Whether somebody still reads.
  private(set) var isOpen = true

  /// Writes all of `bytes`. Where SIGPIPE is ignored, a closed pipe closes this.
  /// - Throws: ``SystemError`` for anything else, such as a full disk.
  mutating func write(_ bytes: [UInt8]) throws(SystemError) {
    var rest = bytes[...]
    while isOpen, !rest.isEmpty {
      // SAFETY: the buffer lives for the call, and write(2) reads no more than the count given.
      let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if written < 0 {
        switch errno {
        case EINTR: continue
        case EPIPE: isOpen = false
        default: throw SystemError.last("write", "standard output")
        }
      } else {
        rest = rest.dropFirst(written)
      }
    }
  }
}
