internal import Checkpoints
internal import FeedEvents
internal import Host
internal import Pipeline

/// What the commands that ask a state directory have in common.
extension StoredState {
  /// The newest checkpoint that lies in `directory`.
  /// - Throws: ``Failure`` for unusable data.
  static func newest(in directory: String) throws(Failure) -> StoredState {
    var disk: PosixDisk
    do throws(SystemError) { disk = try PosixDisk(directory, .readOnly) } catch {
      throw Failure(.unusableData, "the state directory cannot be read: \(error)")
    }
    do throws(Stop) { return try newest(on: &disk) } catch { throw Failure(.unusableData, "\(directory): \(error)") }
  }

  /// The digest as 32 hexadecimal digits.
  var digestText: String {
    let digits = String(header.digest, radix: 16)
    return String(repeating: "0", count: 32 - digits.count) + digits
  }
}

extension Arguments {
  /// The option's value as an identifier, in bytes; `nil`: not given.
  func identifier(_ name: String) throws(UsageError) -> [UInt8]? {
    guard let text = value(name) else { return nil }
    let bytes = Array(text.utf8)
    guard (1...RecordLimits.identifierLimitBytes).contains(bytes.count) else {
      throw UsageError("\(name) has \(bytes.count) bytes, an id has 1 to \(RecordLimits.identifierLimitBytes)")
    }
    return bytes
  }
}

extension CommandOption {
  /// Whom a question is about.
  static let user = CommandOption(
    "--user", takes: "ID", "the user's id; one that is not known will do", isRequired: true)
}
