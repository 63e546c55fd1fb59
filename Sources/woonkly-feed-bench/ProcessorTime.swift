internal import Glibc

/// Seconds that processors worked: on a machine that others use too, the only time that says something of the program.
enum ProcessorTime {
  /// Of the calling thread, since its start.
  static var thread: Double { read(CLOCK_THREAD_CPUTIME_ID) }

  /// Of all threads of this process, since its start.
  static var process: Double { read(CLOCK_PROCESS_CPUTIME_ID) }

  private static func read(_ clock: clockid_t) -> Double {
    var time = timespec()
    // SAFETY: `time` is a local that outlives the call, which only writes it.
    let result = unsafe clock_gettime(clock, &time)
    precondition(result == 0, "clock_gettime cannot fail for a clock that every Linux has")
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// How long the calling thread works on something, in seconds of processor time.
func seconds(_ body: () throws -> Void) rethrows -> Double {
  let start = ProcessorTime.thread
  try body()
  return ProcessorTime.thread - start
}
