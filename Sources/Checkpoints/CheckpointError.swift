/// Why bytes are no checkpoint. A process that dies leaves the old slot or the new one, whole: what does not verify was
/// damaged afterwards.
public enum CheckpointError: Error, Equatable, Sendable {
  /// The bytes end too early.
  case truncated
  /// The file is no checkpoint at all.
  case notACheckpoint
  /// The header or a section is not what was written.
  case checksum(of: String)
  /// Written by a later version. To be left as it is.
  case newerFormat(UInt32)
  /// A section, or a version of one, that this version does not know. To be left as it is.
  case unknownSection(String)
  /// A section is missing.
  case missingSection(String)
  /// What was read makes no sense.
  case malformed(String)
}

extension CheckpointError: CustomStringConvertible {
  /// One line for people.
  public var description: String {
    switch self {
    case .truncated: "it ends too early"
    case .notACheckpoint: "it is no checkpoint"
    case .checksum(let part): "the checksum of \(part) is wrong"
    case .newerFormat(let format): "its format \(format) is newer than \(Checkpoint.format)"
    case .unknownSection(let name): "this version does not know its section \(name)"
    case .missingSection(let name): "it has no section \(name)"
    case .malformed(let what): what
    }
  }
}
