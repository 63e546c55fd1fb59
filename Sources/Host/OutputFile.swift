internal import Glibc

/// A file for a result that takes long: opened before the work, so that a path that does not work shows at once, and
/// written after it. Until then the file keeps what it held.
package struct OutputFile: ~Copyable {
  private let descriptor: Int32
  private let path: String

  /// Opens the file, makes it where there is none.
  /// - Throws: ``SystemError`` if it cannot be written to.
  package init(_ path: String) throws(SystemError) {
    // SAFETY: the path becomes a terminated string that lives for the call.
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    self.path = path
    guard descriptor >= 0 else { throw SystemError.last("open", path) }
  }

  deinit { _ = close(descriptor) }

  /// Replaces the file's content. A pipe or a terminal just gets it.
  /// - Throws: ``SystemError``; what was written until then stays.
  package func write(_ text: String) throws(SystemError) {
    if ftruncate(descriptor, 0) != 0, errno != EINVAL { throw SystemError.last("ftruncate", path) }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      // SAFETY: the buffer lives for the call, and write(2) reads no more than the count given.
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        throw SystemError.last("write", path)
      }
      rest = rest.dropFirst(count)
    }
  }
}
