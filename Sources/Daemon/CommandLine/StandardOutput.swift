internal import Glibc
internal import Host
internal import Telemetry

/// The stream of results.
enum StandardOutput {
  /// Writes all of `text`. When that is impossible the process ends with 70: half a result must not look like one.
  static func write(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      // SAFETY: the buffer lives for the call, and write(2) reads no more than the count given.
      let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if written < 0 {
        if errno == EINTR { continue }
        StandardError.write("woonkly-feed: \(SystemError.last("write", "standard output"))\n")
        exit(ExitStatus.internalError.rawValue)
      }
      rest = rest.dropFirst(written)
    }
  }
}
