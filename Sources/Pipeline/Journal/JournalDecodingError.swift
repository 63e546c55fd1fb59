/// A record of the journal that cannot be read.
public struct JournalDecodingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The record's offset.
  public let offset: Int64
  /// What is wrong with it.
  public let what: String

  /// Creates the error.
  public init(offset: Int64, what: String) {
    self.offset = offset
    self.what = what
  }

  /// Names the offset and what is wrong.
  public var description: String { "journal record at offset \(offset): \(what)" }
}
