package import Checkpoints
internal import Glibc
internal import Synchronization

/// One directory of a real file system, held by its descriptor, so that renaming a parent does not lead anywhere else.
///
/// Opened to write, it also holds the lock: flock(2) on the file `lock` in it, given back by the kernel however the process
/// ends. Errors are the system's own, with errno: a full disk is ENOSPC, a broken one EIO.
package final class PosixDisk: Disk, Sendable {
  /// Whether anything may be changed.
  package enum Access: Sendable {
    /// Makes the directory when it is missing, and takes the lock.
    case exclusive
    /// Changes nothing and takes no lock: for questions to the checkpoints of a running daemon.
    case readOnly
  }

  /// The lock file's name. It is no file of the disk's.
  package static let lockName = "lock"

  /// The path it was opened by, for messages.
  package let path: String
  private let directory: Int32
  private let lock: Int32?
  /// The file written last and not synced yet. The same descriptor syncs it: the kernel reports a failed write-back once,
  /// to the descriptors that were open then.
  private let written = Mutex<(name: String, descriptor: Int32)?>(nil)

  /// Opens the directory.
  /// - Throws: ``SystemError``; ``isHeldByAnother(_:)`` tells whether another process has the lock.
  package init(_ path: String, _ access: Access) throws(SystemError) {
    self.path = path
    if access == .exclusive { try Self.makeDirectory(path) }
    // SAFETY: the path becomes a terminated string that lives for the call.
    let directory = unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw SystemError.last("open", path) }
    do throws(SystemError) {
      lock = access == .exclusive ? try Self.takeLock(directory, path) : nil
    } catch {
      _ = close(directory)
      throw error
    }
    self.directory = directory
  }

  deinit {
    written.withLock { if let file = $0 { _ = close(file.descriptor) } }
    if let lock {
      // Closing is not enough: a child that is being started by another thread has the descriptor too, until it executes.
      _ = flock(lock, LOCK_UN)
      _ = close(lock)
    }
    _ = close(directory)
  }

  /// Whether opening failed because another process holds the directory: exit status 75.
  package static func isHeldByAnother(_ error: SystemError) -> Bool {
    error.call == "flock" && error.code == EWOULDBLOCK
  }

  /// The whole file; `nil`: there is none.
  package func read(_ name: String) throws(DiskError) -> [UInt8]? { try read(name, upTo: .max) }

  /// The file's beginning, `count` bytes at the most; `nil`: there is no such file.
  package func read(_ name: String, upTo count: Int) throws(DiskError) -> [UInt8]? {
    try check(name, "read")
    let descriptor = Self.open(directory, name, O_RDONLY)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw DiskError.last("open", name)
    }
    defer { _ = close(descriptor) }
    var status = stat()
    // SAFETY: fstat fills the local it is given.
    guard unsafe fstat(descriptor, &status) == 0 else { throw DiskError.last("stat", name) }
    var bytes = [UInt8](repeating: 0, count: min(Int(status.st_size), count))
    var filled = 0
    while filled < bytes.count {
      // SAFETY: the buffer lives for the call and has `count - filled` bytes from there on.
      let count = unsafe bytes.withUnsafeMutableBytes {
        unsafe Glibc.read(descriptor, $0.baseAddress! + filled, $0.count - filled)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw DiskError.last("read", name)
      }
      // Shorter than it was a moment ago: what is there is what was read.
      if count == 0 { return Array(bytes[..<filled]) }
      filled += count
    }
    return bytes
  }

  /// Creates or replaces the file's content. Durable only after ``sync(_:)``; may be partly there after an error.
  package func write(_ name: String, _ bytes: [UInt8]) throws(DiskError) { try write(name, parts: [bytes]) }

  /// The same, in pieces that need not be joined before.
  package func write(_ name: String, parts: [[UInt8]]) throws(DiskError) {
    try check(name, "write", changes: true)
    try forget()
    let descriptor = Self.open(directory, name, O_WRONLY | O_CREAT | O_TRUNC)
    guard descriptor >= 0 else { throw DiskError.last("open", name) }
    for part in parts { try append(part, to: descriptor, name) }
    written.withLock { $0 = (name, descriptor) }
  }

  private func append(_ bytes: [UInt8], to descriptor: Int32, _ name: String) throws(DiskError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      // SAFETY: the buffer lives for the call, and write(2) reads no more than the count given.
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        let error = DiskError.last("write", name)
        _ = close(descriptor)
        throw error
      }
      rest = rest.dropFirst(count)
    }
  }

  /// Makes the file's content durable.
  package func sync(_ name: String) throws(DiskError) {
    try check(name, "sync", changes: true)
    let open: Int32? = written.withLock {
      guard let file = $0, file.name == name else { return nil }
      $0 = nil
      return file.descriptor
    }
    let descriptor = open ?? Self.open(directory, name, O_RDONLY)
    guard descriptor >= 0 else { throw DiskError.last("open", name) }
    // After a failed fsync the pages count as clean: repeating it would lie. The caller has to write again.
    guard Self.synchronize(descriptor) else {
      let error = DiskError.last("fsync", name)
      _ = close(descriptor)
      throw error
    }
    guard close(descriptor) == 0 else { throw DiskError.last("close", name) }
  }

  /// Puts `from` in the place of `to` in one step. Durable only after ``syncDirectory()``.
  package func rename(_ from: String, to: String) throws(DiskError) {
    try check(from, "rename", changes: true)
    try check(to, "rename", changes: true)
    try forget()
    // SAFETY: names become terminated strings that live for the call.
    guard unsafe renameat(directory, from, directory, to) == 0 else { throw DiskError.last("rename", from) }
  }

  /// Removes the file; one that is missing is an error.
  package func remove(_ name: String) throws(DiskError) {
    try check(name, "remove", changes: true)
    try forget()
    // SAFETY: names become terminated strings that live for the call.
    guard unsafe unlinkat(directory, name, 0) == 0 else { throw DiskError.last("unlink", name) }
  }

  /// The names of all files but the lock, in the order of their bytes.
  package func list() throws(DiskError) -> [String] {
    // A descriptor of its own, because reading moves its position.
    let descriptor = Self.open(directory, ".", O_RDONLY | O_DIRECTORY)
    // SAFETY: the stream owns the descriptor and is open until this scope ends; an entry is valid until the next call.
    guard descriptor >= 0, let stream = unsafe fdopendir(descriptor) else { throw DiskError.last("open", path) }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(stream) else {
        guard errno == 0 else { throw DiskError.last("readdir", path) }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      }
      // SAFETY: d_name is a terminated string inside the entry.
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if ![".", "..", Self.lockName].contains(name) { names.append(name) }
    }
  }

  /// Makes renames and removals durable.
  package func syncDirectory() throws(DiskError) {
    guard Self.synchronize(directory) else { throw DiskError.last("fsync", path) }
  }

  /// Closes a file that was written and never synced. Its data is on its way all the same; only nobody waits for it.
  private func forget() throws(DiskError) {
    let file = written.withLock { file in
      defer { file = nil }
      return file
    }
    if let file, close(file.descriptor) != 0 { throw DiskError.last("close", file.name) }
  }

  /// A descriptor of a file in the directory itself, never of what a link leads to; negative: see errno.
  private static func open(_ directory: Int32, _ name: String, _ flags: Int32) -> Int32 {
    while true {
      // SAFETY: the name becomes a terminated string that lives for the call.
      let descriptor = unsafe openat(directory, name, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
      if descriptor >= 0 || errno != EINTR { return descriptor }
    }
  }

  /// fsync(2), taken up again where a signal interrupted it: nothing has failed then, and nothing is done yet.
  private static func synchronize(_ descriptor: Int32) -> Bool {
    while fsync(descriptor) != 0 {
      if errno != EINTR { return false }
    }
    return true
  }

  private func check(_ name: String, _ call: String, changes: Bool = false) throws(DiskError) {
    let isPlain = !["", ".", "..", Self.lockName].contains(name) && !name.utf8.contains { $0 == 0 || $0 == 0x2f }
    guard isPlain else { throw DiskError(operation: call, name: name, code: EINVAL) }
    guard !changes || lock != nil else { throw DiskError(operation: call, name: name, code: EROFS) }
  }

  /// Makes the directory and what is missing above it, for the owner alone: what users did is nobody else's to read.
  private static func makeDirectory(_ path: String) throws(SystemError) {
    var prefix = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      prefix += prefix.isEmpty || prefix.hasSuffix("/") ? String(part) : "/" + part
      // SAFETY: the path becomes a terminated string that lives for the call.
      guard unsafe mkdir(prefix, 0o700) == 0 || errno == EEXIST else { throw SystemError.last("mkdir", prefix) }
    }
  }

  private static func takeLock(_ directory: Int32, _ path: String) throws(SystemError) -> Int32 {
    let descriptor = open(directory, lockName, O_RDWR | O_CREAT)
    guard descriptor >= 0 else { throw SystemError.last("open", path + "/" + lockName) }
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      let error = SystemError.last("flock", path + "/" + lockName)
      _ = close(descriptor)
      throw error
    }
    return descriptor
  }
}

extension DiskError {
  /// What the call just made has left in errno.
  fileprivate static func last(_ operation: String, _ name: String) -> DiskError {
    DiskError(operation: operation, name: name, code: errno)
  }
}
