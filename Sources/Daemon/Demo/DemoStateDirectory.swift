internal import Glibc
internal import Host

/// A directory for the demo's checkpoints, gone when the demo is.
struct DemoStateDirectory: ~Copyable {
  let path: String

  /// Makes it under `TMPDIR`, or /tmp.
  init(environment: [String: String]) throws(Failure) {
    let parent = environment["TMPDIR"] ?? "/tmp"
    var template = Array("\(parent)/woonkly-feed-demo.XXXXXX".utf8CString)
    // SAFETY: mkdtemp changes the terminated template in place and returns it, or nil.
    guard unsafe mkdtemp(&template) != nil else {
      throw Failure(.temporaryFailure, "\(SystemError.last("mkdtemp", parent))")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    // SAFETY: the path becomes a terminated string for each call; an entry is valid until the next one is read, and its
    // name is copied before that.
    guard let directory = unsafe opendir(path) else { return }
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      // A state directory holds plain files only; the two names of directories are refused by unlink(2).
      unsafe _ = unlink("\(path)/\(name)")
    }
    unsafe _ = closedir(directory)
    unsafe _ = rmdir(path)
  }
}
