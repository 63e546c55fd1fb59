/// What is wrong.
public enum CheckpointError: Error, Equatable {
  /// Too short.
  case truncated
  /// Not as written.
  case malformed(String)
  /// A section nobody knows.
  case unknownSection(String)
}
