import Glibc

/// A directory for one test, removed with its files at the end of the test.
struct TemporaryDirectory: ~Copyable {
  let path: String

  /// Makes the directory and writes the files.
  init(_ files: [String: [UInt8]]) {
    var template = Array("/tmp/woonkly-evaluation-XXXXXX".utf8CString)
    // SAFETY: mkdtemp changes the template in place and keeps it null-terminated.
    path = unsafe template.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress, let made = unsafe mkdtemp(base) else {
        preconditionFailure("no temporary directory: \(errno)")
      }
      return unsafe String(cString: made)
    }
    for (name, bytes) in files {
      // SAFETY: both strings are null-terminated copies, the bytes live for the call of fwrite.
      unsafe "\(path)/\(name)".withCString { name in
        guard let file = unsafe fopen(name, "w") else { preconditionFailure("no file: \(errno)") }
        unsafe fwrite(bytes, 1, bytes.count, file)
        unsafe fclose(file)
      }
    }
  }

  init(text files: [String: String]) {
    self.init(files.mapValues { Array($0.utf8) })
  }

  deinit {
    for name in ["u.data", "u.item", "ratings.dat", "movies.dat", "ratings.csv", "movies.csv", "events.ndjson"] {
      // SAFETY: the path is a null-terminated copy; a file that is not there is no matter.
      unsafe unlink("\(path)/\(name)")
    }
    // SAFETY: as above.
    unsafe rmdir(path)
  }
}

/// The text of bytes.
func text(_ bytes: [UInt8]) -> String {
  String(decoding: bytes, as: UTF8.self)
}
