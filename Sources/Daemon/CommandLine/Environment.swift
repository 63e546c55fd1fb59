internal import Glibc

/// The process' environment as a dictionary.
enum Environment {
  /// Read anew each time. What is not `NAME=VALUE` in UTF-8 is left out.
  static var current: [String: String] {
    var result: [String: String] = [:]
    // SAFETY: environ is a null-terminated array of terminated strings; nobody changes it, since this program never calls
    // setenv, and the strings are copied.
    var next = unsafe environ
    while let entry = unsafe next.pointee {
      if let text = unsafe String(validatingCString: entry), let equals = text.firstIndex(of: "=") {
        result[String(text[..<equals])] = String(text[text.index(after: equals)...])
      }
      unsafe next += 1
    }
    return result
  }
}
