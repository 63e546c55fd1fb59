/// Why bytes are no checkpoint that this program can use.
///
/// ``isForeign`` answers the caller's next question: damaged bytes may be replaced, a newer program's may not.
public enum CheckpointError: Error, Equatable, Sendable {
  /// Fewer bytes than the header promises, or than a value needs.
  case truncated
  /// The file does not begin as a checkpoint does.
  case badMagic
  /// The bytes of the named part (`preamble`, `header` or a section) do not match their checksum.
  case checksum(String)
  /// Written in a format that this program does not know.
  case newerFormat(UInt32)
  /// Intact, but with a section that this program does not know.
  case unknownSection(String)
  /// Intact, but the named section has a version that this program does not know.
  case unknownSectionVersion(String, UInt16)
  /// The named section is needed and absent.
  case missingSection(String)
  /// Intact bytes that contradict themselves, in words.
  case malformed(String)

  /// Whether the checkpoint is an intact one of another version of this program, to be left untouched.
  public var isForeign: Bool {
    switch self {
    case .newerFormat, .unknownSection, .unknownSectionVersion: true
    case .truncated, .badMagic, .checksum, .missingSection, .malformed: false
    }
  }
}

extension CheckpointError: CustomStringConvertible {
  /// One sentence for people.
  public var description: String {
    switch self {
    case .truncated: "the checkpoint is cut short"
    case .badMagic: "not a checkpoint"
    case .checksum(let part): "the checksum of \(part) does not match"
    case .newerFormat(let format): "format \(format) is newer than this program's \(Checkpoint.format)"
    case .unknownSection(let name): "the section \(name) is unknown to this program"
    case .unknownSectionVersion(let name, let version):
      "version \(version) of section \(name) is unknown to this program"
    case .missingSection(let name): "the section \(name) is missing"
    case .malformed(let what): what
    }
  }
}
