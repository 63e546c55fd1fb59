/// Bugs that can be planted in a debug build, so that the crash simulation shows that it would catch them. Release builds
/// contain none of them.
public enum PlantedCheckpointBug: Sendable {
  /// Payloads are not compared with their checksums.
  case noChecksum
  /// The contents are not synced before the rename.
  case noFsync
  /// The directory is not synced after the rename.
  case noDirectoryFsync
  /// There is one slot instead of two.
  case oneSlot
}

/// Whether `bug` is planted. False, known to the compiler, in release builds.
@inline(__always)
func isPlanted(_ bug: PlantedCheckpointBug, _ planted: PlantedCheckpointBug?) -> Bool {
  #if PLANTED_BUGS
    bug == planted
  #else
    false
  #endif
}
