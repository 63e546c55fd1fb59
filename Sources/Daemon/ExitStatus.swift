/// How the process ends: 0, the numbers of sysexits.h, and 1 for a difference that `verify` found.
public enum ExitStatus: Int32, CaseIterable, Sendable {
  /// Done.
  case success = 0
  /// The audit found a difference.
  case difference = 1
  /// The command line is wrong.
  case usage = 64
  /// The data cannot be used as it is.
  case unusableData = 65
  /// The broker was not reachable in time.
  case unavailable = 69
  /// A mistake of the program's.
  case internalError = 70
  /// Fenced, or the world was not ready: a supervisor restarts.
  case temporaryFailure = 75
  /// The configuration is wrong.
  case configuration = 78
}
