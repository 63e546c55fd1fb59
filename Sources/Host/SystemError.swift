internal import Glibc

/// A call of the operating system's that failed: what was tried, on what, and errno.
package struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The call, for example `open`.
  package let call: String
  /// What it was applied to, for example a path. May be empty.
  package let subject: String
  /// The value of errno.
  package let code: Int32

  /// Describes a failure with a known code.
  package init(_ call: String, _ subject: String = "", code: Int32) {
    self.call = call
    self.subject = subject
    self.code = code
  }

  /// Describes the failure of a call that has just returned, by errno.
  package static func last(_ call: String, _ subject: String = "") -> SystemError {
    SystemError(call, subject, code: errno)
  }

  /// The system's words for the code.
  package var reason: String {
    // SAFETY: strerror returns a terminated string or nil; it is copied at once. In glibc a known code's string is
    // constant, and an unknown one's belongs to the thread.
    unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
  }

  /// For example `open /etc/feed.yaml: No such file or directory`.
  package var description: String {
    "\(call)\(subject.isEmpty ? "" : " ")\(subject): \(reason)"
  }
}
