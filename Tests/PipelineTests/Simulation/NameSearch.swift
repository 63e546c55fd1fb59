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
      while start < haystack.count,
        let hit = unsafe memmem(haystack.baseAddress! + start, haystack.count - start, beginning, beginning.count)
      {
        start = unsafe UnsafeRawPointer(hit) - haystack.baseAddress! + beginning.count
        let digits = unsafe haystack[start..<min(start + 2, haystack.count)]
        if let user = unsafe Int(String(decoding: digits, as: UTF8.self)) { found.insert(user) }
      }
    }
    return found
  }
}
