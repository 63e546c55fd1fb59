internal import Glibc

/// The stream of logs and progress; standard output carries results only.
public enum StandardError {
  /// Whether a person is looking.
  public static var isTerminal: Bool {
    isatty(STDERR_FILENO) == 1
  }

  /// Writes text with as few write(2) as the system allows, usually one. What cannot be written is dropped: there is
  /// nobody left to tell.
  public static func write(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      // SAFETY: the buffer lives for the call, and write(2) reads no more than the count given.
      let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
      if written < 0 {
        if errno == EINTR { continue }
        return
      }
      rest = rest.dropFirst(written)
    }
  }
}
