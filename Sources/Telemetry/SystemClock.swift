internal import Glibc

/// The machine's two clocks.
///
/// Pacing uses the monotonic one, which never jumps; the wall's time appears in logs and in `generated_at` only.
public enum SystemClock {
  /// Nanoseconds since some moment before the process began. Never goes back.
  public static func monotonicNanoseconds() -> Int64 {
    read(CLOCK_MONOTONIC)
  }

  /// Milliseconds since 1970-01-01T00:00:00Z. May jump when the machine's time is set.
  public static func wallMilliseconds() -> Int64 {
    read(CLOCK_REALTIME) / 1_000_000
  }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    // SAFETY: `time` is a local that outlives the call, which only writes it.
    let result = unsafe clock_gettime(clock, &time)
    precondition(result == 0, "clock_gettime cannot fail for a clock that every Linux has")
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
