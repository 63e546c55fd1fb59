import Checkpoints
import Glibc
import Host
import Testing

@Suite struct PosixDiskTests {
  private let directory: TemporaryDirectory
  private var path: String { directory.path + "/state/shard-0" }

  init() throws { directory = try TemporaryDirectory() }

  @Test func `what is written is read, by name`() throws {
    let disk = try PosixDisk(path, .exclusive)
    let bytes = (0..<300_000).map { (index: Int) in UInt8(truncatingIfNeeded: index &* 31) }
    #expect(try disk.read("checkpoint.a") == nil)
    try disk.write("checkpoint.tmp", bytes)
    try disk.sync("checkpoint.tmp")
    try disk.rename("checkpoint.tmp", to: "checkpoint.a")
    try disk.syncDirectory()
    #expect(try disk.read("checkpoint.a") == bytes)
    #expect(try disk.read("checkpoint.tmp") == nil)
    try disk.write("checkpoint.a", [1])
    #expect(try disk.read("checkpoint.a") == [1], "shorter content replaces longer")
    try disk.write("empty", [])
    #expect(try disk.read("empty") == [])
    #expect(try disk.list() == ["checkpoint.a", "empty"])
    try disk.remove("empty")
    #expect(try disk.list() == ["checkpoint.a"])
  }

  @Test func `directories are made for the owner alone`() throws {
    let disk = try PosixDisk(path, .exclusive)
    try disk.write("checkpoint.a", [1])
    for (name, mode) in [(path, 0o700), (directory.path + "/state", 0o700), (path + "/checkpoint.a", 0o600)] {
      var status = stat()
      // SAFETY: `status` is a local.
      #expect(unsafe stat(name, &status) == 0)
      #expect(status.st_mode & 0o777 == mode_t(mode))
    }
  }

  @Test func `a second owner is told, a reader is not kept out, and the lock goes with its owner`() throws {
    do {
      let disk = try PosixDisk(path, .exclusive)
      try disk.write("checkpoint.a", [1])
      do throws(SystemError) {
        _ = try PosixDisk(path, .exclusive)
        Issue.record("two owners at once")
      } catch {
        #expect(PosixDisk.isHeldByAnother(error))
      }
      #expect(try PosixDisk(path, .readOnly).read("checkpoint.a") == [1])
    }
    _ = try PosixDisk(path, .exclusive)
  }

  @Test func `the lock goes with its owner, though a child that is being started still has the descriptor`() throws {
    let target = path + "/" + PosixDisk.lockName
    var inherited: Int32 = -1
    do {
      let disk = try PosixDisk(path, .exclusive)
      try disk.write("checkpoint.a", [1])
      // What a fork leaves the child until it executes: another descriptor of the same open file.
      let owned = try #require((Int32(3)..<4_096).first { isOpen($0, target) })
      inherited = dup(owned)
      try #require(inherited >= 0)
    }
    defer { _ = close(inherited) }
    _ = try PosixDisk(path, .exclusive)
  }

  private func isOpen(_ descriptor: Int32, _ target: String) -> Bool {
    var opened = stat()
    var wanted = stat()
    // SAFETY: both calls fill the locals they are given.
    guard unsafe fstat(descriptor, &opened) == 0, unsafe stat(target, &wanted) == 0 else { return false }
    return opened.st_ino == wanted.st_ino && opened.st_dev == wanted.st_dev
  }

  @Test func `a reader changes nothing`() throws {
    _ = try PosixDisk(path, .exclusive)
    let disk = try PosixDisk(path, .readOnly)
    #expect(throws: DiskError(operation: "write", name: "x", code: EROFS)) { try disk.write("x", []) }
    #expect(throws: DiskError(operation: "remove", name: "x", code: EROFS)) { try disk.remove("x") }
    #expect(throws: DiskError(operation: "rename", name: "x", code: EROFS)) { try disk.rename("x", to: "y") }
    #expect(throws: SystemError("open", directory.path + "/none", code: ENOENT)) {
      try PosixDisk(directory.path + "/none", .readOnly)
    }
  }

  @Test func `errors name the call, the file and the reason`() throws {
    let disk = try PosixDisk(path, .exclusive)
    #expect(throws: DiskError(operation: "rename", name: "none", code: ENOENT)) { try disk.rename("none", to: "x") }
    #expect(throws: DiskError(operation: "unlink", name: "none", code: ENOENT)) { try disk.remove("none") }
    #expect(throws: DiskError(operation: "open", name: "none", code: ENOENT)) { try disk.sync("none") }
    let file = try directory.file("file", "x")
    #expect(throws: SystemError("mkdir", file + "/state", code: ENOTDIR)) { try PosixDisk(file + "/state", .exclusive) }
    #expect(SystemError("write", "x", code: ENOSPC).description == "write x: No space left on device")
  }

  @Test(arguments: ["", ".", "..", "lock", "a/b", "/etc/passwd", "a\0b"]) func `no name leaves the directory`(
    name: String
  ) throws {
    let disk = try PosixDisk(path, .exclusive)
    #expect(throws: DiskError(operation: "write", name: name, code: EINVAL)) { try disk.write(name, []) }
    #expect(throws: DiskError(operation: "read", name: name, code: EINVAL)) { try disk.read(name) }
    #expect(throws: DiskError(operation: "rename", name: name, code: EINVAL)) { try disk.rename("x", to: name) }
  }

  @Test func `a link in the directory leads nowhere`() throws {
    let disk = try PosixDisk(path, .exclusive)
    // SAFETY: both paths become terminated strings that live for the call.
    #expect(unsafe symlink("/dev/full", path + "/checkpoint.tmp") == 0)
    #expect(throws: DiskError(operation: "open", name: "checkpoint.tmp", code: ELOOP)) {
      try disk.write("checkpoint.tmp", [1])
    }
    #expect(throws: DiskError(operation: "open", name: "checkpoint.tmp", code: ELOOP)) {
      try disk.read("checkpoint.tmp")
    }
  }

  @Test func `renaming a parent changes nothing for an open disk`() throws {
    let disk = try PosixDisk(path, .exclusive)
    // SAFETY: both paths become terminated strings that live for the call.
    #expect(unsafe rename(directory.path + "/state", directory.path + "/moved") == 0)
    try disk.write("checkpoint.a", [7])
    #expect(try PosixDisk(directory.path + "/moved/shard-0", .readOnly).read("checkpoint.a") == [7])
  }

  // In a process of its own: the limit is the process'. The first write is cut short by it, the second one fails.
  @Test func `a write that does not fit fails after what did fit`() async {
    await #expect(processExitsWith: .exitCode(0)) {
      exit(try writeBeyondLimit())
    }
  }
}

/// 0 when the disk behaves; a function of its own, so that the directory is gone before the process is.
private func writeBeyondLimit() throws -> Int32 {
  let directory = try TemporaryDirectory()
  signal(SIGXFSZ, SIG_IGN)
  var limit = rlimit(rlim_cur: 4_096, rlim_max: 4_096)
  // SAFETY: `limit` is a local.
  unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
  let disk = try PosixDisk(directory.path, .exclusive)
  do throws(DiskError) {
    try disk.write("checkpoint.tmp", Array(repeating: 1, count: 10_000))
    return 1
  } catch {
    guard error == DiskError(operation: "write", name: "checkpoint.tmp", code: EFBIG) else { return 2 }
  }
  return try disk.read("checkpoint.tmp")?.count == 4_096 ? 0 : 3
}
