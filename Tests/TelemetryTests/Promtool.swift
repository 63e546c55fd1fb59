import Glibc

/// Prometheus' own checker, where it is installed.
enum Promtool {
  static let path: String? = {
    // SAFETY: getenv's string is copied at once; nothing in these tests changes the environment.
    let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? ""
    return path.split(separator: ":").map { $0 + "/promtool" }.first { unsafe access($0, X_OK) == 0 }
  }()

  /// The exit status of `promtool check metrics` with `text` on its standard input.
  static func check(_ text: String) throws -> Int32 {
    let name = "/tmp/woonkly-feed-exposition.\(getpid()).txt"
    // SAFETY: strings become terminated ones that live for each call; the stream is open from here to fclose.
    let file = unsafe fopen(name, "w")
    unsafe fputs(text, file)
    unsafe fclose(file)
    defer { unsafe unlink(name) }
    // SAFETY: the line becomes a terminated string that lives for the call.
    return unsafe system("\(path!) check metrics < \(name) >&2")
  }
}
