/// One directory, as much of it as checkpoints need. Names are plain file names.
public protocol Disk {
  /// The file's bytes; nil: there is no such file.
  mutating func read(_ name: String) throws(DiskError) -> [UInt8]?
  /// Creates or truncates the file and writes all bytes. Durable only after ``sync(_:)``.
  mutating func write(_ name: String, _ bytes: [UInt8]) throws(DiskError)
  /// Makes the file's bytes durable.
  mutating func sync(_ name: String) throws(DiskError)
  /// Gives a file another's name, atomically. Durable only after ``syncDirectory()``.
  mutating func rename(_ from: String, to: String) throws(DiskError)
  /// Removes a file.
  mutating func remove(_ name: String) throws(DiskError)
  /// The names in the directory.
  mutating func list() throws(DiskError) -> [String]
  /// Makes the names in the directory durable.
  mutating func syncDirectory() throws(DiskError)
}

/// A call to the file system that failed.
public struct DiskError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The call, for example `fsync`.
  public let operation: String
  /// The file.
  public let name: String
  /// The system's error number.
  public let code: Int32

  /// Creates the error.
  public init(operation: String, name: String, code: Int32) {
    self.operation = operation
    self.name = name
    self.code = code
  }

  /// Names call, file and number.
  public var description: String { "\(operation) \(name) failed with error number \(code)" }
}
