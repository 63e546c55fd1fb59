import Foundation

/// Whose names lie in some bytes.
enum NameSearch {
  private static let beginning = Array("reader-".utf8)

  /// The users of the simulated app whose names occur anywhere.
  static func users(in bytes: [UInt8]) -> Set<Int> {
    var found: Set<Int> = []
    // SAFETY: the pointers stay within the array, which lives for the closure.
    unsafe bytes.withUnsafeBytes { haystack in
      var start = 0
      // A checkpoint is searched after each of a million turns: not byte by byte in a debug build.
      while start < haystack.count,
        let hit = unsafe memchr(haystack.baseAddress! + start, Int32(beginning[0]), haystack.count - start)
      {
        let place = unsafe UnsafeRawPointer(hit) - haystack.baseAddress!
        start = place + 1
        guard unsafe haystack[place...].starts(with: beginning) else { continue }
        let digits = unsafe haystack[(place + beginning.count)...].prefix(2)
        if let user = unsafe Int(String(decoding: digits, as: UTF8.self)) { found.insert(user) }
      }
    }
    return found
  }
}
