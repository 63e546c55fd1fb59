/// One directory of plain files, with the guarantees of POSIX and no others.
///
/// What was written survives a crash only after ``sync(_:)``, and a new, renamed or removed name only after
/// ``syncDirectory()``; before that, each may or may not have happened, and unsynced contents may be torn.
public protocol Disk {
  /// The whole contents of a file; nil if there is none.
  mutating func read(_ name: String) throws(DiskError) -> [UInt8]?
  /// At most the first `count` bytes of a file; nil if there is none. By default everything is read and cut.
  mutating func read(_ name: String, upTo count: Int) throws(DiskError) -> [UInt8]?
  /// Creates or truncates a file and writes all bytes. Durable only after ``sync(_:)``.
  mutating func write(_ name: String, _ bytes: [UInt8]) throws(DiskError)
  /// Writes a file in pieces, which a disk may do without joining them. By default they are joined.
  mutating func write(_ name: String, parts: [[UInt8]]) throws(DiskError)
  /// Makes a file's contents durable.
  mutating func sync(_ name: String) throws(DiskError)
  /// Renames atomically, replacing what was there. Durable only after ``syncDirectory()``.
  mutating func rename(_ from: String, to: String) throws(DiskError)
  /// Removes a file. Durable only after ``syncDirectory()``.
  mutating func remove(_ name: String) throws(DiskError)
  /// The names of all files, in no particular order.
  mutating func list() throws(DiskError) -> [String]
  /// Makes names durable.
  mutating func syncDirectory() throws(DiskError)
}

extension Disk {
  /// Reads everything and cuts it; a disk that can read less should.
  public mutating func read(_ name: String, upTo count: Int) throws(DiskError) -> [UInt8]? {
    guard let bytes = try read(name) else { return nil }
    return Array(bytes.prefix(count))
  }

  /// Joins the parts and writes them; a disk that can write them one by one should.
  public mutating func write(_ name: String, parts: [[UInt8]]) throws(DiskError) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(parts.reduce(0) { $0 + $1.count })
    // Whole parts are copied at memory speed; a joined sequence would go byte by byte.
    for part in parts { bytes += part }
    try write(name, bytes)
  }
}

/// An operation on the disk that failed.
public struct DiskError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The operation, for example `fsync`.
  public let operation: String
  /// The file's name, or the directory's.
  public let name: String
  /// The system's error number.
  public let code: Int32

  /// Creates the error.
  public init(operation: String, name: String, code: Int32) {
    self.operation = operation
    self.name = name
    self.code = code
  }

  /// Names the operation, the file and the error number.
  public var description: String {
    "\(operation) of \(name) failed with error \(code)"
  }
}
