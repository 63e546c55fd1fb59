internal import Glibc

/// Reads small files that people write: a configuration, a password.
package enum BoundedFile {
  /// The bytes of the file at `path`; `nil` when there are more than `limitBytes`. Pipes are read to their end.
  package static func read(_ path: String, limitBytes: Int) throws(SystemError) -> [UInt8]? {
    // SAFETY: the path becomes a terminated string that lives for the call.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError.last("open", path) }
    defer { _ = close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: limitBytes + 1)
    var filled = 0
    while filled < bytes.count {
      // SAFETY: the buffer lives for the call and has `count - filled` bytes from there on.
      let count = unsafe bytes.withUnsafeMutableBytes {
        unsafe Glibc.read(descriptor, $0.baseAddress! + filled, $0.count - filled)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw SystemError.last("read", path)
      }
      if count == 0 { return Array(bytes[..<filled]) }
      filled += count
    }
    return nil
  }
}
